package postgres

import (
	"context"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Decide records a decision; see forge.Store.
func (s *Store) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	d, err := driver.PrepareDecision(d)
	if err := s.valid("decide", err); err != nil {
		return err
	}
	return s.noted(ctx, s.inTx(ctx, "decide", func(ctx context.Context, tx conn, _ int) error {
		return s.decide(ctx, tx, l, d)
	}))
}

func (s *Store) decide(ctx context.Context, tx conn, l store.Lease, d enrich.Decision) error {
	row, err := s.lock(ctx, tx, l.ID, d.Data != nil)
	if err != nil {
		return err
	}
	if repeat, err := row.Decide(l); err != nil || repeat {
		return err // already decided with this lease
	}
	if d.Data != nil {
		if err := s.writeText(ctx, tx, l.ID, d); err != nil {
			return err
		}
	} else if d.Status == lead.Matched {
		if err := needText(ctx, tx, l.ID); err != nil {
			return err
		}
	}
	status := row.Decided(d.Status)
	follow, err := s.writeDecision(ctx, tx, l, status, d)
	if err != nil || follow == "" || status != lead.Matched {
		return err
	}
	return s.mark(ctx, tx, l.ID, follow)
}

// needText returns an error if the job has no stored text: a match without text needs it.
func needText(ctx context.Context, tx conn, id int64) error {
	var text bool
	err := tx.GetContext(ctx, &text, `SELECT description IS NOT NULL FROM jobs WHERE id = $1`, id)
	if err != nil {
		return err
	}
	if !text {
		return driver.NeedText()
	}
	return nil
}

// textSQL stores text, unless another user's is fresh. It assigns a column to itself if the text is
// the same: PostgreSQL then keeps the stored value and its TOAST pages. Whoever read the advert
// found the job open.
const textSQL = `
UPDATE jobs SET
	enriched_by     = CASE WHEN mine AND NOT same THEN $7 ELSE enriched_by END,
	description     = CASE WHEN mine AND NOT same THEN $3 ELSE description END,
	requirements    = CASE WHEN mine AND $4 <> '' AND requirements IS DISTINCT FROM $4 THEN $4
		ELSE requirements END,
	is_easy_apply   = CASE WHEN mine THEN COALESCE($5::boolean, is_easy_apply) ELSE is_easy_apply END,
	attributes      = CASE WHEN mine AND $6::jsonb <> '{}' AND attributes <> $6::jsonb THEN $6::jsonb
		ELSE attributes END,
	scraped_by      = CASE WHEN mine THEN $8 ELSE scraped_by END,
	deep_scraped_at = CASE WHEN mine OR same THEN COALESCE($1::timestamptz, now()) ELSE deep_scraped_at END,
	closed_at       = NULL,
	closed_by       = NULL
FROM (
	SELECT description IS NOT DISTINCT FROM $3 AS same, description IS NULL OR scraped_by = $8
		OR deep_scraped_at <= COALESCE($1::timestamptz, now()) - $9::interval AS mine
	FROM jobs WHERE id = $2
) AS stored
WHERE id = $2`

func (s *Store) writeText(ctx context.Context, tx conn, id int64, d enrich.Decision) error {
	_, err := tx.ExecContext(ctx, textSQL, s.db.now(), id, d.Data.Description, d.Data.Requirements,
		driver.Bool(d.Data.IsEasyApply), driver.Map(d.Data.Attributes), d.Assessment.By, s.user,
		interval(s.db.opts.RecheckAfter))
	return err
}

// decisionSQL ends the claim and records the assessment. A decision without a claim increments
// lease_token, so that the holder of an expired lease cannot overwrite it.
var decisionSQL = recorded(`
WITH decided AS (
	UPDATE user_job_map SET
		application_status = $4, leased = false, due_at = NULL, attempts = 0, last_error = '',
		lease_token = lease_token + $5, updated_at = COALESCE($1::timestamptz, now()), reopened_from = NULL,
		marked_from = CASE WHEN `+driver.Marked+` THEN $18 END
	WHERE user_id = $2 AND job_id = $3
	RETURNING user_id, job_id, updated_at
)`, `
	SELECT user_id, job_id, CASE WHEN $12 THEN 'REJECTED' ELSE 'MATCHED' END,
		jsonb_build_object('score', $6::smallint)
	FROM decided`, `
INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills,
	skill_gap_recommendations, unverified, scored_by, rejected, sketch, fingerprint, twin_key, twin_of,
	basis, created_at, updated_at)
SELECT user_id, job_id, $6::smallint, $7, $8::jsonb, $9::jsonb, $10, $11, $12 OR $19, $13, $14, $15, $16,
	NULLIF($17, ''),
	updated_at, updated_at
FROM decided
ON CONFLICT (user_id, job_id) DO UPDATE SET
	overall_match = excluded.overall_match, analysis_notes = excluded.analysis_notes,
	missing_skills = excluded.missing_skills, skill_gap_recommendations = excluded.skill_gap_recommendations,
	unverified = excluded.unverified, scored_by = excluded.scored_by, rejected = excluded.rejected,
	sketch = excluded.sketch, basis = excluded.basis, updated_at = excluded.updated_at,
	fingerprint = COALESCE(excluded.fingerprint, job_match_analysis.fingerprint),
	twin_key = COALESCE(excluded.twin_key, job_match_analysis.twin_key),
	twin_of = CASE WHEN excluded.fingerprint IS NULL
		THEN job_match_analysis.twin_of ELSE excluded.twin_of END`)

// writeDecision returns the mark that a match gets with its group, if any.
func (s *Store) writeDecision(
	ctx context.Context, tx conn, l store.Lease, status lead.Status, d enrich.Decision,
) (follow lead.Status, err error) {
	a := d.Assessment
	step := 0
	if l.Token == 0 {
		step = 1
	}
	t, err := s.twins(ctx, tx, l.ID, d.Fingerprint)
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, decisionSQL.sql(s.db), s.db.now(), s.user, l.ID, status, step, a.Score,
		a.Reasoning, driver.List(a.MissingSkills), driver.List(a.SkillGapRecommendations), a.Unverified, a.By,
		d.Status == lead.AutoRejected, []byte(d.Sketch), t.Fingerprint, t.Key, t.Of,
		string(d.Basis), string(d.Status), d.Kept)
	return t.Follow, err
}
