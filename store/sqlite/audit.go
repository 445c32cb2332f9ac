package sqlite

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// openSQL reads the jobs that were drawn and wait for a verdict, oldest draw first.
const openSQL = `
SELECT m.job_id, m.application_status, m.updated_at,
	j.closed_at IS NOT NULL AND COALESCE(j.closed_by, :user) = :user AS closed, ` + driver.SelectLead + `,
	` + driver.SelectAssessment + `, ` + selectExtra + `
FROM job_labels l
CROSS JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
CROSS JOIN jobs j ON j.id = m.job_id
CROSS JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE l.user_id = :user AND l.verdict IS NULL AND m.application_status = 'AUTO_REJECTED'
ORDER BY l.drawn_at, l.job_id
LIMIT :rows`

// Audit returns rejected jobs for the user to look at; see forge.Auditor.
func (s *Store) Audit(ctx context.Context, n int) (entries []store.Entry, err error) {
	if err := s.valid("audit", driver.CheckAudit(n)); err != nil {
		return nil, err
	}
	open := func(q *statements) error {
		var rows []driver.EntryRow
		err := q.all(ctx, &rows, openSQL, sql.Named("user", s.user), sql.Named("rows", n))
		if err == nil {
			entries, err = driver.Entries(rows)
		}
		return err
	}
	if s.tx == nil { // the caller's transaction takes the write lock before it reads, see WithTx
		if err := s.reading(ctx, "audit", open); err != nil || len(entries) == n {
			return entries, err
		}
	}
	err = s.writing(ctx, "audit", func(ctx context.Context, tx *statements) error {
		if err := open(tx); err != nil || len(entries) == n {
			return err
		}
		if err := s.draw(ctx, tx, n-len(entries)); err != nil {
			return err
		}
		return open(tx)
	})
	return entries, err
}

const drawSQL = `INSERT INTO job_labels (user_id, job_id, drawn_at) SELECT ?, value, ? FROM json_each(?)`

// draw draws as many jobs as it takes for n more to wait for a verdict.
func (s *Store) draw(ctx context.Context, tx *statements, n int) error {
	var candidates []driver.CandidateRow
	err := tx.all(ctx, &candidates, driver.SelectCandidates, s.user)
	if err != nil || len(candidates) == 0 {
		return err
	}
	var before []driver.DrawnRow
	if err := tx.all(ctx, &before, driver.SelectDrawn, s.user); err != nil {
		return err
	}
	ids := driver.Draw(s.user, n, candidates, before)
	_, err = tx.exec(ctx, drawSQL, s.user, s.db.now(), driver.List(ids))
	return err
}

const judgeSQL = `
UPDATE job_labels SET verdict = NULLIF(:verdict, ''), judged_at = CASE WHEN :verdict <> '' THEN :now END
WHERE user_id = :user AND job_id = :id`

// Judge records what the user says of a job that was drawn; see forge.Auditor.
func (s *Store) Judge(ctx context.Context, id int64, v store.Verdict) error {
	if err := s.valid("judge", driver.CheckVerdict(v)); err != nil {
		return err
	}
	return s.writing(ctx, "judge", func(ctx context.Context, tx *statements) error {
		if _, err := s.row(ctx, tx, id); err != nil {
			return err
		}
		result, err := tx.exec(ctx, judgeSQL, sql.Named("verdict", string(v)), sql.Named("now", s.db.now()),
			sql.Named("user", s.user), sql.Named("id", id))
		if err != nil {
			return err
		}
		if judged, err := result.RowsAffected(); err != nil || judged > 0 {
			return err
		}
		return driver.NotDrawn()
	})
}

// Evidence returns what is known of the jobs that the user judged or marked; see forge.Auditor.
func (s *Store) Evidence(ctx context.Context) (evidence gate.Evidence, err error) {
	if err := s.valid("evidence", nil); err != nil {
		return evidence, err
	}
	err = s.reading(ctx, "evidence", func(q *statements) error {
		var labels []driver.LabelRow
		if err := q.all(ctx, &labels, driver.SelectLabels, s.user); err != nil {
			return err
		}
		var outcomes []driver.OutcomeRow
		err := q.all(ctx, &outcomes, driver.SelectOutcomes, s.user)
		evidence = driver.Evidence(labels, outcomes)
		return err
	})
	return evidence, err
}
