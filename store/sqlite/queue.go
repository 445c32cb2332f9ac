package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// dueSQL finds the jobs that are due longest. The unary plus keeps SQLite from searching by source: the index on (user_id,
// due_at, job_id) is in the order asked for, so that it reads little more than it takes.
const dueSQL = `
SELECT m.job_id
FROM user_job_map m CROSS JOIN jobs j ON j.id = m.job_id
WHERE m.user_id = :user AND m.due_at IS NOT NULL AND m.due_at <= :now
	AND (json_array_length(:sources) = 0 OR +j.source IN (SELECT value FROM json_each(:sources)))
ORDER BY m.due_at, m.job_id
LIMIT :n`

const leaseSQL = `
UPDATE user_job_map SET leased = 1, due_at = :now + :lease, lease_token = lease_token + 1
WHERE user_id = :user AND job_id IN (SELECT value FROM json_each(:ids))`

const claimedSQL = `
SELECT m.job_id, m.lease_token, m.attempts, m.last_error, ` + sqlstore.SelectLead + `, d.description, d.requirements, d.is_easy_apply, d.attributes
FROM json_each(:ids) due
CROSS JOIN user_job_map m ON m.user_id = :user AND m.job_id = due.value
CROSS JOIN jobs j ON j.id = m.job_id
LEFT JOIN jobs d ON d.id = j.id AND d.deep_scraped_at > :old
ORDER BY due.key`

// Claim takes due jobs; see [forge.Store].
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error) {
	if err := s.valid("claim", store.CheckClaim(n, lease, sources)); err != nil {
		return nil, err
	}
	names, err := sqlstore.List(sources)
	if err != nil {
		return nil, named(ctx, "claim", err)
	}
	var jobs []store.Job
	err = s.writing(ctx, "claim", func(tx *sqlx.Tx) error {
		args := claimArgs(s, n, lease, names)
		var ids []int64
		if err := tx.SelectContext(ctx, &ids, dueSQL, args...); err != nil || len(ids) == 0 {
			return err
		}
		args = append(args, sql.Named("ids", jsonIDs(ids)))
		if _, err := tx.ExecContext(ctx, leaseSQL, args...); err != nil {
			return err
		}
		var rows []sqlstore.Claimed
		if err := tx.SelectContext(ctx, &rows, claimedSQL, args...); err != nil {
			return err
		}
		jobs, err = sqlstore.Jobs(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// claimArgs are the parameters of every statement of a Claim but the ids; each uses some.
func claimArgs(s *Store, n int, lease time.Duration, sources string) []any {
	now := s.db.now()
	return []any{
		sql.Named("user", s.user), sql.Named("now", now), sql.Named("old", now-s.db.opts.RecheckAfter.Microseconds()),
		sql.Named("lease", lease.Microseconds()), sql.Named("sources", sources), sql.Named("n", n),
	}
}

// row reads the user's row of a job.
func (s *Store) row(ctx context.Context, tx *sqlx.Tx, id int64) (sqlstore.Row, error) {
	var row sqlstore.Row
	err := tx.GetContext(ctx, &row, `
		SELECT lease_token, leased, due_at IS NULL AS idle, COALESCE(due_at > :now, 0) AS live
		FROM user_job_map WHERE user_id = :user AND job_id = :id`,
		sql.Named("user", s.user), sql.Named("id", id), sql.Named("now", s.db.now()))
	return row, sqlstore.Missing(err)
}

// Renew makes a lease end this long from now; see [forge.Store].
func (s *Store) Renew(ctx context.Context, l store.Lease, lease time.Duration) error {
	if err := s.valid("renew", store.CheckLease(lease)); err != nil {
		return err
	}
	return s.writing(ctx, "renew", func(tx *sqlx.Tx) error {
		row, err := s.row(ctx, tx, l.ID)
		switch {
		case err != nil:
			return err
		case !row.Held(l):
			return store.ErrLeaseLost
		}
		_, err = tx.ExecContext(ctx, `UPDATE user_job_map SET due_at = ? WHERE user_id = ? AND job_id = ?`,
			s.db.now()+lease.Microseconds(), s.user, l.ID)
		return err
	})
}

const releaseSQL = `
UPDATE user_job_map SET
	application_status = CASE WHEN :replaces THEN :status ELSE application_status END,
	updated_at         = CASE WHEN :replaces THEN :now ELSE updated_at END,
	due_at             = CASE WHEN :status = '' THEN :now + :after END,
	leased = 0, lease_token = lease_token + 1, attempts = attempts + :counts, last_error = :cause
WHERE user_id = :user AND job_id = :id`

// Release ends a claim without a score; see [forge.Store].
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o = o.Clean()
	if err := s.valid("release", o.Validate()); err != nil {
		return err
	}
	return s.writing(ctx, "release", func(tx *sqlx.Tx) error {
		row, err := s.row(ctx, tx, l.ID)
		switch {
		case err != nil:
			return err
		case !row.Held(l):
			return store.ErrLeaseLost
		}
		status, err := s.status(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		args := []any{
			sql.Named("user", s.user), sql.Named("id", l.ID), sql.Named("now", s.db.now()), sql.Named("status", o.Status),
			sql.Named("after", o.After.Microseconds()), sql.Named("counts", o.Counts), sql.Named("cause", o.Cause),
			sql.Named("replaces", replaces(status, o.Status)),
		}
		if o.Status == lead.Closed {
			if _, err := tx.ExecContext(ctx, `UPDATE jobs SET closed_at = :now WHERE id = :id`, args...); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, releaseSQL, args...)
		return err
	})
}

// replaces reports whether a release with the status to changes the status from. A failed re-check keeps the match.
func replaces(from, to lead.Status) bool {
	return to == lead.Failed && from == lead.Discovered ||
		to == lead.Closed && (from == lead.Discovered || from == lead.Matched)
}
