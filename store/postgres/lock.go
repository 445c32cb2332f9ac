package postgres

import (
	"context"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// lockColumns are those of [driver.Row]. $4 is how far ahead a job can be due.
const lockColumns = `m.application_status, m.lease_token, m.leased, m.due_at IS NULL AS idle,
	COALESCE(m.due_at > COALESCE($1::timestamptz, now())
		AND m.due_at <= COALESCE($1::timestamptz, now()) + $4::interval, false) AS live`

const lockSQL = `
SELECT ` + lockColumns + `
FROM user_job_map m WHERE m.user_id = $2 AND m.job_id = $3 FOR UPDATE`

// lockWithJobSQL locks the job before the user's row, which is locked when the join has found it.
const lockWithJobSQL = `
WITH j AS MATERIALIZED (SELECT id FROM jobs WHERE id = $3 FOR NO KEY UPDATE)
SELECT ` + lockColumns + `
FROM j JOIN user_job_map m ON m.job_id = j.id WHERE m.user_id = $2 FOR UPDATE OF m`

// lock locks the user's row, and the job's first if the transaction will write it.
func (s *Store) lock(ctx context.Context, tx conn, id int64, job bool) (driver.Row, error) {
	query := lockSQL
	if job {
		query = lockWithJobSQL
	}
	var row driver.Row
	err := tx.GetContext(ctx, &row, query, s.db.now(), s.user, id, interval(store.MaxAfter))
	return row, driver.Missing(err)
}
