package postgres

import (
	"context"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Release ends a claim without a decision; see forge.Store.
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o, err := driver.PrepareOutcome(o)
	if err := s.valid("release", err); err != nil {
		return err
	}
	return s.noted(ctx, s.inTx(ctx, "release", func(ctx context.Context, tx conn, attempt int) error {
		return s.release(ctx, tx, l, o, attempt > 0)
	}))
}

// closeSQL records that this user found the job closed. The job counts as closed for everyone once
// two users have.
const closeSQL = `
UPDATE jobs SET
	closed_by = CASE WHEN closed_at IS NULL OR closed_by = $3 THEN $3 END,
	closed_at = COALESCE($1::timestamptz, now())
WHERE id = $2`

const releasedSQL = `
UPDATE user_job_map SET
	application_status = $5,
	updated_at = CASE WHEN $9 THEN COALESCE($1::timestamptz, now()) ELSE updated_at END,
	due_at = CASE WHEN $6 THEN COALESCE($1::timestamptz, now()) + $2::interval END,
	leased = false, lease_token = lease_token + 1, attempts = attempts + $7, last_error = $8,
	marked_from = CASE WHEN $10 = 'CLOSED' AND marked_from IN ('DISCOVERED', 'MATCHED') THEN 'CLOSED'
		WHEN $10 = 'FAILED' AND marked_from = 'DISCOVERED' THEN 'FAILED' ELSE marked_from END,
	reopened_from = CASE WHEN $6 THEN reopened_from END
WHERE user_id = $3 AND job_id = $4`

// releaseSQL ends a claim. A release that is no change runs in its plain form.
var releaseSQL = alone(releasedSQL, ` RETURNING user_id, job_id`, `
	SELECT user_id, job_id, $11::text, jsonb_strip_nulls(jsonb_build_object('cause', NULLIF($8, '')))
	FROM done`, ` SELECT FROM done`)

// release ends the claim. again says that an earlier attempt may have been committed, and only its
// answer lost.
func (s *Store) release(ctx context.Context, tx conn, l store.Lease, o store.Outcome, again bool) error {
	row, err := s.lock(ctx, tx, l.ID, o.Status == lead.Closed)
	switch {
	case err != nil:
		return err
	case row.Held(l):
	case again && row.Released(l):
		return nil
	default:
		return store.ErrLeaseLost
	}
	if o.Status == lead.Closed {
		if _, err := tx.ExecContext(ctx, closeSQL, s.db.now(), l.ID, s.user); err != nil {
			return err
		}
	}
	counts := 0
	if o.Counts {
		counts = 1
	}
	status, moves := row.Ended(o.Status)
	query := releaseSQL.plain
	args := []any{
		s.db.now(), interval(o.After), s.user, l.ID, status, o.Status == "", counts, o.Cause, moves,
		string(o.Status),
	}
	if kind := row.EndKind(o.Status); kind != "" && s.db.opts.Events {
		query, args = releaseSQL.recording, append(args, string(kind))
	}
	_, err = tx.ExecContext(ctx, query, args...)
	return err
}
