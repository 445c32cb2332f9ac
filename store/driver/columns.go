package driver

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// The columns of jobs j that [LeadColumns] and [DataColumns] read, and of job_match_analysis a that
// [AssessmentColumns] read.
const (
	SelectLead       = `j.source, j.external_id, j.title, j.company, j.location, j.url, j.posted_at`
	SelectData       = `j.description, j.requirements, j.is_easy_apply, j.attributes`
	SelectAssessment = `a.overall_match, a.analysis_notes, a.missing_skills, a.skill_gap_recommendations,
		a.unverified, a.scored_by, a.basis`
)

// SelectQueue is the columns of user_job_map m that [QueueColumns] read.
const SelectQueue = `m.due_at, m.attempts, m.last_error`

// A Time reads an instant: a timestamp where the database has that type, microseconds since 1970
// where it has not. NULL is the zero time.
type Time struct{ time.Time }

// Scan implements [sql.Scanner].
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case time.Time:
		t.Time = v.UTC()
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a time is stored as %T", src)
	}
	return nil
}

// LeadColumns are what a row says about a lead.
type LeadColumns struct {
	Source     string `db:"source"`
	ExternalID string `db:"external_id"`
	Title      string `db:"title"`
	Company    string `db:"company"`
	Location   string `db:"location"`
	URL        string `db:"url"`
	PostedAt   Time   `db:"posted_at"`
}

// Lead returns the lead.
func (c LeadColumns) Lead() lead.Lead {
	return lead.Lead{
		Source: c.Source, ExternalID: c.ExternalID, Title: c.Title, Company: c.Company,
		Location: c.Location, URL: c.URL, PostedAt: c.PostedAt.Time,
	}
}

// DataColumns are what a row holds of a posting's text.
type DataColumns struct {
	Description  sql.NullString `db:"description"`
	Requirements sql.NullString `db:"requirements"`
	IsEasyApply  sql.NullBool   `db:"is_easy_apply"`
	Attributes   []byte         `db:"attributes"`
}

// Data returns the text, nil where there is none.
func (c DataColumns) Data() (*enrich.Data, error) {
	if !c.Description.Valid {
		return nil, nil
	}
	d := &enrich.Data{Description: c.Description.String, Requirements: c.Requirements.String}
	if c.IsEasyApply.Valid {
		d.IsEasyApply = &c.IsEasyApply.Bool
	}
	if err := json.Unmarshal(c.Attributes, &d.Attributes); err != nil {
		return nil, fmt.Errorf("column attributes: %w", err)
	}
	if len(d.Attributes) == 0 {
		d.Attributes = nil
	}
	return d, nil
}

// AssessmentColumns are what a row holds of an assessment.
type AssessmentColumns struct {
	Score           sql.NullInt64  `db:"overall_match"`
	Notes           sql.NullString `db:"analysis_notes"`
	MissingSkills   []byte         `db:"missing_skills"`
	Recommendations []byte         `db:"skill_gap_recommendations"`
	Unverified      sql.NullBool   `db:"unverified"`
	ScoredBy        sql.NullString `db:"scored_by"`
	Basis           sql.NullString `db:"basis"`
}

// Assessment returns the assessment, nil where there is none.
func (c AssessmentColumns) Assessment() (*enrich.Assessment, error) {
	if !c.Score.Valid {
		return nil, nil
	}
	a := &enrich.Assessment{
		Score: int(c.Score.Int64), Reasoning: c.Notes.String, Unverified: c.Unverified.Bool,
		By: c.ScoredBy.String,
	}
	var err error
	if a.MissingSkills, err = list("missing_skills", c.MissingSkills); err != nil {
		return nil, err
	}
	a.SkillGapRecommendations, err = list("skill_gap_recommendations", c.Recommendations)
	return a, err
}

// list reads a JSON array; an empty one is a nil slice.
func list(column string, b []byte) ([]string, error) {
	var items []string
	if err := json.Unmarshal(b, &items); err != nil {
		return nil, fmt.Errorf("column %s: %w", column, err)
	}
	if len(items) == 0 {
		return nil, nil
	}
	return items, nil
}

// List returns a list as a JSON parameter; nil is empty.
func List[E ~string | ~int64](items []E) string {
	if len(items) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(items) // strings and integers have no form that fails
	return string(b)
}

// Map returns a map as a JSON parameter, its keys in order; nil is empty.
func Map(m map[string]string) string {
	if len(m) == 0 {
		return "{}"
	}
	b, _ := json.Marshal(m) // strings have no form that fails
	return string(b)
}

// QueueColumns are what a row says about why a job waits, or why it failed.
type QueueColumns struct {
	DueAt    Time   `db:"due_at"`
	Attempts int    `db:"attempts"`
	Cause    string `db:"last_error"`
}

// Bool returns an optional boolean as a parameter; nil is NULL.
func Bool(b *bool) sql.NullBool {
	if b == nil {
		return sql.NullBool{}
	}
	return sql.NullBool{Bool: *b, Valid: true}
}
