package sqlite

import (
	"context"

	"github.com/agent-forge/forge/store/driver"
)

const twinStateSQL = `
SELECT j.title, j.company, j.location, COALESCE(a.twin_apart, 0) AS apart,
	EXISTS (SELECT 1 FROM job_match_analysis o WHERE o.user_id = ?1 AND o.twin_of = ?2) AS leads
FROM jobs j LEFT JOIN job_match_analysis a ON a.user_id = ?1 AND a.job_id = j.id
WHERE j.id = ?2`

// headsSQL names its index: without it, SQLite reads every analysis of the user.
const headsSQL = `
SELECT job_id, fingerprint FROM job_match_analysis INDEXED BY job_match_analysis_heads
WHERE user_id = ?1 AND twin_key = ?2 AND twin_of IS NULL AND twin_apart = 0 AND job_id <> ?3
ORDER BY job_id LIMIT ?4`

const twinTextSQL = `SELECT COALESCE(description, '') FROM jobs WHERE id = ?`

// twins returns the columns of a job that is about to be decided. A head stays one, whatever its text
// became, because its members follow it.
func (s *Store) twins(
	ctx context.Context, tx *statements, id int64, f uint64,
) (c driver.TwinColumns, err error) {
	if f == 0 {
		return c, nil
	}
	var state driver.TwinState
	if err := tx.one(ctx, &state, twinStateSQL, s.user, id); err != nil {
		return c, err
	}
	c = driver.NewTwinColumns(f, state.Key(), 0)
	if state.Apart || state.Leads {
		return c, nil
	}
	var heads []driver.HeadRow
	if err := tx.all(ctx, &heads, headsSQL, s.user, c.Key, id, driver.MaxHeads); err != nil {
		return c, err
	}
	head, err := driver.HeadOf(id, f, heads, func(id int64) (text string, err error) {
		err = tx.one(ctx, &text, twinTextSQL, id)
		return text, err
	})
	return driver.NewTwinColumns(f, state.Key(), head), err
}
