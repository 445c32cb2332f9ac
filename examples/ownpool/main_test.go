package ownpool_test

import (
	"database/sql"
	"flag"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run"); testing.Short() && run.Value.String() == "" {
		_ = run.Value.Set("^Test") // an example cannot skip itself
	}
	os.Exit(server.Run(m))
}

// pool opens a pool with pgx.
func pool(tb testing.TB, dsn string, mode pgx.QueryExecMode) *sql.DB {
	tb.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(tb, err)
	config.DefaultQueryExecMode = mode
	db := stdlib.OpenDB(*config)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}
