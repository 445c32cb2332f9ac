package sqlite

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

// plan returns what SQLite says about how it runs a statement.
func plan(t *testing.T, db *DB, query string, args ...any) string {
	t.Helper()
	var steps []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	require.NoError(t,
		db.write.Unsafe().SelectContext(t.Context(), &steps, "EXPLAIN QUERY PLAN "+query, args...))
	var details []string
	for _, s := range steps {
		details = append(details, s.Detail)
	}
	return strings.Join(details, "\n")
}

// The hot statements look rows up by index and never walk a table, on empty tables and without
// statistics.
func TestPlansOfHotStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "forge.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	y, err := db.ForUser("ada").syncer([]lead.Lead{{Source: "example", ExternalID: "1"}})
	require.NoError(t, err)

	for _, due := range []string{dueSQL, farSQL, dueSQL + ofSources, farSQL + ofSources} {
		got := plan(t, db, due+claimOrder, sql.Named("user", "ada"), sql.Named("time", 1),
			sql.Named("old", 1), sql.Named("sources", "[]"), sql.Named("n", 1))
		require.Contains(t, got, "SEARCH m USING INDEX user_job_map_due (user_id=? AND due_at>?")
		require.Contains(t, got, "SEARCH j USING INTEGER PRIMARY KEY")
		require.NotContains(t, got, "TEMP B-TREE", "the index is in the order asked for")
	}
	for _, c := range []struct{ name, statement string }{
		{"news", newsSQL}, {"note", noteSQL}, {"expire", expireSQL}, {"add", addMineSQL},
	} {
		t.Run(
			c.name,
			func(t *testing.T) { //nolint:paralleltest // the database is closed when the test returns
				got := plan(t, db, c.statement, y.args()...)
				require.Contains(t, got, "SEARCH j USING")
				for _, table := range []string{"SCAN j\n", "SCAN m\n", "SCAN jobs", "SCAN user_job_map"} {
					require.NotContains(t, got+"\n", table)
				}
			},
		)
	}
	// Its plan also shows a walk through user_job_map, which SQLite takes only while a foreign key
	// is violated.
	require.Contains(t, plan(t, db, addJobsSQL, y.args()...), "SEARCH j USING COVERING INDEX")
}
