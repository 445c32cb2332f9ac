package sqlite

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

const keepSQL = `
UPDATE user_job_map SET
	application_status = 'DISCOVERED', updated_at = :now, due_at = :now, attempts = 0, leased = 0,
	lease_token = lease_token + 1, reopened_from = 'AUTO_REJECTED', keep = 1
WHERE user_id = :user AND job_id IN (SELECT value FROM json_each(:ids))
	AND application_status = 'AUTO_REJECTED'`

const keepsSQL = `
SELECT job_id FROM user_job_map
WHERE user_id = ? AND job_id IN (SELECT value FROM json_each(?)) AND application_status = 'AUTO_REJECTED'
ORDER BY job_id`

// Keep reopens rejected jobs and keeps them whatever they score; see forge.Keeper.
func (s *Store) Keep(ctx context.Context, ids []int64) (kept int, err error) {
	if err := s.valid("keep", driver.CheckIDs(ids)); err != nil {
		return 0, err
	}
	err = s.writing(ctx, "keep", func(ctx context.Context, tx *statements) error {
		var rejected []int64
		if err := tx.all(ctx, &rejected, keepsSQL, s.user, driver.List(ids)); err != nil {
			return err
		}
		kept = len(rejected)
		_, err := tx.exec(ctx, keepSQL, sql.Named("user", s.user), sql.Named("now", s.db.now()),
			sql.Named("ids", driver.List(rejected)))
		if err != nil {
			return err
		}
		return s.db.record(ctx, tx, s.user, store.ChangeReopened, store.ChangeDetail{}, rejected...)
	})
	return kept, err
}

const restoreSQL = `
UPDATE user_job_map SET` + driver.SetRestored + `,
	updated_at = :now, leased = 0, lease_token = lease_token + 1,
	keep = CASE WHEN reopened_from = 'AUTO_REJECTED' THEN 0 ELSE keep END
WHERE user_id = :user AND job_id IN (SELECT value FROM json_each(:ids))
	AND reopened_from IS NOT NULL AND due_at IS NOT NULL
	AND NOT (leased AND due_at > :now AND due_at <= :far)`

// Restore takes a reopening back; see forge.Keeper.
func (s *Store) Restore(ctx context.Context, ids []int64) (int, error) {
	if err := s.valid("restore", driver.CheckIDs(ids)); err != nil {
		return 0, err
	}
	var restored int64
	err := s.writing(ctx, "restore", func(ctx context.Context, tx *statements) error {
		now := s.db.now()
		result, err := tx.exec(ctx, restoreSQL, sql.Named("user", s.user), sql.Named("now", now),
			sql.Named("ids", driver.List(ids)), sql.Named("far", now+store.MaxAfter.Microseconds()))
		if err != nil {
			return err
		}
		restored, err = result.RowsAffected()
		return err
	})
	return int(restored), err
}

// regatedSQL selects the jobs that a gate moves: the matches that it rejects, and the rejected jobs that
// it keeps.
const regatedSQL = `
SELECT m.job_id, m.application_status = 'MATCHED' AS hide, a.overall_match AS score
FROM user_job_map m
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = :user AND (
	m.application_status = 'MATCHED' AND NOT m.keep AND a.overall_match < :threshold AND NOT a.unverified
	OR m.application_status = 'AUTO_REJECTED' AND a.overall_match >= :threshold)
ORDER BY m.job_id`

// A regatedRow is a row of regatedSQL.
type regatedRow struct {
	ID    int64 `db:"job_id"`
	Hide  bool  `db:"hide"`
	Score int   `db:"score"`
}

const (
	hideSQL = `
UPDATE user_job_map SET
	application_status = 'AUTO_REJECTED', updated_at = :now, due_at = NULL, leased = 0,
	lease_token = lease_token + 1, reopened_from = NULL
WHERE user_id = :user AND job_id = :id`
	hiddenSQL = `UPDATE job_match_analysis SET rejected = 1 WHERE user_id = :user AND job_id = :id`
	bringSQL  = `
UPDATE user_job_map SET
	application_status = 'DISCOVERED', updated_at = :now, due_at = :now, attempts = 0, leased = 0,
	lease_token = lease_token + 1, reopened_from = 'AUTO_REJECTED'
WHERE user_id = :user AND job_id = :id`
)

// Regate applies another gate to decided jobs; see forge.Regater.
func (s *Store) Regate(ctx context.Context, g gate.Gate) (done store.Regating, err error) {
	if err := s.valid("regate", nil); err != nil {
		return done, err
	}
	err = s.writing(ctx, "regate", func(ctx context.Context, tx *statements) error {
		done = store.Regating{}
		var rows []regatedRow
		err := tx.all(ctx, &rows, regatedSQL, sql.Named("user", s.user),
			sql.Named("threshold", g.Threshold()))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.regate(ctx, tx, r); err != nil {
				return err
			}
			if r.Hide {
				done.Hidden++
			} else {
				done.Reopened++
			}
		}
		return nil
	})
	return done, err
}

func (s *Store) regate(ctx context.Context, tx *statements, r regatedRow) error {
	queries, kind, detail := []string{bringSQL}, store.ChangeReopened, store.ChangeDetail{}
	if r.Hide {
		queries, kind = []string{hideSQL, hiddenSQL}, store.ChangeRejected
		detail.Score = &r.Score
	}
	for _, query := range queries {
		_, err := tx.exec(ctx, query, sql.Named("user", s.user), sql.Named("now", s.db.now()),
			sql.Named("id", r.ID))
		if err != nil {
			return err
		}
	}
	return s.db.record(ctx, tx, s.user, kind, detail, r.ID)
}
