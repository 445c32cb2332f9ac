// Package docs_test holds the documents to the code: what they show is in the code, and what they
// say to run works.
package docs_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = ".."

// A block is a fenced block of a document.
type block struct {
	file, kind string
	line       int
	lines      []string
}

// blocks reads the fenced blocks of every document.
func blocks(t *testing.T) []block {
	t.Helper()
	documents, err := filepath.Glob(filepath.Join(root, "*.md"))
	require.NoError(t, err)
	more, err := filepath.Glob("*.md")
	require.NoError(t, err)
	var all []block
	for _, file := range append(documents, more...) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var open *block
		for i, line := range strings.Split(string(text), "\n") {
			kind, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
			switch {
			case fence && open == nil:
				open = &block{file: file, kind: kind, line: i + 1}
			case fence:
				all = append(all, *open)
				open = nil
			case open != nil:
				open.lines = append(open.lines, line)
			}
		}
		require.Nil(t, open, "%s: a block does not end", file)
	}
	require.NotEmpty(t, all)
	return all
}

// flat is text without indentation and blank lines, so that an excerpt is found wherever it stands.
func flat(lines []string) string {
	var b strings.Builder
	b.WriteByte('\n')
	for _, line := range lines {
		if line = strings.TrimRight(strings.TrimSpace(line), "`"); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// sources reads every file of the module that ends in one of the suffixes.
func sources(t *testing.T, suffixes ...string) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		for _, suffix := range suffixes {
			if !d.IsDir() && strings.HasSuffix(path, suffix) {
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				b.WriteString(flat(strings.Split(string(text), "\n")))
			}
		}
		return nil
	}))
	return b.String()
}

func TestCodeInDocumentsStandsInTheCode(t *testing.T) {
	t.Parallel()
	code := map[string]string{"go": sources(t, ".go"), "sql": sources(t, ".go", ".sql")}
	for _, b := range blocks(t) {
		if b.lines[0] == "import (" && strings.HasSuffix(b.file, "README.md") {
			continue // the README's program: a test beside it compares it to the Example
		}
		text, known := code[b.kind]
		if known && !strings.Contains(text, flat(b.lines)) {
			t.Errorf(
				"%s:%d: this %s is not an excerpt of any file that is compiled or run", b.file, b.line,
				b.kind,
			)
		}
	}
}

func TestEveryBlockSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, b := range blocks(t) {
		switch b.kind {
		case "go", "sql", "sh", "console":
		case "json":
			require.True(t, json.Valid([]byte(strings.Join(b.lines, "\n"))), "%s:%d: no JSON", b.file, b.line)
		case "", "text":
			for _, line := range b.lines {
				require.NotRegexp(
					t, `^\s*(go|psql|curl) `, line, "%s:%d: a command in a block that nothing runs", b.file,
					b.line,
				)
			}
		default:
			require.Fail(t, "a kind of block that nothing checks", "%s:%d: %s", b.file, b.line, b.kind)
		}
	}
}
