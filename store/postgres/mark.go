package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// reopenSQL locks in key order before it writes, as every statement over several rows does. Claims go
// by due_at, so that the jobs are due some microseconds apart: in the order of the ids, or by score.
var reopenSQL = alone(`
WITH chosen AS MATERIALIZED (
	SELECT m.job_id,
		m.due_at IS NULL OR m.application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED') AS reopens,
		CASE WHEN $3::bigint[] IS NOT NULL THEN cardinality($3) - array_position($3, m.job_id)
			ELSE COALESCE((SELECT a.overall_match FROM job_match_analysis a
				WHERE a.user_id = $2 AND a.job_id = m.job_id), 0)
		END AS ahead
	FROM user_job_map m
	WHERE m.user_id = $2
		AND ($3::bigint[] IS NULL OR m.job_id = ANY ($3::bigint[]))
		AND ($4::text[] IS NULL OR m.application_status = ANY ($4::text[]))
		AND ($5 = '' OR EXISTS (
			SELECT FROM job_match_analysis a
			WHERE a.user_id = $2 AND a.job_id = m.job_id
				AND (a.scored_by = $5 OR starts_with(a.scored_by, $5 || '/'))))
		AND ($6 = '' OR EXISTS (
			SELECT FROM job_match_analysis a
			WHERE a.user_id = $2 AND a.job_id = m.job_id AND NOT starts_with(COALESCE(a.basis, ''), $6)))
	ORDER BY m.job_id
	FOR UPDATE OF m
)
UPDATE user_job_map m SET
	application_status = CASE WHEN m.application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED')
		THEN 'DISCOVERED' ELSE m.application_status END,
	updated_at = CASE WHEN m.application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISCOVERED')
		THEN COALESCE($1::timestamptz, now()) ELSE m.updated_at END,
	due_at = COALESCE($1::timestamptz, now()) - ahead * interval '1 microsecond', attempts = 0,
	leased = false, lease_token = m.lease_token + 1,`+driver.SetReopened+`
FROM chosen
WHERE m.user_id = $2 AND m.job_id = chosen.job_id`, ` RETURNING m.user_id, m.job_id, reopens`, `
	SELECT user_id, job_id, 'REOPENED', '{}'::jsonb FROM done WHERE reopens`, ` SELECT FROM done`)

// Reopen makes decided jobs due again; see forge.Reopener.
func (s *Store) Reopen(ctx context.Context, which store.Selection) (int, error) {
	if err := s.valid("reopen", driver.CheckSelection(which)); err != nil {
		return 0, err
	}
	var reopened int64
	err := s.do(ctx, "reopen", func(ctx context.Context, c conn, _ int) error {
		result, err := c.ExecContext(ctx, reopenSQL.sql(s.db), s.db.now(), s.user, pq.Int64Array(which.IDs),
			statuses(which.Statuses), which.ScoredBy, driver.Scores(which.NotBasis))
		if err != nil {
			return err
		}
		reopened, err = result.RowsAffected()
		return err
	})
	return int(reopened), s.noted(ctx, err)
}

// markSQL sets a status, and remembers the pipeline's under it, which it restores when the mark is taken
// back. A mark of the status that the job has is no change, and runs in the plain form.
var markSQL = alone(`
UPDATE user_job_map SET
	application_status = CASE WHEN $4 <> 'MATCHED' THEN $4
		WHEN `+driver.Marked+` THEN `+driver.Unmarked+` ELSE application_status END,
	marked_from = CASE WHEN $4 <> 'MATCHED' THEN `+driver.Under+` END,
	updated_at = COALESCE($1::timestamptz, now())
WHERE user_id = $2 AND job_id = $3`, ` RETURNING user_id, job_id, application_status`, `
	SELECT user_id, job_id, 'MARKED', jsonb_build_object('status', application_status) FROM done`,
	` SELECT FROM done`)

// Mark sets an application status, or clears it; see forge.Marker.
func (s *Store) Mark(ctx context.Context, id int64, status lead.Status) error {
	if err := s.valid("mark", driver.CheckMark(status)); err != nil {
		return err
	}
	return s.noted(ctx, s.inTx(ctx, "mark", func(ctx context.Context, tx conn, _ int) error {
		return s.mark(ctx, tx, id, status)
	}))
}

func (s *Store) mark(ctx context.Context, tx conn, id int64, to lead.Status) error {
	row, err := s.lock(ctx, tx, id, false)
	if err != nil {
		return err
	}
	if err := row.CheckMark(to); err != nil {
		return err
	}
	query := markSQL.sql(s.db)
	if row.Status == to {
		query = markSQL.plain
	}
	_, err = tx.ExecContext(ctx, query, s.db.now(), s.user, id, string(to))
	return err
}
