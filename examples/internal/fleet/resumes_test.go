package fleet

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/lead"
)

// A tally counts the cases that a test tried, and those that held.
type tally struct{ tried, held atomic.Int32 }

// add counts the case of a subtest, when it ends.
func (c *tally) add(t *testing.T) {
	t.Helper()
	c.tried.Add(1)
	if !t.Failed() {
		c.held.Add(1)
	}
}

func (c *tally) log(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: tried %d, held %d", what, c.tried.Load(), c.held.Load())
}

func TestResumesAreFoundByTheExactName(t *testing.T) {
	t.Parallel()
	var count tally
	for _, c := range []struct {
		name, user string
		files      []string
		want       string   // the file that is read; empty if none is
		says       []string // by the error
	}{
		{"one file", "ada", []string{"ada.md"}, "ada.md", nil},
		{"text", "ada", []string{"ada.txt"}, "ada.txt", nil},
		{"an ending in capitals", "ada", []string{"ada.MD"}, "ada.MD", nil},
		{"Markdown's long ending", "ada", []string{"ada.markdown"}, "ada.markdown", nil},
		{"HTML", "ada", []string{"ada.html"}, "ada.html", nil},
		{"another's file before", "ada", []string{"ada.lovelace.md", "ada.md"}, "ada.md", nil},
		{"another's file alone", "ada", []string{"ada.lovelace.md"}, "", []string{`"ada" with one of`}},
		{"another's file behind", "ada", []string{"adam.md", "ada-2.md", "xada.md"}, "", []string{"no file"}},
		{"a backup beside", "bob", []string{"bob.bak", "bob.md"}, "bob.md", nil},
		{"a backup alone", "bob", []string{"bob.bak"}, "", []string{`"bob.bak" is not taken`, "convert it"}},
		{
			"an editor's leftovers", "bob",
			[]string{"bob.md~", ".bob.md.swp", "#bob.md#", "bob.md"},
			"bob.md", nil,
		},
		{
			"leftovers alone", "bob",
			[]string{"bob.md~", ".bob.md.swp", "bob.md.orig"},
			"",
			[]string{"no file"},
		},
		{"another format", "bob", []string{"bob.odt"}, "", []string{`"bob.odt" is not taken`}},
		{"no ending", "bob", []string{"bob"}, "", []string{`"bob" is not taken`}},
		{
			"two endings of one user", "ada",
			[]string{"ada.md", "ada.pdf"},
			"",
			[]string{`"ada.md"`, `"ada.pdf"`},
		},
		{
			"two cases of one ending", "ada",
			[]string{"ada.md", "ada.MD"},
			"",
			[]string{`"ada.md"`, `"ada.MD"`},
		},
		{
			"three candidates", "ada",
			[]string{"ada.md", "ada.pdf", "ada.txt"},
			"",
			[]string{"remove all but one"},
		},
		{"a dotted user", "ada.lovelace", []string{"ada.md", "ada.lovelace.md"}, "ada.lovelace.md", nil},
		{"a dotted user without a file", "ada.x", []string{"ada.md", "ada.x-y.md"}, "", []string{"no file"}},
		{
			"an address", "ada@example.md",
			[]string{"ada@example.md", "ada@example.md.md"},
			"ada@example.md.md", nil,
		},
		{
			"the stem of an address", "ada@mail.example",
			[]string{"ada@mail.example.md"},
			"ada@mail.example.md", nil,
		},
		{"another case", "ada", []string{"Ada.md"}, "", []string{`"Ada.md" is not taken`, "rename"}},
		{"another case of the user", "Ada", []string{"ada.md"}, "", []string{`"ada.md" is not taken`}},
		{"both cases", "Ada", []string{"ada.md", "Ada.md"}, "Ada.md", nil},
		{"a bracket", "a[b", []string{"ab.md", "a[b.md"}, "a[b.md", nil},
		{"a class of characters", "[ab]", []string{"a.md", "b.md"}, "", []string{"no file"}},
		{"a class that is a name", "[ab]", []string{"a.md", "[ab].md"}, "[ab].md", nil},
		{"a space inside", "ada lovelace", []string{"ada lovelace.md", "ada.md"}, "ada lovelace.md", nil},
		{"an umlaut", "jörg", []string{"jörg.md", "jorg.md"}, "jörg.md", nil},
		{"an umlaut in two characters", "jörg", []string{norm.NFD.String("jörg.md")}, "jo\u0308rg.md", nil},
		{
			"both forms", "jörg",
			[]string{"jörg.md", norm.NFD.String("jörg.md")},
			"",
			[]string{"remove all but one"},
		},
		{"another script", "Ада", []string{"Ада.md", "Aдa.md"}, "Ада.md", nil},
		{"a hyphen first", "-rf", []string{"-rf.md"}, "-rf.md", nil},
		{"an empty folder", "ada", nil, "", []string{"no file", ".docx"}},
		{"a pattern", "a*", []string{"ada.md", "a*.md"}, "", []string{"leave that out"}},
		{"any character", "ad?", []string{"ada.md", "ad?.md"}, "", []string{"leave that out"}},
		{"the folder above", "../ada", []string{"ada.md"}, "", []string{"leave that out"}},
		{"this folder", ".", []string{"..md"}, "", []string{"dot"}},
		{"nobody", "", []string{".md"}, "", []string{"blank"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer count.add(t)
			folder := t.TempDir()
			for _, name := range c.files {
				// the text says whose it is
				require.NoError(t, write("The résumé "+name)(filepath.Join(folder, name)))
			}
			text, err := fromFolder(folder, slog.New(slog.DiscardHandler))(t.Context(), c.user)
			if c.want != "" {
				require.NoError(t, err)
				require.Equal(t, "The résumé "+c.want, text)
				return
			}
			require.Error(t, err)
			for _, part := range c.says {
				require.ErrorContains(t, err, part)
			}
		})
	}
	count.log(t, "résumés by name")
}

