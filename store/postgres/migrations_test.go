package postgres_test

import (
	"context"
	"database/sql"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store/postgres"
)

// unfit is a pool for which the tables of no search_path exist, and the name of an empty schema.
func unfit(tb testing.TB) (dsn, schema string, pool *sql.DB) {
	tb.Helper()
	dsn, schema = server.Schema(tb)
	dsn = pgtest.With(dsn, "search_path", "nowhere")
	return dsn, schema, raw(tb, dsn)
}

// content describes the tables, columns, checks and indexes of a schema, but the version table's.
func content(tb testing.TB, pool *sql.DB, schema string) string {
	tb.Helper()
	return one[string](tb, pool, `
		SELECT COALESCE(string_agg(line, E'\n' ORDER BY line), '') FROM (
			SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
				COALESCE(column_default, '') AS line
			FROM information_schema.columns WHERE table_schema = $1
			UNION ALL
			SELECT replace(indexdef, $1, '') FROM pg_indexes WHERE schemaname = $1
			UNION ALL
			SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE connamespace = to_regnamespace($1)
			UNION ALL
			SELECT relname || ' ' || relkind::text || ' ' || COALESCE(array_to_string(reloptions, ','), '')
			FROM pg_class WHERE relnamespace = to_regnamespace($1)
		) AS all_of WHERE line NOT LIKE '%forge\_db\_version%'`, schema)
}

// Every way up gives the same tables, in which the library works, and every way down leaves none, step
// by step to what the steps before had made.
func TestMigrationsOfEachLayoutGoUpAndDown(t *testing.T) {
	t.Parallel()
	dsn, schema, pool := unfit(t)
	db := open(t, dsn, &postgres.Options{Schema: schema})
	want := strings.ReplaceAll(content(t, pool, schema), schema+".", "")
	latest, err := db.Version(t.Context())
	require.NoError(t, err)
	for _, way := range []struct {
		name string
		up   func(tb testing.TB, pool *sql.DB, schema string) (down func())
	}{{"goose", byGoose}, {"golang-migrate", byFiles}, {"Atlas", byAtlas}, {"steps", bySteps}} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dsn, schema, pool := unfit(t)
			down := way.up(t, pool, schema)
			got := strings.ReplaceAll(content(t, pool, schema), schema+".", "")
			require.Equal(t, want, got)
			db := open(t, dsn, &postgres.Options{Schema: schema}) // Migrate finds nothing to do
			version, err := db.Version(t.Context())
			require.NoError(t, err)
			require.Equal(t, latest, version)
			_, err = db.ForUser("ada").Sync(t.Context(), leadsOf(1, 3))
			require.NoError(t, err)
			if down == nil {
				return
			}
			down()
			require.Empty(t, content(t, pool, schema))
			version, err = db.Version(t.Context())
			require.NoError(t, err)
			require.Zero(t, version)
		})
	}
}

func byGoose(tb testing.TB, pool *sql.DB, schema string) func() {
	tb.Helper()
	files, err := postgres.MigrationFiles(postgres.Goose, schema)
	require.NoError(tb, err)
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files,
		goose.WithTableName(schema+".forge_db_version"), goose.WithDisableGlobalRegistry(true))
	require.NoError(tb, err)
	_, err = provider.Up(tb.Context())
	require.NoError(tb, err)
	return func() {
		_, err := provider.DownTo(context.Background(), 0)
		require.NoError(tb, err)
	}
}

// byFiles runs each file as golang-migrate does: at once, in the order of the names.
func byFiles(tb testing.TB, pool *sql.DB, schema string) func() {
	tb.Helper()
	files, err := postgres.MigrationFiles(postgres.GolangMigrate, schema)
	require.NoError(tb, err)
	run := func(suffix string, names []string) {
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			require.NoError(tb, err)
			_, err = pool.ExecContext(context.Background(), string(text))
			require.NoError(tb, err, name)
		}
		require.NotEmpty(tb, names, suffix)
	}
	ups, err := fs.Glob(files, "*.up.sql")
	require.NoError(tb, err)
	run("up", ups)
	return func() {
		downs, err := fs.Glob(files, "*.down.sql")
		require.NoError(tb, err)
		require.Len(tb, downs, len(ups))
		slices.Reverse(downs)
		run("down", downs)
	}
}

func byAtlas(tb testing.TB, pool *sql.DB, schema string) func() {
	tb.Helper()
	files, err := postgres.MigrationFiles(postgres.Atlas, schema)
	require.NoError(tb, err)
	sum, err := fs.ReadFile(files, "atlas.sum")
	require.NoError(tb, err)
	names, err := fs.Glob(files, "*.sql")
	require.NoError(tb, err)
	for _, name := range names {
		require.Contains(tb, string(sum), name+" h1:")
		text, err := fs.ReadFile(files, name)
		require.NoError(tb, err)
		_, err = pool.ExecContext(tb.Context(), string(text))
		require.NoError(tb, err, name)
	}
	return nil
}

// bySteps goes up with what Migrations returns, and compares each step down with the way up.
func bySteps(tb testing.TB, pool *sql.DB, schema string) func() {
	tb.Helper()
	steps, err := postgres.Migrations(schema)
	require.NoError(tb, err)
	before := map[int64]string{}
	for _, m := range steps {
		before[m.Version] = content(tb, pool, schema)
		_, err := pool.ExecContext(tb.Context(), m.Up)
		require.NoError(tb, err, m.Name)
	}
	require.True(tb, slices.IsSorted(slices.Sorted(maps.Keys(before))))
	return func() {
		for _, m := range slices.Backward(steps) {
			_, err := pool.ExecContext(context.Background(), m.Down)
			require.NoError(tb, err, m.Name)
			require.Equal(tb, before[m.Version], content(tb, pool, schema), "after %s went down", m.Name)
		}
	}
}

func TestMigrationsRefuseAnUnknownLayoutOrSchema(t *testing.T) {
	t.Parallel()
	_, err := postgres.MigrationFiles("flyway", "")
	require.ErrorContains(t, err, "layout")
	for _, layout := range []postgres.Layout{postgres.Goose, postgres.Atlas} {
		_, err = postgres.MigrationFiles(layout, `x"; DROP`)
		require.ErrorContains(t, err, "schema")
	}
}
