package outbox_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

func options(t *testing.T, args ...string) *outbox.Options {
	t.Helper()
	var o outbox.Options
	f := flag.NewFlagSet("", flag.PanicOnError)
	o.Flags(f)
	require.NoError(t, f.Parse(args))
	return &o
}

// Two followers can start at the same time, and find their tables and the changes.
func TestOpenKeepsTablesBesideTheCatalogueInPostgres(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	catalogue, err := postgres.Open(t.Context(), dsn, &postgres.Options{Events: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, catalogue.Close()) }()
	require.NoError(t, catalogue.Migrate(t.Context()))
	_, err = catalogue.ForUser("ada").Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
	})
	require.NoError(t, err)
	o := options(t, "-postgres", dsn)
	require.NoError(t, o.Check())
	for want := range 2 {
		db, err := o.Open(t.Context(), `CREATE TABLE IF NOT EXISTS mine (n int); INSERT INTO mine VALUES (1)`)
		require.NoError(t, err)
		changes, err := db.ForUser("ada").ListChanges(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Len(t, changes, 1)
		require.Equal(t, store.ChangeNew, changes[0].Kind)
		var rows int
		require.NoError(t, db.GetContext(t.Context(), &rows, `SELECT count(*) FROM mine`))
		require.Equal(t, want+1, rows)
		require.NoError(t, db.Close())
	}
}

func TestOpenMakesNoNewFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing.db")
	o := options(t, "-db", path)
	require.NoError(t, o.Check())
	_, err := o.Open(t.Context(), `CREATE TABLE mine (n bigint)`)
	require.ErrorContains(t, err, "create the tables")
	require.NoFileExists(t, path)
	require.ErrorAs(t, options(t, "-db", "postgres://ada@h/d").Check(), new(*commandline.UsageError))
}
