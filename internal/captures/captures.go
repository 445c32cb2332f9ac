// Package captures finds the folder of saved pages of real boards, which is not part of the module, and reads what each page
// must yield. It is for tests only; nothing that ships imports it.
//
// The folder is the one that the environment variable FORGE_TEST_CAPTURES names, else ../shared/captures beside the module.
// It holds MANIFEST.tsv (file, kind, leads, …) and, beside a page FILE, FILE.expected.json.
package captures

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Env is the environment variable that names the folder.
const Env = "FORGE_TEST_CAPTURES"

// A Page is one saved page.
type Page struct {
	File     string // as the manifest writes it: "linkedin/search/x.html"
	Kind     string // "li-search", "li-detail", "nk-search", "blocked", …
	Path     string // of the file on this machine
	expected string
}

// Dir returns the folder, or "" where there is none. A folder that was named and is not there fails the test.
func Dir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv(Env); dir != "" { //nolint:forbidigo // this package runs in tests only, which are configured by the environment
		if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
			tb.Fatalf("%s: %v", Env, err)
		}
		return dir
	}
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..", "..", "shared", "captures")
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
		return ""
	}
	return dir
}

// Pages returns the saved pages whose kind and file begin with what is given, in the manifest's order; "" is any. It skips
// the test, and says why, where there is no folder; a folder without such pages fails it.
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
		if i == 0 || len(columns) < 2 || !strings.HasPrefix(columns[1], kind) || !strings.HasPrefix(columns[0], file) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(columns[0]))
		pages = append(pages, Page{File: columns[0], Kind: columns[1], Path: path, expected: path + ".expected.json"})
	}
	if len(pages) == 0 {
		tb.Fatalf("%s holds no pages of kind %q under %q", dir, kind, file)
	}
	return pages
}

// Body returns the page.
func (p Page) Body(tb testing.TB) []byte {
	tb.Helper()
	b, err := os.ReadFile(p.Path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Expected reads what the page must yield into v, and reports whether it is stated.
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
