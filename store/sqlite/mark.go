package sqlite

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// reopenSQL compares a scorer's name as a literal: LIKE would take its underscores for wildcards.
const reopenSQL = `
UPDATE user_job_map SET
	application_status = CASE WHEN application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED') THEN 'DISCOVERED' ELSE application_status END,
	updated_at         = CASE WHEN application_status IN ('AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISCOVERED') THEN :now ELSE updated_at END,
	due_at = :now, attempts = 0, leased = 0, lease_token = lease_token + 1
WHERE user_id = :user
	AND (json_array_length(:ids) = 0 OR job_id IN (SELECT value FROM json_each(:ids)))
	AND (json_array_length(:statuses) = 0 OR application_status IN (SELECT value FROM json_each(:statuses)))
	AND (:by = '' OR EXISTS (
		SELECT 1 FROM job_match_analysis a
		WHERE a.user_id = user_job_map.user_id AND a.job_id = user_job_map.job_id
			AND (a.scored_by = :by OR substr(a.scored_by, 1, length(:by) + 1) = :by || '/')))`

// Reopen makes decided jobs due again; see [forge.Reopener].
func (s *Store) Reopen(ctx context.Context, which store.Selection) (int, error) {
	if err := s.valid("reopen", which.Validate()); err != nil {
		return 0, err
	}
	ids := "[]"
	if len(which.IDs) > 0 {
		ids = jsonIDs(which.IDs)
	}
	var reopened int64
	err := s.writing(ctx, "reopen", func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, reopenSQL, sql.Named("user", s.user), sql.Named("now", s.db.now()),
			sql.Named("ids", ids), sql.Named("statuses", statuses(which.Statuses)), sql.Named("by", which.ScoredBy))
		if err != nil {
			return err
		}
		reopened, err = result.RowsAffected()
		return err
	})
	return int(reopened), err
}

// status reads the user's status of a job.
func (s *Store) status(ctx context.Context, tx *sqlx.Tx, id int64) (lead.Status, error) {
	var status lead.Status
	err := tx.GetContext(ctx, &status, `SELECT application_status FROM user_job_map WHERE user_id = ? AND job_id = ?`, s.user, id)
	return status, sqlstore.Missing(err)
}

// Mark sets an application status, or takes one back; see [forge.Marker].
func (s *Store) Mark(ctx context.Context, id int64, status lead.Status) error {
	if err := s.valid("mark", store.CheckMark(status)); err != nil {
		return err
	}
	return s.writing(ctx, "mark", func(tx *sqlx.Tx) error {
		from, err := s.status(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := store.CheckMarkFrom(from, status); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE user_job_map SET application_status = ?, updated_at = ? WHERE user_id = ? AND job_id = ?`,
			status, s.db.now(), s.user, id)
		return err
	})
}
