package sqlite

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// reopenSQL makes the jobs due some microseconds apart, in the order of the ids or by score, because
// claims go by due_at. It compares the scorer's name with substr, because LIKE treats underscores as
// wildcards.
const reopenSQL = `
UPDATE user_job_map SET
	application_status = CASE WHEN application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED') THEN
	'DISCOVERED' ELSE application_status END,
	updated_at         = CASE WHEN application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED',
	'DISCOVERED') THEN :now ELSE updated_at END,
	due_at = :now - CASE json_array_length(:ids)
		WHEN 0 THEN COALESCE((SELECT a.overall_match FROM job_match_analysis a
			WHERE a.user_id = user_job_map.user_id AND a.job_id = user_job_map.job_id), 0)
		ELSE (SELECT json_array_length(:ids) - 1 - key FROM json_each(:ids) WHERE value = job_id LIMIT 1)
	END,
	attempts = 0, leased = 0, lease_token = lease_token + 1,` + driver.SetReopened + reopened

// reopened selects the rows of a selection.
const reopened = `
WHERE user_id = :user
	AND (json_array_length(:ids) = 0 OR job_id IN (SELECT value FROM json_each(:ids)))
	AND (json_array_length(:statuses) = 0 OR application_status IN (SELECT value FROM json_each(:statuses)))
	AND (:by = '' OR EXISTS (
		SELECT 1 FROM job_match_analysis a
		WHERE a.user_id = user_job_map.user_id AND a.job_id = user_job_map.job_id
			AND (a.scored_by = :by OR substr(a.scored_by, 1, length(:by) + 1) = :by || '/')))
	AND (:not_basis = '' OR EXISTS (
		SELECT 1 FROM job_match_analysis a
		WHERE a.user_id = user_job_map.user_id AND a.job_id = user_job_map.job_id
			AND substr(COALESCE(a.basis, ''), 1, length(:not_basis)) <> :not_basis))`

// reopensSQL reads which of the rows a Reopen changes, see [driver.Row.Reopens].
const reopensSQL = `SELECT job_id FROM user_job_map` + reopened + `
	AND (due_at IS NULL OR application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED'))
ORDER BY job_id`

// Reopen makes decided jobs due again; see forge.Reopener.
func (s *Store) Reopen(ctx context.Context, which store.Selection) (int, error) {
	if err := s.valid("reopen", driver.CheckSelection(which)); err != nil {
		return 0, err
	}
	var reopened int64
	// A selection can be of any number of rows, so the caller's context can end the statements.
	err := s.writing(ctx, "reopen", func(_ context.Context, tx *statements) error {
		args := []any{
			sql.Named("user", s.user), sql.Named("now", s.db.now()),
			sql.Named("ids", driver.List(which.IDs)), sql.Named("statuses", driver.List(which.Statuses)),
			sql.Named("by", which.ScoredBy), sql.Named("not_basis", driver.Scores(which.NotBasis)),
		}
		if s.db.opts.Events {
			var ids []int64
			if err := tx.all(ctx, &ids, reopensSQL, args...); err != nil {
				return err
			}
			err := s.db.record(ctx, tx, s.user, store.ChangeReopened, store.ChangeDetail{}, ids...)
			if err != nil {
				return err
			}
		}
		result, err := tx.exec(ctx, reopenSQL, args...)
		if err != nil {
			return err
		}
		reopened, err = result.RowsAffected()
		return err
	})
	return int(reopened), err
}

// markSQL remembers the pipeline's status under a mark, and restores it when the mark is taken back.
const markSQL = `
UPDATE user_job_map SET
	application_status = CASE WHEN :status <> 'MATCHED' THEN :status
		WHEN ` + driver.Marked + ` THEN ` + driver.Unmarked + ` ELSE application_status END,
	marked_from        = CASE WHEN :status <> 'MATCHED' THEN ` + driver.Under + ` END,
	updated_at         = :now
WHERE user_id = :user AND job_id = :id`

// Mark sets an application status, or clears it; see forge.Marker.
func (s *Store) Mark(ctx context.Context, id int64, status lead.Status) error {
	if err := s.valid("mark", driver.CheckMark(status)); err != nil {
		return err
	}
	return s.writing(ctx, "mark", func(ctx context.Context, tx *statements) error {
		return s.mark(ctx, tx, id, status)
	})
}

func (s *Store) mark(ctx context.Context, tx *statements, id int64, to lead.Status) error {
	row, err := s.row(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := row.CheckMark(to); err != nil {
		return err
	}
	_, err = tx.exec(ctx, markSQL, sql.Named("status", to), sql.Named("now", s.db.now()),
		sql.Named("user", s.user), sql.Named("id", id))
	if err != nil || row.Status == to {
		return err
	}
	return s.db.record(ctx, tx, s.user, store.ChangeMarked, store.ChangeDetail{Status: to}, id)
}
