package postgres_test

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

// soak says whether the load and chaos tests run at full length. The short versions are always on.
func soak() bool { return os.Getenv("FORGE_SOAK") == "1" }

var (
	server = pgtest.New(nil)
	// durable is a server as in production, which tests may restart, fill and measure. Its tests do
	// not run in parallel.
	durable = pgtest.New(
		&pgtest.Options{Own: true, Durable: true, Settings: map[string]string{
			"max_connections": "300", "track_commit_timestamp": "on",
		}},
	)
)

func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run"); testing.Short() && run.Value.String() == "" {
		_ = run.Value.Set("^Test") // an example cannot skip itself
	}
	code := func() int {
		defer durable.Close()
		return server.Run(m)
	}()
	os.Exit(code)
}

// size is how often a load test does its work.
func size(short, long int) int {
	if soak() {
		return long
	}
	return short
}

// open returns a migrated catalogue.
func open(tb testing.TB, dsn string, opts *postgres.Options) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), dsn, opts)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	require.NoError(tb, db.Migrate(tb.Context()))
	return db
}

const versionTable = "forge_db_version" // of goose

// migrated returns a function like server.DSN, whose schemas have the tables.
func migrated(tb testing.TB) func(tb testing.TB) (dsn string) {
	tb.Helper()
	schemas := server.Reused(tb, versionTable, func(tb testing.TB, dsn, schema string) {
		tb.Helper()
		open(tb, pgtest.With(dsn, "search_path", schema), nil)
	})
	return func(tb testing.TB) string {
		tb.Helper()
		dsn, schema := schemas(tb)
		return pgtest.With(dsn, "search_path", schema)
	}
}

// raw returns a plain handle to the same tables.
func raw(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	connector, err := pq.NewConnector(dsn)
	require.NoError(tb, err)
	db := sql.OpenDB(connector)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// one returns the single value of a query.
func one[T any](tb testing.TB, db *sql.DB, query string, args ...any) T {
	tb.Helper()
	var v T
	require.NoError(tb, db.QueryRowContext(tb.Context(), query, args...).Scan(&v))
	return v
}

// leadOf returns the n-th lead of an invented board.
func leadOf(n int) lead.Lead {
	id := fmt.Sprintf("%08d", n)
	return lead.Lead{
		Source: "example", ExternalID: id, Title: "Engineer " + id, Company: "Company " + id[5:],
		Location: "Remote", URL: "https://jobs.example.com/view/" + id,
		PostedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func leadsOf(from, n int) []lead.Lead {
	leads := make([]lead.Lead, n)
	for i := range leads {
		leads[i] = leadOf(from + i)
	}
	return leads
}

// matched and rejected are decisions by the named judge.
func matched(by, text string) enrich.Decision {
	r := enrich.Decision{
		Assessment: enrich.Assessment{Score: 80, Reasoning: "Fits.", MissingSkills: []string{"Rust"}, By: by},
		Status:     lead.Matched,
	}
	if text != "" {
		r.Data = &enrich.Data{Description: text}
	}
	return r
}

func rejected(by string) enrich.Decision {
	return enrich.Decision{
		Assessment: enrich.Assessment{Score: 5, Reasoning: "Another trade.", By: by},
		Status:     lead.AutoRejected,
	}
}

// migrateTo brings an empty schema to an old version.
func migrateTo(tb testing.TB, db *sql.DB, version int64) {
	tb.Helper()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"),
		goose.WithTableName("forge_db_version"), goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	require.NoError(tb, err)
	_, err = provider.UpTo(tb.Context(), version)
	require.NoError(tb, err)
}