// write returns how to make a file of that text.
func write(text string) func(path string) error {
	return func(path string) error { return os.WriteFile(path, []byte(text), 0o600) }
}

// in returns how to make a file in a folder.
func in(name string, makeFile func(path string) error) func(folder string) error {
	return func(folder string) error { return makeFile(filepath.Join(folder, name)) }
}

func TestResumesThatCannotBeReadAreErrorsThatSayWhatToDo(t *testing.T) {
	t.Parallel()
	var count tally
	for _, c := range []struct {
		name  string
		make  func(folder string) error
		reads bool
		says  string
	}{
		{
			"a folder of that name", func(f string) error { return os.Mkdir(f+"/ada.md", 0o700) }, false,
			`"ada.md" is not taken`,
		},
		{"a folder beside", func(f string) error {
			return errors.Join(os.Mkdir(f+"/ada.md", 0o700), write("Ada's")(f+"/ada.txt"))
		}, true, ""},
		{
			"a pipe", func(f string) error { return syscall.Mkfifo(f+"/ada.md", 0o600) }, false,
			"not a regular file",
		},
		{"a link to a file", func(f string) error {
			return errors.Join(write("Ada's")(f+"/cv"), os.Symlink(f+"/cv", f+"/ada.md"))
		}, true, ""},
		{
			"a link to nothing", func(f string) error { return os.Symlink(f+"/gone", f+"/ada.md") }, false,
			"no such file",
		},
		{
			"a link to a folder", func(f string) error { return os.Symlink(f, f+"/ada.md") }, false,
			"not a regular file",
		},
		{"an empty file", in("ada.md", write("")), false, "no text"},
		{"blanks", in("ada.md", write(" \n\t\n")), false, "no text"},
		{"a broken PDF", in("ada.pdf", write("%PDF-1.7\nx")), false, "cannot be read"},
		{"a picture", in("ada.pdf", write("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")), false, "ada.pdf"},
		{"no folder", os.Remove, false, "folder of résumés"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer count.add(t)
			folder := filepath.Join(t.TempDir(), "of [résumés]") // a folder's name is no pattern either
			require.NoError(t, os.Mkdir(folder, 0o700))
			require.NoError(t, c.make(folder))
			_, err := fromFolder(folder, slog.New(slog.DiscardHandler))(t.Context(), "ada")
			if c.reads {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
	count.log(t, "résumés that cannot be read")
}

func TestUsersWhoseResumeCanHaveNoFileAreRefused(t *testing.T) {
	t.Parallel()
	var count tally
	for _, c := range []struct{ user, says string }{
		{"a/b", "leave that out"},
		{`a\b`, "leave that out"},
		{"/etc/passwd", "leave that out"},
		{"C:ada", "leave that out"},
		{"ada:stream", "leave that out"},
		{"a<b", "leave that out"},
		{"a>b", "leave that out"},
		{`a"b`, "leave that out"},
		{"a|b", "leave that out"},
		{"a*", "leave that out"},
		{"a?", "leave that out"},
		{"ada\x00", "control characters"},
		{"ada\n", "control characters"},
		{"ada\xff", "invalid UTF-8"},
		{"ada\u200b", `\u200b`},
		{"a\u202eda", `\u202e`},
		{"ada\u00a0l", `\u00a0`},
		{"ada\ufeff", `\ufeff`},
		{".", "dot"},
		{"..", "dot"},
		{"...", "some letters"},
		{".ada", `write "ada"`},
		{"ada.", `write "ada"`},
		{" ada", `write "ada"`},
		{"ada ", `write "ada"`},
		{"", "blank"},
		{" ", "blank"},
		{"jo\u0308rg", `write "j\u00f6rg"`},
		{"\u212a", `write "K"`}, // the sign of kelvin
		{"con", `write "con-1"`},
		{"CON", "device"},
		{"nul.ada", `write "nul-ada"`},
		{"Lpt1", "device"},
		{"com¹", "device"},
		{"conin$", "device"},
		{"aux .x", "device"},
		{strings.Repeat("a", 251), "bytes"},
	} {
		t.Run(c.user, func(t *testing.T) {
			defer count.add(t)
			err := checkUser(c.user)
			require.ErrorAs(t, err, new(*lead.FieldError))
			require.ErrorContains(t, err, c.says)
			_, err = fromFolder(t.TempDir(), slog.New(slog.DiscardHandler))(t.Context(), c.user)
			require.ErrorAs(t, err, new(*lead.FieldError), "workers refuse the same users")
		})
	}
	for _, user := range []string{
		"ada", "Ada", "ada.lovelace", "ada@mail.example", "ada lovelace", "a[b]", "jörg", "Ада", "李",
		"console",
		"com10", "conny.x", "-rf", "~ada", "ada+jobs", strings.Repeat("a", 200),
	} {
		t.Run(user, func(t *testing.T) {
			defer count.add(t)
			require.NoError(t, checkUser(user))
		})
	}
	for _, c := range []struct {
		user, other string
		alike       bool
	}{
		{"Ada", "ada", true},
		{"JÖRG", "jörg", true},
		{"straße", "STRASSE", true},
		{"ada", "ada", false},
		{"ada", "adam", false},
		{"ada", "ada.lovelace", false},
	} {
		t.Run(c.user+" beside "+c.other, func(t *testing.T) {
			defer count.add(t)
			err := checkUnlike(c.user, []string{"bob", c.other})
			require.Equal(t, c.alike, errors.As(err, new(*lead.FieldError)))
		})
	}
	count.log(t, "users")
}
