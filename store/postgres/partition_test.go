package postgres_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

// partition splits the tables as docs/scaling.md shows it, into this many parts.
func partition(tb testing.TB, dsn string, parts int) {
	tb.Helper()
	script, err := os.ReadFile("../../docs/partitions.sql")
	require.NoError(tb, err)
	const sixteen = "parts    constant integer := 16;"
	require.Contains(tb, string(script), sixteen)
	fewer := strings.Replace(string(script), sixteen, fmt.Sprintf("parts constant integer := %d;", parts), 1)
	_, err = raw(tb, dsn).ExecContext(tb.Context(), fewer)
	require.NoError(tb, err)
}

// The schema is named in the options, and no search_path reaches it: a statement that does not go
// through conn would fail.
func TestStoreInASchemaOnHashPartitions(t *testing.T) {
	t.Parallel()
	schemas := server.Reused(t, versionTable, func(tb testing.TB, dsn, schema string) {
		tb.Helper()
		open(tb, pgtest.With(dsn, "search_path", "nowhere"), &postgres.Options{Schema: schema})
		// sixteen parts take a while to make
		partition(tb, pgtest.With(dsn, "search_path", schema), 2)
	})
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		dsn, schema := schemas(tb)
		db := open(tb, pgtest.With(dsn, "search_path", "nowhere"),
			&postgres.Options{
				Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events, Schema: schema,
			})
		return func(user string) forge.Store { return db.ForUser(user) }
	})
}

func TestPartitionsKeepRowsAndHaveOneForEachUser(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	db := open(t, dsn, nil)
	mine := db.ForUser("ada")
	refs, err := mine.Sync(t.Context(), leadsOf(1, 3))
	require.NoError(t, err)
	jobs, err := mine.Claim(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, mine.Decide(t.Context(), jobs[0].Lease, matched("judge/1", "Text.")))
	partition(t, dsn, 16)
	stats, err := mine.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.ByStatus["MATCHED"])
	require.Equal(t, len(refs)-1, stats.ByStatus["DISCOVERED"])
	require.Equal(t, 1, one[int](t, raw(t, dsn), `SELECT count(DISTINCT tableoid) FROM user_job_map`))
	require.Equal(
		t,
		16,
		one[int](t, raw(t, dsn),
			`SELECT count(*) FROM pg_inherits WHERE inhparent = 'user_job_map'::regclass`),
	)
	require.NoError(t, db.Migrate(t.Context()), "a later Migrate finds its tables")
}

// The tables were partitioned before there were labels: each statement on what came later is left
// out.
func TestMigrateOfPartitionsThatAreOlderThanLabels(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../docs/partitions.sql")
	require.NoError(t, err)
	later := regexp.MustCompile(
		`(?ms)^ *EXECUTE [^;]*(job_labels|list_jobs)[^;]*;\n` +
			`|^(ALTER TABLE|INSERT INTO) (job_labels|job_extras|list_jobs)[^;]*;\n` +
			`|^CREATE TABLE (job_labels|list_jobs) .*?;\n` +
			`|^CREATE INDEX (user_job_map_marked|list_jobs_list) .*?;\n`)
	old := later.ReplaceAllString(strings.Replace(string(script),
		"DROP TABLE list_jobs_whole, job_labels_whole, ", "DROP TABLE ", 1), "")
	require.NotRegexp(t, "job_labels|job_extras|list_jobs", old)
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	migrateTo(t, tables, 3)
	for _, rows := range []string{"00001_catalogue", "00002_unverified", "00003_tenancy"} {
		text, err := os.ReadFile("testdata/" + rows + "_rows.sql")
		require.NoError(t, err)
		_, err = tables.ExecContext(t.Context(), string(text))
		require.NoError(t, err)
	}
	_, err = tables.ExecContext(t.Context(), old)
	require.NoError(t, err)

	ada := open(t, dsn, nil).ForUser("ada")
	drawn, err := ada.Audit(t.Context(), 3)
	require.NoError(t, err)
	require.Len(t, drawn, 1)
	require.NoError(t, ada.Judge(t.Context(), drawn[0].ID, store.Worth))
	evidence, err := ada.Evidence(t.Context())
	require.NoError(t, err)
	require.Len(t, evidence.Labels, 2)
}
