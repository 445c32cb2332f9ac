package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Release ends a claim without a score; see [forge.Store].
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o = o.Clean()
	if err := s.valid(o.Validate()); err != nil {
		return err
	}
	return s.do(ctx, "release", func(attempt int) error {
		return s.db.inTx(ctx, func(tx *sqlx.Tx) error { return s.release(ctx, tx, l, o, attempt > 0) })
	})
}

const closeSQL = `UPDATE jobs SET closed_at = COALESCE($1::timestamptz, now()) WHERE id = $2`

const releaseSQL = `
UPDATE user_job_map SET
	application_status = CASE
		WHEN $5 = 'FAILED' AND application_status = 'DISCOVERED' THEN $5
		WHEN $5 = 'CLOSED' AND application_status IN ('DISCOVERED', 'MATCHED') THEN $5
		ELSE application_status END,
	due_at = CASE WHEN $5 = '' THEN COALESCE($1::timestamptz, now()) + $2::interval END,
	updated_at = CASE
		WHEN $5 = 'FAILED' AND application_status = 'DISCOVERED' OR $5 = 'CLOSED' AND application_status IN ('DISCOVERED', 'MATCHED')
		THEN COALESCE($1::timestamptz, now()) ELSE updated_at END,
	leased = false, lease_token = lease_token + 1, attempts = attempts + $6, last_error = $7
WHERE user_id = $3 AND job_id = $4`

func (s *Store) release(ctx context.Context, tx *sqlx.Tx, l store.Lease, o store.Outcome, again bool) error {
	row, err := s.lock(ctx, tx, l.ID, o.Status == lead.Closed)
	switch {
	case err != nil:
		return err
	case row.Held(l):
	case again && row.Released(l):
		return nil // the attempt before this one was committed, and its answer lost
	default:
		return store.ErrLeaseLost
	}
	if o.Status == lead.Closed {
		if _, err := tx.ExecContext(ctx, closeSQL, s.db.now(), l.ID); err != nil {
			return err
		}
	}
	counts := 0
	if o.Counts {
		counts = 1
	}
	_, err = tx.ExecContext(ctx, releaseSQL, s.db.now(), interval(o.After), s.user, l.ID, o.Status, counts, o.Cause)
	return err
}
