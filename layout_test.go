package forge_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store/memory"
)

const module = "github.com/agent-forge/forge"

type listedPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
	Standard   bool
}

func goList(t *testing.T, args ...string) []listedPackage {
	t.Helper()
	out, err := exec.CommandContext(
		t.Context(),
		"go",
		append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports,Deps,Standard"}, args...)...).Output()
	require.NoError(t, err)
	var packages []listedPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		packages = append(packages, p)
	}
}

// layer is how far from the vocabulary a package stands: it may import only what is below it.
func layer(pkg string) int {
	switch rel := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/"); {
	case rel == "lead", rel == "internal/backoff":
		return 0
	case rel == "enrich":
		return 1
	case rel == "gate", rel == "enrich/twin":
		return 2
	case rel == "scraper", rel == "scorer", rel == "store":
		return 3
	case rel == "":
		return 4
	case rel == "internal/board":
		return 6 // what boards share, on top of scraper/fetch
	case rel == "advert", rel == "store/driver", strings.HasPrefix(rel, "internal/"):
		return 5
	case strings.HasPrefix(rel, "examples/"):
		return 7
	default:
		return 6 // adapters and suites
	}
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	// What a board may share with every other board, although it is an adapter itself.
	board := module + "/internal/board"
	shared := []string{board, module + "/scraper/polite", module + "/scraper/fetch"}
	for _, p := range goList(t, "./...", "./forgeotel/...", "./examples/...") {
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			from, to := layer(p.ImportPath), layer(imported)
			switch {
			case from == 5 && to == 5, from == 7 && to == 7:
			case from == 6 && to == 6:
				shares := slices.Contains(shared, imported) &&
					(p.ImportPath == board || strings.HasPrefix(p.ImportPath, module+"/scraper/"))
				judges := imported == module+"/scorer/llm" &&
					strings.HasPrefix(p.ImportPath, module+"/scorer/")
				require.True(t, shares || judges,
					"adapters must not import one another: %s imports %s", p.ImportPath, imported)
			default:
				require.Less(t, to, from, "imports go one way: %s must not import %s", p.ImportPath, imported)
			}
		}
	}
}

func TestRootLinksTheStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	var outside []string
	for _, p := range goList(t, "-deps", ".") {
		if p.Standard {
			continue
		}
		t.Log(p.ImportPath)
		inside := p.ImportPath == module || path.Dir(p.ImportPath) == module ||
			p.ImportPath == module+"/internal/backoff" || p.ImportPath == module+"/enrich/twin"
		if !inside {
			outside = append(outside, p.ImportPath)
		}
	}
	require.Empty(t, outside, "an embedder must not compile these to import the root")
}

// A store that is wrapped loses each ability that its wrapper does not name. Name a new one there.
func TestLayoutNamesEveryAbilityWhereStoresAreWrapped(t *testing.T) {
	t.Parallel()
	view := reflect.TypeOf(memory.New(nil).ForUser("ada"))
	for _, wrapper := range []string{"forgeotel/abilities.go", "examples/internal/server/observe.go"} {
		text, err := os.ReadFile(wrapper)
		require.NoError(t, err)
		parsed, err := parser.ParseFile(token.NewFileSet(), "forge.go", nil, 0)
		require.NoError(t, err)
		found := 0
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			is, ok := spec.Type.(*ast.InterfaceType)
			for i := 0; ok && i < len(is.Methods.List); i++ {
				for _, m := range is.Methods.List[i].Names {
					_, has := view.MethodByName(m.Name)
					ok = ok && has
				}
			}
			if ok {
				found++
				named := strings.Contains(string(text), "forge."+spec.Name.Name+"\n")
				require.True(t, named || spec.Name.Name == "Store", "add forge.%s to %s", spec.Name, wrapper)
			}
			return true
		})
		require.Greater(t, found, 6)
	}
}

// Texts are cleaned where they cross a trust boundary: by the pipeline, because boards and scorers
// are written by others, and by the stores, because programs are. A board or a scorer that cleans
// as well hides what the pipeline has to bear.
func TestTextsAreCleanedAtTrustBoundariesOnly(t *testing.T) {
	t.Parallel()
	cleaned := map[string]int{}
	for _, p := range goList(t, "./...") { // the examples are programs, and strangers to a store
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			require.NoError(t, err)
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 0 {
					if method, ok := call.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Clean" {
						cleaned[strings.TrimPrefix(p.ImportPath, module)]++
					}
				}
				return true
			})
		}
	}
	require.Equal(t, map[string]int{
		"":                     3, // a lead, a text and an assessment, once each
		"/enrich":              2, // a decision cleans its parts
		"/store/driver":        2, // leads and decisions, for every store
		"/store/rest":          1, // to know a key again that the server cleaned
		"/scorer/llm":          1, // the words of a model
		"/scraper/scrapertest": 3, // it stands where the pipeline does
	}, cleaned)
}

// A table that is never written is a plain package variable. Anything else that outlives a call
// belongs to a type.
func TestNoPackageVariableIsWritten(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "./...", "./forgeotel/...", "./examples/...") {
		fset := token.NewFileSet()
		variables := map[string]bool{}
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			require.NoError(t, err)
			files = append(files, f)
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
					for _, s := range g.Specs {
						for _, n := range s.(*ast.ValueSpec).Names {
							variables[n.Name] = true
						}
					}
				}
			}
		}
		written := func(e ast.Expr) {
			for {
				switch x := e.(type) {
				case *ast.IndexExpr:
					e = x.X
					continue
				case *ast.SelectorExpr:
					e = x.X
					continue
				case *ast.StarExpr:
					e = x.X
					continue
				case *ast.Ident:
					// An identifier of another file is unresolved, a local one was declared in a
					// function.
					local := x.Obj != nil &&
						!slices.ContainsFunc(
							files, func(f *ast.File) bool { return f.Scope.Lookup(x.Name) == x.Obj },
						)
					if x.Name != "_" && variables[x.Name] && !local {
						t.Errorf("%s: the package variable %s is written", fset.Position(x.Pos()), x.Name)
					}
				}
				return
			}
		}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if n.Tok != token.DEFINE {
						for _, e := range n.Lhs {
							written(e)
						}
					}
				case *ast.IncDecStmt:
					written(n.X)
				}
				return true
			})
		}
	}
}
