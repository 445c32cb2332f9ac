package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// extensions are the endings of a résumé's file, in any case.
var extensions = []string{".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx"}

// fromFolder returns a function that reads the résumé of a user: the one file of the folder that has
// the user's exact name and a known extension.
func fromFolder(folder string, log *slog.Logger) func(ctx context.Context, user string) (string, error) {
	return func(ctx context.Context, user string) (string, error) {
		path, err := resumePath(folder, user)
		if err != nil {
			return "", err
		}
		return resumes.Read(ctx, path, func(warning error) {
			log.WarnContext(ctx, "résumé read", "user", user, "warning", warning.Error())
		})
	}
}

// resumePath compares the names that the folder lists, and opens none that it made up: a file system
// that takes "Ada.md" for "ada.md" would give one user's résumé to another. Names are compared in
// Unicode's form NFC, because some file systems list another.
func resumePath(folder, user string) (string, error) {
	if err := checkUser(user); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("folder of résumés: %w", err)
	}
	var found, near []string
	for _, e := range entries {
		name := norm.NFC.String(e.Name())
		extension := filepath.Ext(name)
		stem := strings.TrimSuffix(name, extension)
		switch known := slices.Contains(extensions, strings.ToLower(extension)); {
		case known && stem == user && !e.IsDir():
			found = append(found, e.Name())
		case folded(stem) == folded(user) || folded(name) == folded(user):
			near = append(near, fmt.Sprintf("%q", e.Name()))
		}
	}
	switch len(found) {
	case 0:
		missing := fmt.Errorf("no file in %q is named %q with one of the endings %s",
			folder, user, strings.Join(extensions, " "))
		if len(near) > 0 {
			missing = fmt.Errorf("%w; %s is not taken for it: rename or convert it",
				missing, strings.Join(near, ", "))
		}
		return "", missing
	case 1:
		path := filepath.Join(folder, found[0])
		if info, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("résumé: %w", err)
		} else if !info.Mode().IsRegular() {
			return "", fmt.Errorf("%q is not a regular file: put the résumé itself there", path)
		}
		return path, nil
	default:
		return "", fmt.Errorf("%q and %q in %q are both named after %q: remove all but one",
			found[0], found[1], folder, user)
	}
}

// forbidden are the characters that some file system does not allow in a name:
// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file.
const forbidden = `/\:*?"<>|`

// reserved are the names of devices, which Windows takes whatever follows their first dot.
var reserved = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$",
	"com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}

// checkUser refuses a user whose résumé cannot have a file on every system. The error is a
// *lead.FieldError that says which name to use.
func checkUser(user string) error {
	if err := store.CheckUser(user); err != nil {
		return err
	}
	device, _, _ := strings.Cut(strings.ToLower(user), ".")
	const rest = ", and the résumé's file is named after the user: "
	problem := ""
	switch i := strings.IndexFunc(user, unusable); {
	case i >= 0:
		problem = fmt.Sprintf("%+q holds %+q"+rest+"leave that out", user, []rune(user[i:])[0])
	case !norm.NFC.IsNormalString(user):
		problem = fmt.Sprintf("%+q is not in Unicode's form NFC"+rest+"write %+q",
			user, norm.NFC.String(user))
	case strings.Trim(user, " .") != user:
		problem = fmt.Sprintf("%q begins or ends with a space or a dot"+rest+"write %q",
			user, cmp.Or(strings.Trim(user, " ."), "some letters"))
	case slices.Contains(reserved, strings.TrimRight(device, " ")):
		problem = fmt.Sprintf("%q is the name of a device on Windows"+rest+"write %q", user, user+"-1")
		if before, after, dotted := strings.Cut(user, "."); dotted {
			problem = fmt.Sprintf("%q is the name of a device on Windows"+rest+"write %q",
				user, before+"-"+after)
		}
	case len(user)+len(".markdown") > 255:
		problem = fmt.Sprintf("%d bytes"+rest+"use at most %d", len(user), 255-len(".markdown"))
	default:
		return nil
	}
	return &lead.FieldError{Field: "user", Problem: problem}
}

func unusable(r rune) bool { return strings.ContainsRune(forbidden, r) || !unicode.IsPrint(r) }

// checkUnlike refuses a user whose name differs from another's in case alone: where file systems
// take both for one, the two cannot have a résumé each.
func checkUnlike(user string, others []string) error {
	for _, other := range others {
		if other != user && folded(other) == folded(user) {
			return &lead.FieldError{
				Field: "user",
				Problem: fmt.Sprintf("%q differs from the user %q only in "+
					"case, and many file systems take their résumés for one: write %q, or use another name",
					user, other, other),
			}
		}
	}
	return nil
}

func folded(s string) string { return norm.NFC.String(cases.Fold().String(norm.NFC.String(s))) }

// errFolder is wrapped by errors of the folder itself.
var errFolder = errors.New("want a folder that holds the users' résumés")

func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errFolder, err)
	case !info.IsDir():
		return fmt.Errorf("%w, not a file", errFolder)
	}
	return nil
}
