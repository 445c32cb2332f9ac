package postgres

import (
	"context"

	"github.com/agent-forge/forge/store/driver"
)

const twinStateSQL = `
SELECT j.title, j.company, j.location, COALESCE(a.twin_apart, false) AS apart, a.job_id IS NOT NULL AS scored,
	EXISTS (SELECT FROM job_match_analysis o WHERE o.user_id = $1 AND o.twin_of = $2) AS leads
FROM jobs j LEFT JOIN job_match_analysis a ON a.user_id = $1 AND a.job_id = j.id
WHERE j.id = $2`

// headsLockSQL keeps two twins that are decided at the same time from becoming two heads. The second
// waits, and its next statement sees the first.
const headsLockSQL = `SELECT pg_advisory_xact_lock(hashtext('forge twins ' || $1), $2)`

const headsSQL = `
SELECT job_id, fingerprint FROM job_match_analysis
WHERE user_id = $1 AND twin_key = $2 AND twin_of IS NULL AND NOT twin_apart AND job_id <> $3
ORDER BY job_id LIMIT $4`

// groupSQL reads the members of a group, the first of them first.
const groupSQL = `
SELECT j.location, m.application_status
FROM job_match_analysis a
JOIN user_job_map m ON m.user_id = $1 AND m.job_id = a.job_id
JOIN jobs j ON j.id = a.job_id
WHERE a.user_id = $1 AND (a.job_id = $2 OR a.twin_of = $2)
ORDER BY a.job_id`

const twinTextSQL = `SELECT COALESCE(description, '') FROM jobs WHERE id = $1`

// twins returns the columns of a job that is about to be decided. A head stays one, whatever its text
// became, because its members follow it.
func (s *Store) twins(ctx context.Context, tx conn, id int64, f uint64) (c driver.TwinColumns, err error) {
	if f == 0 {
		return c, nil
	}
	var state driver.TwinState
	if err := tx.GetContext(ctx, &state, twinStateSQL, s.user, id); err != nil {
		return c, err
	}
	c = driver.NewTwinColumns(f, state.Key(), 0)
	if state.Apart || state.Leads {
		return c, nil
	}
	if _, err := tx.ExecContext(ctx, headsLockSQL, s.user, c.Key); err != nil {
		return c, err
	}
	var heads []driver.HeadRow
	if err := tx.SelectContext(ctx, &heads, headsSQL, s.user, c.Key, id, driver.MaxHeads); err != nil {
		return c, err
	}
	head, err := driver.HeadOf(id, f, heads, func(id int64) (text string, err error) {
		err = tx.GetContext(ctx, &text, twinTextSQL, id)
		return text, err
	})
	if err != nil || head == 0 {
		return c, err
	}
	c = driver.NewTwinColumns(f, state.Key(), head)
	var group []driver.MemberRow
	err = tx.SelectContext(ctx, &group, groupSQL, s.user, head)
	c.Follow = driver.GroupMark(state, group)
	return c, err
}
