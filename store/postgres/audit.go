package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// openSQL reads the jobs that were drawn and wait for a verdict, oldest draw first.
const openSQL = `
SELECT m.job_id, m.application_status, m.updated_at,
	j.closed_at IS NOT NULL AND COALESCE(j.closed_by = $1, true) AS closed, ` + driver.SelectLead + `,
	` + driver.SelectAssessment + `, ` + selectExtra + `
FROM job_labels l
JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
JOIN jobs j ON j.id = m.job_id
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE l.user_id = $1 AND l.verdict IS NULL AND m.application_status = 'AUTO_REJECTED'
ORDER BY l.drawn_at, l.job_id
LIMIT $2`

// Audit returns rejected jobs for the user to look at; see forge.Auditor. It writes only if it has to
// draw.
func (s *Store) Audit(ctx context.Context, n int) (entries []store.Entry, err error) {
	if err := s.valid("audit", driver.CheckAudit(n)); err != nil {
		return nil, err
	}
	err = s.do(ctx, "audit", func(ctx context.Context, c conn, _ int) error {
		entries, err = s.open(ctx, c, n)
		return err
	})
	if err != nil || len(entries) == n {
		return entries, err
	}
	err = s.inTx(ctx, "audit", func(ctx context.Context, tx conn, _ int) error {
		// Two draws at once would draw twice as many. Nothing else takes this lock, and it is taken
		// before all others.
		_, err := tx.ExecContext(ctx,
			`SELECT pg_advisory_xact_lock(hashtextextended('forge audit ' || `+inSchema+` || ' ' || $1, 0))`,
			s.user, s.db.opts.Schema)
		if err != nil {
			return err
		}
		if entries, err = s.open(ctx, tx, n); err != nil || len(entries) == n {
			return err
		}
		if err := s.draw(ctx, tx, n-len(entries)); err != nil {
			return err
		}
		entries, err = s.open(ctx, tx, n)
		return err
	})
	return entries, err
}

func (s *Store) open(ctx context.Context, c conn, n int) ([]store.Entry, error) {
	var rows []driver.EntryRow
	if err := c.SelectContext(ctx, &rows, openSQL, s.user, n); err != nil {
		return nil, err
	}
	return driver.Entries(rows)
}

// drawSQL inserts in the order of ids, in which every statement over several rows locks: the foreign
// key locks the user's row of each job.
const drawSQL = `
INSERT INTO job_labels (user_id, job_id, drawn_at)
SELECT $2, id, COALESCE($1::timestamptz, now()) FROM unnest($3::bigint[]) id ORDER BY id`

// draw draws as many jobs as it takes for n more to wait for a verdict.
func (s *Store) draw(ctx context.Context, tx conn, n int) error {
	var candidates []driver.CandidateRow
	err := tx.SelectContext(ctx, &candidates, driver.SelectCandidates, s.user)
	if err != nil || len(candidates) == 0 {
		return err
	}
	var before []driver.DrawnRow
	if err := tx.SelectContext(ctx, &before, driver.SelectDrawn, s.user); err != nil {
		return err
	}
	ids := driver.Draw(s.user, n, candidates, before)
	_, err = tx.ExecContext(ctx, drawSQL, s.db.now(), s.user, pq.Int64Array(ids))
	return err
}

// judgeSQL answers with the row as it was, none if the user has no such job, and whether it was drawn.
const judgeSQL = `
WITH judged AS (
	UPDATE job_labels SET verdict = NULLIF($4::text, ''),
		judged_at = CASE WHEN $4::text <> '' THEN COALESCE($1::timestamptz, now()) END
	WHERE user_id = $2 AND job_id = $3
	RETURNING job_id
)
SELECT EXISTS (SELECT FROM judged) FROM user_job_map WHERE user_id = $2 AND job_id = $3`

// Judge records what the user says of a job that was drawn; see forge.Auditor.
func (s *Store) Judge(ctx context.Context, id int64, v store.Verdict) error {
	if err := s.valid("judge", driver.CheckVerdict(v)); err != nil {
		return err
	}
	return s.do(ctx, "judge", func(ctx context.Context, c conn, _ int) error {
		var drawn bool
		if err := c.GetContext(ctx, &drawn, judgeSQL, s.db.now(), s.user, id, string(v)); err != nil {
			return driver.Missing(err)
		}
		if !drawn {
			return driver.NotDrawn()
		}
		return nil
	})
}

// Evidence returns what is known of the jobs that the user judged or marked; see forge.Auditor.
func (s *Store) Evidence(ctx context.Context) (gate.Evidence, error) {
	if err := s.valid("evidence", nil); err != nil {
		return gate.Evidence{}, err
	}
	var labels []driver.LabelRow
	var outcomes []driver.OutcomeRow
	err := s.do(ctx, "evidence", func(ctx context.Context, c conn, _ int) error {
		labels, outcomes = nil, nil
		if err := c.SelectContext(ctx, &labels, driver.SelectLabels, s.user); err != nil {
			return err
		}
		return c.SelectContext(ctx, &outcomes, driver.SelectOutcomes, s.user)
	})
	if err != nil {
		return gate.Evidence{}, err
	}
	return driver.Evidence(labels, outcomes), nil
}
