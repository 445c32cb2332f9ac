package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// keepSQL locks in key order before it writes, as every statement over several rows does.
var keepSQL = alone(`
WITH chosen AS MATERIALIZED (
	SELECT m.job_id FROM user_job_map m
	WHERE m.user_id = $2 AND m.job_id = ANY ($3::bigint[]) AND m.application_status = 'AUTO_REJECTED'
	ORDER BY m.job_id
	FOR UPDATE
)
UPDATE user_job_map m SET
	application_status = 'DISCOVERED', updated_at = COALESCE($1::timestamptz, now()),
	due_at = COALESCE($1::timestamptz, now()), attempts = 0, leased = false, lease_token = m.lease_token + 1,
	reopened_from = 'AUTO_REJECTED', keep = true
FROM chosen
WHERE m.user_id = $2 AND m.job_id = chosen.job_id`, ` RETURNING m.user_id, m.job_id`, `
	SELECT user_id, job_id, 'REOPENED', '{}'::jsonb FROM done`, ` SELECT FROM done`)

// Keep reopens rejected jobs and keeps them whatever they score; see forge.Keeper.
func (s *Store) Keep(ctx context.Context, ids []int64) (int, error) {
	return s.change(ctx, "keep", driver.CheckIDs(ids), keepSQL.sql(s.db), s.db.now(), s.user,
		pq.Int64Array(ids))
}

const restoreSQL = `
WITH chosen AS MATERIALIZED (
	SELECT m.job_id FROM user_job_map m
	WHERE m.user_id = $2 AND m.job_id = ANY ($3::bigint[]) AND m.reopened_from IS NOT NULL
		AND m.due_at IS NOT NULL AND NOT (m.leased AND m.due_at > COALESCE($1::timestamptz, now())
			AND m.due_at <= COALESCE($1::timestamptz, now()) + $4::interval)
	ORDER BY m.job_id
	FOR UPDATE
)
UPDATE user_job_map m SET` + driver.SetRestored + `,
	updated_at = COALESCE($1::timestamptz, now()), leased = false, lease_token = m.lease_token + 1,
	keep = m.keep AND m.reopened_from <> 'AUTO_REJECTED'
FROM chosen
WHERE m.user_id = $2 AND m.job_id = chosen.job_id`

// Restore takes a reopening back; see forge.Keeper.
func (s *Store) Restore(ctx context.Context, ids []int64) (int, error) {
	return s.change(ctx, "restore", driver.CheckIDs(ids), restoreSQL, s.db.now(), s.user, pq.Int64Array(ids),
		interval(store.MaxAfter))
}

// change runs a statement and returns the number of rows that it changed.
func (s *Store) change(
	ctx context.Context, call string, argument error, query string, args ...any,
) (int, error) {
	if err := s.valid(call, argument); err != nil {
		return 0, err
	}
	var changed int64
	err := s.do(ctx, call, func(ctx context.Context, c conn, _ int) error {
		result, err := c.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return int(changed), s.noted(ctx, err)
}

// regateSQL locks the user's rows in key order, then those of the analysis.
var regateSQL = recorded(`
WITH chosen AS MATERIALIZED (
	SELECT m.job_id, m.application_status = 'MATCHED' AS hide, a.overall_match AS score
	FROM user_job_map m
	JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
	WHERE m.user_id = $2 AND (
		m.application_status = 'MATCHED' AND NOT m.keep AND a.overall_match < $3 AND NOT a.unverified
		OR m.application_status = 'AUTO_REJECTED' AND a.overall_match >= $3)
	ORDER BY m.job_id
	FOR UPDATE OF m
), moved AS (
	UPDATE user_job_map m SET
		application_status = CASE WHEN hide THEN 'AUTO_REJECTED' ELSE 'DISCOVERED' END,
		updated_at = COALESCE($1::timestamptz, now()), attempts = 0, leased = false,
		lease_token = m.lease_token + 1,
		due_at = CASE WHEN NOT hide THEN COALESCE($1::timestamptz, now()) END,
		reopened_from = CASE WHEN NOT hide THEN 'AUTO_REJECTED' END
	FROM chosen
	WHERE m.user_id = $2 AND m.job_id = chosen.job_id
	RETURNING m.user_id, m.job_id, hide, score
), noted AS (
	UPDATE job_match_analysis a SET rejected = true
	FROM moved
	WHERE a.user_id = $2 AND a.job_id = moved.job_id AND hide
)`, `
	SELECT user_id, job_id, CASE WHEN hide THEN 'REJECTED' ELSE 'REOPENED' END,
		CASE WHEN hide THEN jsonb_build_object('score', score) ELSE '{}'::jsonb END
	FROM moved`, `
SELECT count(*) FILTER (WHERE hide) AS hidden, count(*) FILTER (WHERE NOT hide) AS reopened FROM moved`)

// Regate applies another gate to decided jobs; see forge.Regater.
func (s *Store) Regate(ctx context.Context, g gate.Gate) (done store.Regating, err error) {
	if err := s.valid("regate", nil); err != nil {
		return done, err
	}
	err = s.do(ctx, "regate", func(ctx context.Context, c conn, _ int) error {
		return c.GetContext(ctx, &done, regateSQL.sql(s.db), s.db.now(), s.user, g.Threshold())
	})
	return done, s.noted(ctx, err)
}
