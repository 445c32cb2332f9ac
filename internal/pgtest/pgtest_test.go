package pgtest_test

import (
	"bufio"
	"database/sql"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

const dieWithServer = "FORGE_PGTEST_DIE"

var server = pgtest.New(&pgtest.Options{Own: true})

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

func TestSchemasAreSeparate(t *testing.T) {
	t.Parallel()
	a, b := open(t, server.DSN(t)), open(t, server.DSN(t))
	_, err := a.ExecContext(t.Context(), `CREATE TABLE only_here (n int)`)
	require.NoError(t, err)
	_, err = a.ExecContext(t.Context(), `SELECT n FROM only_here`)
	require.NoError(t, err)
	_, err = b.ExecContext(t.Context(), `SELECT n FROM only_here`)
	require.ErrorContains(t, err, "does not exist")
}

func TestReusedSchemaIsEmptyButForWhatIsKept(t *testing.T) {
	t.Parallel()
	prepared := 0
	schemas := server.Reused(t, "versions", func(tb testing.TB, dsn, schema string) {
		tb.Helper()
		prepared++
		_, err := open(tb, pgtest.With(dsn, "search_path", schema)).ExecContext(tb.Context(),
			`CREATE TABLE versions AS SELECT 7 AS n; CREATE TABLE rows (id serial, of int)`)
		require.NoError(tb, err)
	})
	var before string
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // the second reuses what the first leaves
			dsn, schema := schemas(t)
			require.Contains(t, []string{"", schema}, before)
			before = schema
			db := open(t, pgtest.With(dsn, "search_path", schema))
			var id, kept int
			require.NoError(t, db.QueryRowContext(t.Context(), `SELECT n FROM versions`).Scan(&kept))
			require.NoError(t, db.QueryRowContext(t.Context(),
				`INSERT INTO rows (of) SELECT count(*) FROM rows RETURNING id + of`).Scan(&id))
			require.Equal(t, []int{7, 1}, []int{kept, id})
		})
	}
	require.Equal(t, 1, prepared)
}

func TestRestartKeepsTheData(t *testing.T) { // not parallel: the other test's connections would be cut
	db := open(t, server.DSN(t))
	_, err := db.ExecContext(t.Context(), `CREATE TABLE kept AS SELECT 7 AS n`)
	require.NoError(t, err)
	require.NoError(t, server.Restart(t.Context(), "fast"))
	var n int
	require.Eventually(t,
		func() bool { return db.QueryRowContext(t.Context(), `SELECT n FROM kept`).Scan(&n) == nil },
		10*time.Second, 10*time.Millisecond)
	require.Equal(t, 7, n)
}

// A test process that is killed, here a second run of this test, takes its server and its files
// along.
func TestServerDiesWithTheTests(t *testing.T) {
	t.Parallel()
	if os.Getenv(dieWithServer) != "" {
		_, err := io.WriteString(os.Stdout, "dsn "+server.DSN(t)+"\n")
		require.NoError(t, err)
		<-t.Context().Done()
	}
	if testing.Short() {
		t.Skip("needs a PostgreSQL server")
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerDiesWithTheTests$")
	child.Env = append(os.Environ(), dieWithServer+"=1")
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	var dsn string
	lines := bufio.NewScanner(out)
	for dsn == "" && lines.Scan() {
		_, dsn, _ = strings.Cut(lines.Text(), "dsn ")
	}
	dir, _, _ := strings.Cut(strings.TrimPrefix(dsn, "host="), " ")
	require.DirExists(t, dir+"/data", dsn)
	probe, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	require.NoError(t, probe.PingContext(t.Context()))
	require.NoError(t, probe.Close())

	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir + "/data")
		return os.IsNotExist(err)
	}, 30*time.Second, 20*time.Millisecond)
}

func open(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("postgres", dsn)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	return db
}

func TestWithSetsAParameterOfEitherForm(t *testing.T) {
	t.Parallel()
	require.Equal(t, `host=/tmp sslmode=disable dbname='x'`,
		pgtest.With("host=/tmp sslmode=disable", "dbname", "x"))
	require.Equal(t, "postgres://u:p@h:1/x?sslmode=disable",
		pgtest.With("postgres://u:p@h:1/postgres?sslmode=disable", "dbname", "x"))
	require.Equal(t, "postgres://h/d?search_path=s+1&sslmode=disable",
		pgtest.With("postgres://h/d?sslmode=disable", "search_path", "s 1"))
	require.Equal(t, "postgres://h/d?sslmode=require",
		pgtest.With("postgres://h/d?sslmode=disable", "sslmode", "require"))
}
