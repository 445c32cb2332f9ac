package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A record is one call of a logger in the library's sources.
type record struct {
	pkg, level, message string
	keys                []string
}

// row is the record's line in logging.md.
func (r record) row() string {
	keys := "none"
	if len(r.keys) > 0 {
		keys = "`" + strings.Join(r.keys, "`, `") + "`"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |", r.pkg, r.level, r.message, keys)
}

// records reads the calls of loggers in the library, without tests and examples.
func records(t *testing.T) (all []record) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || slices.Contains(
			[]string{"examples", "testdata", "docs", "tools"}, name)):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), root+"/")
		if pkg == root {
			pkg = "forge"
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if level := levelOf(call); level != "" {
					all = append(all, recordOf(t, path, pkg, level, call))
				}
			}
			return true
		})
		return nil
	}))
	return all
}

// levelOf returns the level of a call like log.Info, or "". A form that this test cannot read, such
// as LogAttrs, is not used in the library.
func levelOf(call *ast.CallExpr) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	var on string
	switch x := method.X.(type) {
	case *ast.Ident:
		on = x.Name
	case *ast.SelectorExpr:
		on = x.Sel.Name
	}
	level := strings.TrimSuffix(method.Sel.Name, "Context")
	if !slices.Contains([]string{"log", "logger"}, strings.ToLower(on)) ||
		!slices.Contains([]string{"Debug", "Info", "Warn", "Error", "Log", "LogAttrs", "With"}, level) {
		return ""
	}
	return strings.ToLower(level)
}

func recordOf(t *testing.T, path, pkg, level string, call *ast.CallExpr) record {
	t.Helper()
	args := call.Args
	if strings.HasSuffix(call.Fun.(*ast.SelectorExpr).Sel.Name, "Context") {
		args = args[1:]
	}
	r := record{pkg: pkg, level: level}
	for i, arg := range args {
		if i != 0 && i%2 == 0 {
			continue // a value
		}
		literal, ok := arg.(*ast.BasicLit)
		require.True(t, ok, "%s: a message or a key of %q is not a literal", path, r.message)
		text, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		if i == 0 {
			r.message = text
		} else {
			r.keys = append(r.keys, text)
		}
	}
	return r
}

// Each record that the library logs is a row of logging.md, and each row is a record.
func TestLoggingListsEachRecordWithItsKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("logging.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| package | level | message | keys |\n|---|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	for _, r := range records(t) {
		want = append(want, r.row())
	}
	require.Greater(t, len(want), 15)
	slices.Sort(want)
	want = slices.Compact(want)
	require.Equal(t, strings.Join(want, "\n"), strings.TrimSpace(table))
}

// Each key has a meaning in logging.md, and none of them is of text that must stay private.
func TestLoggingExplainsEachKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("logging.md")
	require.NoError(t, err)
	for _, r := range records(t) {
		for _, key := range r.keys {
			require.Contains(t, string(text), "\n- `"+key+"`: ", "%s: %q", r.pkg, r.message)
			for _, private := range []string{"title", "company", "resume", "text", "token", "body", "user"} {
				require.NotEqual(t, private, key, r.message)
			}
		}
	}
}
