package pgbench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// BenchmarkList compares the first page of a user with many jobs with that of a user with few, best
// first; and a decision. One job in five matches.
func BenchmarkList(b *testing.B) {
	large, small := size(20_000, 1_000_000), size(2_000, 10_000)
	db, tables := catalogue(b)
	fill(b, tables, 1, large, 1_000_000_000)
	for _, statement := range []string{
		fmt.Sprintf(`INSERT INTO user_job_map (user_id, job_id, application_status, discovered_at, updated_at)
			SELECT 'small', id, 'AUTO_REJECTED', now(), now() FROM jobs WHERE id <= %d`, small),
		`UPDATE user_job_map SET application_status = 'MATCHED' WHERE job_id % 5 = 0`,
		`INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, scored_by,
			created_at, updated_at)
			SELECT user_id, job_id, CASE WHEN job_id % 5 = 0 THEN 30 + job_id % 71 ELSE job_id % 30 END,
				'Reasons.', 'bench', now(), now()
			FROM user_job_map`,
		`VACUUM ANALYZE`,
	} {
		exec(b, tables, statement)
	}
	listing := func(user string, f store.Filter) func() time.Duration {
		return func() time.Duration {
			start := time.Now()
			entries, _, err := db.ForUser(user).List(b.Context(), f)
			took := time.Since(start)
			require.NoError(b, err)
			require.Len(b, entries, store.DefaultPage)
			return took
		}
	}
	for _, f := range []struct {
		name   string
		filter store.Filter
	}{
		{"matches", store.Filter{}},
		{"rejected", store.Filter{Statuses: []lead.Status{lead.AutoRejected}}},
	} {
		b.Run(f.name, func(b *testing.B) {
			compare(b, "List of "+f.name, size(2, 3),
				contender{name: fmt.Sprint(large, " jobs"), run: listing("user 0", f.filter)},
				contender{name: fmt.Sprint(small, " jobs"), run: listing("small", f.filter)})
		})
	}
}
