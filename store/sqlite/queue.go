package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// due_at is the time at which a job is due, or at which its lease ends if leased is set. dueSQL
// selects due jobs, oldest first, and farSQL jobs whose due_at is farther ahead than any lease or
// backoff can be: those come from a clock that was wrong. The index on (user_id, due_at, job_id) has
// the right order, so no rows beyond the limit are read, unless sources are given.
const (
	dueSQL = claimFrom + ` AND m.due_at IS NOT NULL AND m.due_at <= :time`
	farSQL = claimFrom + ` AND m.due_at > :time`

	claimFrom = `
SELECT m.job_id, m.lease_token + 1 AS lease_token, m.attempts, m.last_error, m.keep,
	` + driver.SelectLead + `,
	CASE WHEN j.deep_scraped_at > :old THEN j.description END AS description,
	CASE WHEN j.deep_scraped_at > :old THEN j.requirements END AS requirements,
	CASE WHEN j.deep_scraped_at > :old THEN j.is_easy_apply END AS is_easy_apply,
	CASE WHEN j.deep_scraped_at > :old THEN j.attributes END AS attributes
FROM user_job_map m CROSS JOIN jobs j ON j.id = m.job_id
WHERE m.user_id = :user`

	// ofSources limits a claim to some boards. The unary plus keeps SQLite off the index on source.
	ofSources  = ` AND +j.source IN (SELECT value FROM json_each(:sources))`
	claimOrder = ` ORDER BY m.due_at, m.job_id LIMIT :n`
)

const leaseSQL = `
UPDATE user_job_map SET leased = 1, due_at = ?, lease_token = lease_token + 1
WHERE user_id = ? AND job_id = ?`

// Claim takes due jobs; see forge.Store.
func (s *Store) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) (jobs []store.Job, err error) {
	if err := s.valid("claim", driver.CheckClaim(n, lease, sources)); err != nil {
		return nil, err
	}
	err = s.writing(ctx, "claim", func(ctx context.Context, tx *statements) error {
		now := s.db.now()
		rows, err := s.due(ctx, tx, dueSQL, now, n, sources)
		if err == nil && len(rows) < n {
			var far []driver.ClaimRow
			far, err = s.due(ctx, tx, farSQL, now+store.MaxAfter.Microseconds(), n-len(rows), sources)
			rows = append(rows, far...)
		}
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := tx.exec(ctx, leaseSQL, now+lease.Microseconds(), s.user, r.ID); err != nil {
				return err
			}
		}
		jobs, err = driver.Jobs(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// due reads what a claim takes by dueSQL or farSQL.
func (s *Store) due(
	ctx context.Context, tx *statements, query string, time int64, n int, sources []string,
) (rows []driver.ClaimRow, err error) {
	args := []any{
		sql.Named("user", s.user), sql.Named("time", time), sql.Named("n", n),
		sql.Named("old", s.db.now()-s.db.opts.RecheckAfter.Microseconds()),
	}
	if len(sources) > 0 {
		query += ofSources
		args = append(args, sql.Named("sources", driver.List(sources)))
	}
	err = tx.all(ctx, &rows, query+claimOrder, args...)
	return rows, err
}

const rowSQL = `
SELECT application_status, lease_token, leased, due_at IS NULL AS idle,
	COALESCE(due_at > ?1 AND due_at <= ?2, 0) AS live
FROM user_job_map WHERE user_id = ?3 AND job_id = ?4`

// row reads the user's row of a job.
func (s *Store) row(ctx context.Context, tx *statements, id int64) (row driver.Row, err error) {
	now := s.db.now()
	err = tx.row(ctx, rowSQL, []any{now, now + store.MaxAfter.Microseconds(), s.user, id},
		&row.Status, &row.Token, &row.Leased, &row.Idle, &row.Live)
	return row, driver.Missing(err)
}

// held returns the user's row of job l.ID. It returns ErrLeaseLost if l is not the current lease.
func (s *Store) held(ctx context.Context, tx *statements, l store.Lease) (driver.Row, error) {
	row, err := s.row(ctx, tx, l.ID)
	if err == nil && !row.Held(l) {
		err = store.ErrLeaseLost
	}
	return row, err
}

// Renew extends a lease to d from now; see forge.Store.
func (s *Store) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	if err := s.valid("renew", driver.CheckLease(d)); err != nil {
		return err
	}
	return s.writing(ctx, "renew", func(ctx context.Context, tx *statements) error {
		if _, err := s.held(ctx, tx, l); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE user_job_map SET due_at = ? WHERE user_id = ? AND job_id = ?`,
			s.db.now()+d.Microseconds(), s.user, l.ID)
		return err
	})
}

// closeSQL records that this user found the job closed. The job counts as closed for everyone once
// two users have.
const closeSQL = `
UPDATE jobs SET
	closed_by = CASE WHEN closed_at IS NULL OR closed_by IS :user THEN :user END, closed_at = :now
WHERE id = :id`

const releaseSQL = `
UPDATE user_job_map SET
	application_status = :status,
	updated_at = CASE WHEN :moves THEN :now ELSE updated_at END,
	due_at     = CASE WHEN :due THEN :now + :after END,
	leased = 0, lease_token = lease_token + 1, attempts = attempts + :counts, last_error = :cause,
	marked_from = CASE
		WHEN :outcome = 'CLOSED' AND marked_from IN ('DISCOVERED', 'MATCHED') THEN 'CLOSED'
		WHEN :outcome = 'FAILED' AND marked_from = 'DISCOVERED' THEN 'FAILED' ELSE marked_from END,
	reopened_from = CASE WHEN :due THEN reopened_from END
WHERE user_id = :user AND job_id = :id`

// Release ends a claim without a decision; see forge.Store.
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o, err := driver.PrepareOutcome(o)
	if err := s.valid("release", err); err != nil {
		return err
	}
	return s.writing(ctx, "release", func(ctx context.Context, tx *statements) error {
		row, err := s.held(ctx, tx, l)
		if err != nil {
			return err
		}
		status, moves := row.Ended(o.Status)
		args := []any{
			sql.Named("user", s.user), sql.Named("id", l.ID), sql.Named("now", s.db.now()),
			sql.Named("status", status), sql.Named("moves", moves), sql.Named("due", o.Status == ""),
			sql.Named("after", o.After.Microseconds()), sql.Named("counts", o.Counts),
			sql.Named("cause", o.Cause), sql.Named("outcome", o.Status),
		}
		if o.Status == lead.Closed {
			if _, err := tx.exec(ctx, closeSQL, args...); err != nil {
				return err
			}
		}
		if _, err = tx.exec(ctx, releaseSQL, args...); err != nil {
			return err
		}
		if kind := row.EndKind(o.Status); kind != "" {
			return s.db.record(ctx, tx, s.user, kind, store.ChangeDetail{Cause: o.Cause}, l.ID)
		}
		return nil
	})
}
