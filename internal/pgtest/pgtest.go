// Package pgtest brings a real PostgreSQL server to the tests of a package, so that "go test" stays
// the one command. It is for tests only; nothing that ships imports it.
//
// In order, it takes the server that the environment variable FORGE_TEST_POSTGRES names (a DSN
// whose user may create databases); or starts a throw-away cluster from an installed PostgreSQL,
// found on the PATH or under /usr/lib/postgresql; or has github.com/fergusstrange/embedded-postgres
// download one. Where none of the three works, the test fails and says how to get a server. Only
// -short skips.
//
// A package has one server, started by the first test that asks:
//
//	var server = pgtest.New(nil)
//
//	func TestMain(m *testing.M) { os.Exit(server.Run(m)) }
//
//	func TestStore(t *testing.T) { db, err := postgres.Open(t.Context(), server.DSN(t), nil) … }
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
)

// Env is the environment variable that names a server to use instead of a throw-away one.
const Env = "FORGE_TEST_POSTGRES"

// Options change how the server runs. The zero value is a fast server that would not survive a
// crash of the machine.
type Options struct {
	// Own starts a throw-away cluster even where FORGE_TEST_POSTGRES names a server: for tests that
	// restart it.
	Own bool
	// Durable keeps fsync and synchronous commit on, as a real server does. Default: off, for
	// speed.
	Durable bool
	// Settings are configuration parameters of a throw-away cluster: "max_connections" → "300".
	Settings map[string]string
}

// A Server is the PostgreSQL server of one test package. It is safe for concurrent use.
type Server struct {
	opts Options

	start   sync.Once
	err     error
	cluster *cluster // nil: FORGE_TEST_POSTGRES
	admin   string   // DSN of the server's own database
	dsn     string   // DSN of this package's database
	name    string   // of this package's database
	schemas atomic.Int64
}

// New returns a server that starts when the first test asks for it. Nil options are the defaults.
func New(opts *Options) *Server {
	s := &Server{}
	if opts != nil {
		s.opts = *opts
	}
	return s
}

// Run runs the tests and then stops the server and removes its files; it returns the exit code. A
// throw-away cluster is also stopped and removed when the test process dies in any other way.
func (s *Server) Run(m *testing.M) int {
	defer s.Close()
	return m.Run()
}

// DSN returns the DSN of a fresh, empty schema in this package's database, set by search_path; the
// schema is dropped when the test ends. With -short the test is skipped; without any server it
// fails.
func (s *Server) DSN(tb testing.TB) string {
	tb.Helper()
	dsn, schema := s.Schema(tb)
	return With(dsn, "search_path", schema)
}

// Schema is [Server.DSN] with the name of the schema, and without a search_path.
func (s *Server) Schema(tb testing.TB) (dsn, schema string) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs a PostgreSQL server; run without -short")
	}
	schema, err := s.newSchema()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.exec(s.dsn, "DROP SCHEMA "+schema+" CASCADE"); err != nil && !tb.Failed() {
			tb.Errorf("drop the test's schema: %v", err)
		}
	})
	return s.dsn, schema
}

// ExampleDSN is [Server.DSN] for example functions, which have no testing.TB; the schema stays as
// long as the database. It panics without a server, so leave examples out of -short runs.
func (s *Server) ExampleDSN() string {
	schema, err := s.newSchema()
	if err != nil {
		panic(err)
	}
	return With(s.dsn, "search_path", schema)
}

func (s *Server) newSchema() (schema string, err error) {
	s.start.Do(func() { s.err = s.open() })
	if s.err != nil {
		return "", s.err
	}
	schema = fmt.Sprintf("test_%d", s.schemas.Add(1))
	return schema, s.exec(s.dsn, "CREATE SCHEMA "+schema)
}

// Restart restarts a throw-away cluster in a mode of pg_ctl: "fast", or "immediate", which is a
// crash.
func (s *Server) Restart(ctx context.Context, mode string) error {
	if s.cluster == nil {
		return errors.New("pgtest: restart: not a throw-away cluster; set Options.Own")
	}
	return s.cluster.restart(ctx, mode)
}

// Close stops the server and removes its files, or drops the package's database from a server that
// was given.
func (s *Server) Close() {
	s.start.Do(func() { s.err = errors.New("pgtest: closed") })
	if s.cluster != nil {
		s.cluster.stop()
	} else if s.dsn != "" {
		_ = s.exec(s.admin,
			"DROP DATABASE IF EXISTS "+s.name) // the server is someone else's, and so is its failure
	}
}

func (s *Server) open() error {
	s.admin = os.Getenv(Env) //nolint:forbidigo // tests are configured by the environment
	if s.admin == "" || s.opts.Own {
		c, err := startCluster(s.opts)
		if err != nil {
			return fmt.Errorf("no PostgreSQL server for the tests: %w\n"+
				"Install one (Debian: apt-get install postgresql; macOS: brew install postgresql), or "+
				"set %s to the DSN of one, e.g.\n"+
				"\t%s='host=localhost user=postgres password=secret sslmode=disable' go test ./...\n"+
				"or run with -short to leave these tests out", err, Env, Env)
		}
		s.cluster, s.admin = c, c.dsn()
	}
	s.name = fmt.Sprintf("forge_test_%d_%d", os.Getpid(), time.Now().UnixNano())
	if err := s.exec(s.admin, "CREATE DATABASE "+s.name); err != nil {
		return fmt.Errorf("no PostgreSQL server for the tests: create a database: %w", err)
	}
	s.dsn = With(s.admin, "dbname", s.name)
	return nil
}

func (s *Server) exec(dsn, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// With sets a parameter of a DSN in either form.
func With(dsn, key, value string) string {
	if !strings.Contains(dsn, "://") {
		return fmt.Sprintf("%s %s='%s'", dsn, key, value) // the last of two values counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // whoever connects with it says what is wrong
	}
	if key == "dbname" { // the path counts, whatever the query says
		u.Path = "/" + value
		return u.String()
	}
	query := u.Query()
	query.Set(key, value)
	u.RawQuery = query.Encode()
	return u.String()
}
