package sqlite

import (
	"context"
	"database/sql"

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
	return s.writing(ctx, "decide", func(ctx context.Context, tx *statements) error {
		row, err := s.row(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if repeat, err := row.Decide(l); err != nil || repeat {
			return err // already decided with this lease
		}
		if d.Data != nil {
			err = s.writeText(ctx, tx, l.ID, d)
		} else if d.Status == lead.Matched {
			err = needText(ctx, tx, l.ID)
		}
		if err != nil {
			return err
		}
		status := row.Decided(d.Status)
		follow, err := s.writeDecision(ctx, tx, l, status, d)
		if err != nil {
			return err
		}
		detail := store.ChangeDetail{Score: &d.Assessment.Score}
		err = s.db.record(ctx, tx, s.user, driver.DecisionKind(d), detail, l.ID)
		if err != nil || follow == "" || status != lead.Matched {
			return err
		}
		return s.mark(ctx, tx, l.ID, follow)
	})
}

// needText returns an error if the job has no stored text: a match without text needs it.
func needText(ctx context.Context, tx *statements, id int64) error {
	var text bool
	err := tx.one(ctx, &text, `SELECT description IS NOT NULL FROM jobs WHERE id = ?`, id)
	if err == nil && !text {
		return driver.NeedText()
	}
	return err
}

// textSQL stores text unless fresh text of another user exists. It also clears closed_at: the
// advert was just read, so the job is open.
const textSQL = `
WITH stored AS MATERIALIZED (
	SELECT description IS :description AS same,
		description IS NULL OR scraped_by IS :user OR deep_scraped_at <= :old AS mine
	FROM jobs WHERE id = :id
)
UPDATE jobs SET
	enriched_by     = CASE WHEN mine AND NOT same THEN :by ELSE enriched_by END,
	description     = CASE WHEN mine THEN :description ELSE description END,
	requirements    = CASE WHEN mine AND :requirements <> '' THEN :requirements ELSE requirements END,
	is_easy_apply   = CASE WHEN mine THEN COALESCE(:easy, is_easy_apply) ELSE is_easy_apply END,
	attributes      = CASE WHEN mine AND :attributes <> '{}' THEN :attributes ELSE attributes END,
	scraped_by      = CASE WHEN mine THEN :user ELSE scraped_by END,
	deep_scraped_at = CASE WHEN mine OR same THEN :now ELSE deep_scraped_at END,
	closed_at       = NULL,
	closed_by       = NULL
FROM stored WHERE id = :id`

func (s *Store) writeText(ctx context.Context, tx *statements, id int64, d enrich.Decision) error {
	now := s.db.now()
	_, err := tx.exec(ctx, textSQL,
		sql.Named("id", id), sql.Named("user", s.user), sql.Named("by", d.Assessment.By),
		sql.Named("now", now), sql.Named("old", now-s.db.opts.RecheckAfter.Microseconds()),
		sql.Named("description", d.Data.Description), sql.Named("requirements", d.Data.Requirements),
		sql.Named("easy", driver.Bool(d.Data.IsEasyApply)),
		sql.Named("attributes", driver.Map(d.Data.Attributes)))
	return err
}

// decisionSQL ends the claim. A decision without a claim increments lease_token, so that the holder
// of an expired lease cannot overwrite it.
const decisionSQL = `
UPDATE user_job_map SET
	application_status = ?3, leased = 0, due_at = NULL, attempts = 0, last_error = '',
	lease_token = lease_token + ?4, updated_at = ?5, reopened_from = NULL,
	marked_from = CASE WHEN ` + driver.Marked + ` THEN ?6 END
WHERE user_id = ?1 AND job_id = ?2`

const analysisSQL = `
INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills,
	skill_gap_recommendations, unverified, scored_by, rejected, sketch, fingerprint, twin_key, twin_of,
	basis, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15)
ON CONFLICT (user_id, job_id) DO UPDATE SET
	overall_match = excluded.overall_match, analysis_notes = excluded.analysis_notes,
	missing_skills = excluded.missing_skills, skill_gap_recommendations = excluded.skill_gap_recommendations,
	unverified = excluded.unverified, scored_by = excluded.scored_by, rejected = excluded.rejected,
	sketch = excluded.sketch, basis = excluded.basis, updated_at = excluded.updated_at,
	fingerprint = COALESCE(excluded.fingerprint, fingerprint),
	twin_key = COALESCE(excluded.twin_key, twin_key),
	twin_of = CASE WHEN excluded.fingerprint IS NULL THEN twin_of ELSE excluded.twin_of END`

// writeDecision returns the mark that a match gets with its group, if any.
func (s *Store) writeDecision(
	ctx context.Context, tx *statements, l store.Lease, status lead.Status, d enrich.Decision,
) (follow lead.Status, err error) {
	t, err := s.twins(ctx, tx, l.ID, d.Fingerprint)
	if err != nil {
		return "", err
	}
	a := d.Assessment
	now := s.db.now()
	if _, err := tx.exec(ctx, decisionSQL, s.user, l.ID, status, l.Token == 0, now, d.Status); err != nil {
		return "", err
	}
	_, err = tx.exec(
		ctx, analysisSQL, s.user, l.ID, a.Score, a.Reasoning,
		driver.List(a.MissingSkills), driver.List(a.SkillGapRecommendations), a.Unverified, a.By,
		d.Kept || d.Status == lead.AutoRejected, []byte(d.Sketch), t.Fingerprint, t.Key, t.Of,
		sql.NullString{String: string(d.Basis), Valid: d.Basis != ""}, now)
	return t.Follow, err
}
