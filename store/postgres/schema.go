package postgres

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing/fstest"
)

// A schema qualifies the names in statements, so that they depend on no search_path. A nil schema
// changes nothing.
type schema struct {
	name    string
	objects map[string]bool // the names that are forge's own
	texts   sync.Map        // statement → qualified statement; the statements are constants
}

// validSchema allows what can stand in quotes in every statement, including the body of a DO block.
var validSchema = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,62}$`)

const schemaProblem = "want at most 63 letters, digits, _ and -, beginning with a letter or _, " +
	"and not with pg_, which is PostgreSQL's own"

// isSchema reports whether the name can be that of a schema, or is blank.
func isSchema(name string) bool {
	return name == "" || validSchema.MatchString(name) && !strings.HasPrefix(name, "pg_")
}

// created finds the names that the migrations introduce, each at the beginning of a line.
var created = regexp.MustCompile(
	`(?m)^CREATE (?:OR REPLACE )?(?:UNLOGGED )?(?:TABLE|SEQUENCE|VIEW|FUNCTION|PROCEDURE|TYPE)` +
		`(?: IF NOT EXISTS)? (\w+)`)

// inSchema is the name of the schema that holds the tables. $2 is Options.Schema.
const inSchema = `COALESCE(NULLIF($2::text, ''), current_schema())`

// files returns the migrations with their names qualified.
func (s *schema) files() (fstest.MapFS, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	files := make(fstest.MapFS, len(names))
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[path.Base(name)] = &fstest.MapFile{Data: []byte(s.render(string(text))), Mode: 0o444}
	}
	return files, nil
}

// newSchema returns nil for a blank name.
func newSchema(name string) (*schema, error) {
	if name == "" {
		return nil, nil
	}
	s := &schema{name: name, objects: map[string]bool{versionTable: true}}
	err := fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := migrations.ReadFile(path)
		for _, match := range created.FindAllSubmatch(text, -1) {
			s.objects[string(match[1])] = true
		}
		return err
	})
	return s, err
}

// prefix is what stands before a qualified name.
func (s *schema) prefix() string {
	if s == nil {
		return ""
	}
	return `"` + s.name + `".`
}

// qualify returns a statement with its names qualified. It keeps every text that it is given, which
// therefore must be a constant.
func (s *schema) qualify(statement string) string {
	if s == nil {
		return statement
	}
	if text, ok := s.texts.Load(statement); ok {
		return text.(string)
	}
	text := s.render(statement)
	s.texts.Store(statement, text)
	return text
}

// words finds what can be a name, and skips literals, quoted names and comments. A word contains its
// dots, so that the column jobs of a table is none.
var words = regexp.MustCompile(`'[^']*'|"[^"]*"|--[^\n]*|[A-Za-z_][\w.]*`)

// dropIndex finds the name in a statement that drops an index. CREATE INDEX takes no schema: an index
// is made in that of its table.
var dropIndex = regexp.MustCompile(`\bDROP INDEX (?:IF EXISTS )?`)

// render qualifies every word that is, or begins with, a name of forge's own. For that reason no
// alias, column or common table expression of a statement has the name of a table.
func (s *schema) render(text string) string {
	if s == nil {
		return text
	}
	text = words.ReplaceAllStringFunc(text, func(word string) string {
		name, _, _ := strings.Cut(word, ".")
		if s.objects[name] {
			return s.prefix() + word
		}
		return word
	})
	return dropIndex.ReplaceAllString(text, "${0}"+strings.ReplaceAll(s.prefix(), "$", "$$"))
}
