// Package captures finds a folder of saved pages of real boards, which is not part of the module,
// and reads what each page must yield. It is for tests only, and no package that ships imports it.
//
// The environment variable FORGE_TEST_CAPTURES names the folder. If it is not set, the folder is
// ../shared/captures beside the module. The folder holds MANIFEST.tsv, whose first two columns are
// a page's file and kind. Beside a page FILE stands FILE.expected.json.
package captures

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Env is the environment variable that names the folder.
const Env = "FORGE_TEST_CAPTURES"

// A Page is one saved page.
type Page struct {
	File     string // as the manifest names it: "linkedin/search/x.html"
	Kind     string // "li-search", "li-detail", "nk-search", "blocked", …
	Path     string // where the file is on this machine
	expected string // the path of what it must yield
}

// Dir returns the folder; empty if there is none. If the environment names a folder that does not
// exist, the test fails.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv(Env) //nolint:forbidigo // the package is for tests, which the environment configures
	if dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
			tb.Fatalf("%s: %v", Env, err)
		}
		return dir
	}
	return find(tb, filepath.Join("captures", "MANIFEST.tsv"))
}

// find returns the folder of a file that is shared beside the module; empty if there is none.
func find(tb testing.TB, file string) string {
	tb.Helper()
	dir, err := os.Getwd() // a test runs in its package's folder
	if err != nil {
		tb.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", file)
		if _, err := os.Stat(path); err == nil {
			return filepath.Dir(path)
		}
	}
	return ""
}

// An Answer is one saved answer of an applicant-tracking system.
type Answer struct {
	Provider string // the folder that it is in: "greenhouse"
	Name     string // of the file, without what stands behind its dot
	Body     []byte
}

// Answers returns the saved answers of applicant-tracking systems, which stand in
// ../shared/captures-ats beside the module, in a folder for each provider. If there is no such
// folder, the test is skipped and says why.
func Answers(tb testing.TB) []Answer {
	tb.Helper()
	dir := find(tb, filepath.Join("captures-ats", "ENDPOINTS.md"))
	if dir == "" {
		tb.Skip("no folder of saved answers of applicant-tracking systems beside the module")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.*"))
	if err == nil && len(files) == 0 {
		err = errors.New("the folder is empty")
	}
	var answers []Answer
	for _, file := range files {
		var a Answer
		a.Provider = filepath.Base(filepath.Dir(file))
		a.Name, _, _ = strings.Cut(filepath.Base(file), ".")
		if a.Body, err = os.ReadFile(file); err != nil {
			break
		}
		answers = append(answers, a)
	}
	if err != nil {
		tb.Fatal(fmt.Errorf("%s: %w", dir, err))
	}
	return answers
}

// Pages returns the saved pages whose kind and file have these prefixes, in the manifest's order.
// An empty prefix matches every page. If there is no folder, the test is skipped and says why. If
// the folder has no such pages, the test fails.
func Pages(tb testing.TB, kind, file string) []Page {
	tb.Helper()
	dir := Dir(tb)
	if dir == "" {
		tb.Skipf("no folder of saved board pages; set %s to test against one", Env)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	var pages []Page
	for i, line := range strings.Split(strings.TrimSpace(string(manifest)), "\n") {
		columns := strings.Split(line, "\t")
		header := i == 0 || len(columns) < 2
		if header || !strings.HasPrefix(columns[1], kind) || !strings.HasPrefix(columns[0], file) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(columns[0]))
		pages = append(pages, Page{
			File: columns[0], Kind: columns[1], Path: path, expected: path + ".expected.json",
		})
	}
	if len(pages) == 0 {
		tb.Fatalf("%s holds no pages of kind %q under %q", dir, kind, file)
	}
	return pages
}

// Body returns the page as it was saved.
func (p Page) Body(tb testing.TB) []byte {
	tb.Helper()
	b, err := os.ReadFile(p.Path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Expected decodes what the page must yield into v. It returns false if the folder does not say.
func (p Page) Expected(tb testing.TB, v any) bool {
	tb.Helper()
	b, err := os.ReadFile(p.expected)
	if os.IsNotExist(err) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		tb.Fatal(fmt.Errorf("%s: %w", p.expected, err))
	}
	return true
}
