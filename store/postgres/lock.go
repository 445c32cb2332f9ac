package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/store"
)

// noToken is a token that no row has: a call without a claim holds no lease.
const noToken = -1

// fence returns the token that a row must have for a call that needs a lease.
func fence(j store.Job) int64 {
	if j.Token == 0 {
		return noToken
	}
	return j.Token
}

// missing turns an answer without a row into store.ErrNotFound.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// A locked row is the user's row of a job, which no other transaction changes until this one ends.
type locked struct {
	Token  int64 `db:"lease_token"`
	Leased bool  `db:"leased"`
	Idle   bool  `db:"idle"` // nothing is to be done
	Live   bool  `db:"live"` // due later
}

const lockColumns = `m.lease_token, m.leased, m.due_at IS NULL AS idle, COALESCE(m.due_at > COALESCE($1::timestamptz, now()), false) AS live`

const lockSQL = `SELECT ` + lockColumns + ` FROM user_job_map m WHERE m.user_id = $2 AND m.job_id = $3 FOR UPDATE`

// lockWithJobSQL locks the job before the user's row, which is locked when the join has found it.
const lockWithJobSQL = `
WITH j AS MATERIALIZED (SELECT id FROM jobs WHERE id = $3 FOR NO KEY UPDATE)
SELECT ` + lockColumns + ` FROM j JOIN user_job_map m ON m.job_id = j.id WHERE m.user_id = $2 FOR UPDATE OF m`

// lock locks the user's row, and the job's first if the transaction will write it.
func (s *Store) lock(ctx context.Context, tx *sqlx.Tx, id int64, job bool) (locked, error) {
	query := lockSQL
	if job {
		query = lockWithJobSQL
	}
	var row locked
	err := tx.GetContext(ctx, &row, query, s.db.now(), s.user, id)
	return row, missing(err)
}

// held reports whether j is the lease on the row.
func (r locked) held(j store.Job) bool { return r.Leased && r.Token == fence(j) }
