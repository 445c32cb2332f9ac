package postgres_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store/postgres"
)

const fourThousandJobs = `
	INSERT INTO jobs (source, external_id, title, company, location, url, first_seen_at, last_seen_at)
	SELECT 'example', n, 'Engineer', '', '', 'https://jobs.example.com', now(), now()
	FROM generate_series(1, 4000) n`

// The hot statements look rows up by index and never walk a table.
func TestPlansOfHotStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	open(t, dsn, nil)
	tables := raw(t, pgtest.With(dsn, "binary_parameters", "yes"))
	for _, fill := range []string{
		fourThousandJobs,
		`INSERT INTO user_job_map (user_id, job_id, due_at, discovered_at, updated_at)
			SELECT 'user ' || u, id, CASE WHEN id % 20 = 0 THEN now() END, now(), now() FROM jobs,
			generate_series(1,
				5) u`,
		`ANALYZE`,
	} {
		_, err := tables.ExecContext(t.Context(), fill)
		require.NoError(t, err)
	}
	ids := pq.Int64Array{20, 40}
	boards, keys := pq.StringArray{"example", "example"}, pq.StringArray{"17", "unknown"}
	titles := pq.StringArray{"Engineer", "Cook"}
	for _, c := range []struct {
		name, statement string
		args            []any
		uses            []string
	}{
		{
			"claim", postgres.ClaimSQL,
			[]any{nil, "14 days", "user 1", 10, "1 minute", nil, "7 days"},
			[]string{"user_job_map_due", "jobs_pkey"},
		},
		{
			"claim of a board", postgres.ClaimSQL,
			[]any{nil, "14 days", "user 1", 10, "1 minute", pq.StringArray{"example"}, "7 days"},
			[]string{"user_job_map_due", "jobs_pkey"},
		},
		{
			"tidy", postgres.TidySQL,
			[]any{nil, "1 minute", "user 1"},
			[]string{"Index Only Scan using user_job_map_due"},
		},
		{
			"look", postgres.LookSQL,
			[]any{nil, "14 days", "user 1", boards, keys},
			[]string{"jobs_source_external_id_key", "user_job_map_pkey"},
		},
		{"note", postgres.NoteSQL, []any{nil, ids, "user 1", titles, titles}, []string{"jobs_pkey"}},
		{"renew", postgres.RenewSQL, []any{nil, "1 minute", "user 1", 20, 1}, []string{"user_job_map_pkey"}},
		{
			"lock", postgres.LockSQL,
			[]any{nil, "user 1", 20, "7 days"},
			[]string{"jobs_pkey", "user_job_map_pkey"},
		},
		{
			"expire", postgres.ExpireSQL,
			[]any{nil, "14 days", "user 1", ids},
			[]string{"user_job_map_pkey", "jobs_pkey"},
		},
	} {
		t.Run(
			c.name,
			func(t *testing.T) { //nolint:paralleltest // the tables are closed when the test returns
				plan := explain(t, tables, c.statement, c.args...)
				require.NotContains(t, plan, "Seq Scan")
				for _, index := range c.uses {
					require.Contains(t, plan, index)
				}
			},
		)
	}
}

// A page of the best jobs is read from the index in its order, and not sorted out of all jobs.
func TestPlanOfAListReadsThePageFromTheIndex(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	open(t, dsn, nil)
	tables := raw(t, pgtest.With(dsn, "binary_parameters", "yes"))
	for _, fill := range []string{
		fourThousandJobs,
		`INSERT INTO user_job_map (user_id, job_id, application_status, discovered_at, updated_at)
			SELECT 'ada', id, CASE WHEN id % 5 = 0 THEN 'MATCHED' ELSE 'AUTO_REJECTED' END, now(), now()
			FROM jobs`,
		`INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, scored_by,
			created_at, updated_at)
			SELECT 'ada', id, CASE WHEN id % 5 = 0 THEN 30 + id % 71 ELSE id % 30 END, '', '', now(), now()
			FROM jobs`,
		`ANALYZE`,
	} {
		_, err := tables.ExecContext(t.Context(), fill)
		require.NoError(t, err)
	}
	plan := explain(t, tables, postgres.ListSQL, "ada", nil, "", -1, 101, 0, 51, false, "", "")
	require.Contains(t, plan, "Index Only Scan Backward using job_match_analysis_scores")
}

func explain(t *testing.T, tables *sql.DB, statement string, args ...any) string {
	t.Helper()
	rows, err := tables.QueryContext(t.Context(), "EXPLAIN "+statement, args...)
	require.NoError(t, err, statement)
	defer func() { require.NoError(t, rows.Close()) }()
	var plan strings.Builder
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan.WriteString(line + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
