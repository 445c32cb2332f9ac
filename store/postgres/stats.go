package postgres

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// statsSQL is one statement, so that both counts are of one moment.
const statsSQL = `
SELECT application_status, NULL AS score, count(*) AS n FROM user_job_map WHERE user_id = $1 GROUP BY application_status
UNION ALL
SELECT NULL, overall_match, count(*) FROM job_match_analysis WHERE user_id = $1 GROUP BY overall_match`

// Stats counts the user's jobs; see [forge.Counter].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.valid(nil); err != nil {
		return store.Stats{}, err
	}
	var rows []struct {
		Status sql.NullString `db:"application_status"`
		Score  sql.NullInt64  `db:"score"`
		N      int            `db:"n"`
	}
	err := s.do(ctx, "stats", func(int) error {
		rows = nil
		return s.db.db.SelectContext(ctx, &rows, statsSQL, s.user)
	})
	if err != nil {
		return store.Stats{}, err
	}
	stats := store.Stats{ByStatus: make(map[lead.Status]int)}
	for _, r := range rows {
		if r.Status.Valid {
			stats.ByStatus[lead.Status(r.Status.String)] = r.N
		} else {
			stats.Scores[r.Score.Int64] = r.N
		}
	}
	return stats, nil
}
