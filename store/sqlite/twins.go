package sqlite

import (
	"context"

	"github.com/agent-forge/forge/store/driver"
)

const twinStateSQL = `
SELECT j.title, j.company, j.location, COALESCE(a.twin_apart, 0) AS apart, a.job_id IS NOT NULL AS scored,
	EXISTS (SELECT 1 FROM job_match_analysis o WHERE o.user_id = ?1 AND o.twin_of = ?2) AS leads
FROM jobs j LEFT JOIN job_match_analysis a ON a.user_id = ?1 AND a.job_id = j.id
WHERE j.id = ?2`

// headsSQL names its index: without it, SQLite reads every analysis of the user.
const headsSQL = `
SELECT job_id, fingerprint FROM job_match_analysis INDEXED BY job_match_analysis_heads
WHERE user_id = ?1 AND twin_key = ?2 AND twin_of IS NULL AND twin_apart = 0 AND job_id <> ?3
ORDER BY job_id LIMIT ?4`

// groupSQL reads the members of a group, the first of them first.
const groupSQL = `
SELECT j.location, m.application_status
FROM job_match_analysis a
CROSS JOIN user_job_map m ON m.user_id = ?1 AND m.job_id = a.job_id
CROSS JOIN jobs j ON j.id = a.job_id
WHERE a.user_id = ?1 AND (a.job_id = ?2 OR a.twin_of = ?2)
ORDER BY a.job_id`

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
	if err != nil || head == 0 {
		return c, err
	}
	c = driver.NewTwinColumns(f, state.Key(), head)
	var group []driver.MemberRow
	err = tx.all(ctx, &group, groupSQL, s.user, head)
	c.Follow = driver.GroupMark(state, group)
	return c, err
}
