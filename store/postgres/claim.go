package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// claimSQL takes the jobs that are due longest and that no other call is taking, in one statement.
// The index on (user_id, due_at, job_id) is in the order asked for, so that it reads as many rows
// as it takes. The board is looked up by a scalar subquery: for EXISTS the planner would read all
// jobs first. A job that is due later than any lease or backoff reaches is due now, because a clock
// was wrong.
const claimSQL = `
WITH due AS MATERIALIZED (
	SELECT m.job_id, m.due_at
	FROM user_job_map m
	WHERE m.user_id = $3 AND m.due_at <= COALESCE($1::timestamptz, now())
		AND ($6::text[] IS NULL OR (SELECT j.source FROM jobs j WHERE j.id = m.job_id) = ANY ($6::text[]))
	ORDER BY m.due_at, m.job_id
	LIMIT $4
	FOR UPDATE OF m SKIP LOCKED
), stranded AS MATERIALIZED (
	SELECT m.job_id, m.due_at
	FROM user_job_map m
	WHERE m.user_id = $3 AND m.due_at > COALESCE($1::timestamptz, now()) + $7::interval
		AND ($6::text[] IS NULL OR (SELECT j.source FROM jobs j WHERE j.id = m.job_id) = ANY ($6::text[]))
	ORDER BY m.due_at, m.job_id
	LIMIT $4
	FOR UPDATE OF m SKIP LOCKED
), taken AS (
	UPDATE user_job_map m SET
		leased = true, due_at = COALESCE($1::timestamptz, now()) + $5::interval,
		lease_token = m.lease_token + 1
	FROM (TABLE due UNION ALL TABLE stranded LIMIT $4) AS chosen
	WHERE m.user_id = $3 AND m.job_id = chosen.job_id
	RETURNING m.job_id, m.lease_token, m.attempts, m.last_error, m.keep, chosen.due_at
)
SELECT t.job_id, t.lease_token, t.attempts, t.last_error, t.keep, ` + driver.SelectLead + `, d.*
FROM taken t
JOIN jobs j ON j.id = t.job_id
LEFT JOIN LATERAL (
	SELECT ` + driver.SelectData + ` WHERE j.deep_scraped_at > COALESCE($1::timestamptz, now()) - $2::interval
) d ON true
ORDER BY t.due_at, t.job_id`

// Claim takes due jobs; see forge.Store.
func (s *Store) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) ([]store.Job, error) {
	if err := s.valid("claim", driver.CheckClaim(n, lease, sources)); err != nil {
		return nil, err
	}
	var rows []driver.ClaimRow
	err := s.do(ctx, "claim", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, claimSQL, s.db.now(), interval(s.db.opts.RecheckAfter),
			s.user, n, interval(lease), pq.StringArray(sources), interval(store.MaxAfter))
	})
	if err != nil {
		return nil, err
	}
	if s.tx == nil && s.db.claims.Add(1)%tidyEvery == 0 {
		s.tidy(ctx, lease)
	}
	jobs, err := driver.Jobs(rows)
	return jobs, named("claim", err)
}

// tidyEvery is how many claims pass between two tidyings.
const tidyEvery = 16

// tidySQL reads the index where leases end. Each claim, renewal and release leaves a dead entry
// there, which stays until VACUUM comes, because no claim reads that far; the page then splits
// instead of reusing the room. An index scan marks the dead entries that it meets, and PostgreSQL
// drops marked ones when the page fills. The limits bound its cost where many jobs back off.
const tidySQL = `
SELECT count(*) FROM (
	SELECT FROM user_job_map m
	WHERE m.user_id = $3 AND m.due_at > COALESCE($1::timestamptz, now())
		AND m.due_at <= COALESCE($1::timestamptz, now()) + $2::interval
	ORDER BY m.due_at, m.job_id
	LIMIT 1000
) AS leased`

// tidy keeps the index of pending jobs small. It is not needed for any answer, so that it can fail.
func (s *Store) tidy(ctx context.Context, lease time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = s.db.on(ctx, func(c *sqlx.Conn) error {
		_, err := conn{c, s.db.schema}.ExecContext(ctx, tidySQL, s.db.now(), interval(lease), s.user)
		return err
	})
}

// renewSQL answers with the row as it was, none if the user has no such job, and whether it was
// renewed.
const renewSQL = `
WITH renewed AS (
	UPDATE user_job_map SET due_at = COALESCE($1::timestamptz, now()) + $2::interval
	WHERE user_id = $3 AND job_id = $4 AND lease_token = $5 AND leased
	RETURNING job_id
)
SELECT EXISTS (SELECT FROM renewed) FROM user_job_map WHERE user_id = $3 AND job_id = $4`

// Renew extends a lease to d from now; see forge.Store.
func (s *Store) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	if err := s.valid("renew", driver.CheckLease(d)); err != nil {
		return err
	}
	return s.do(ctx, "renew", func(ctx context.Context, c conn, _ int) error {
		var renewed bool
		err := c.GetContext(ctx, &renewed, renewSQL, s.db.now(), interval(d), s.user, l.ID, l.Token)
		switch {
		case err != nil:
			return driver.Missing(err)
		case !renewed:
			return store.ErrLeaseLost
		}
		return nil
	})
}
