// Package sqlstore holds what the SQL stores share: how rows become leads, text and judgements, who may end a claim, and
// how a listing is cut into pages. The statements are each store's own.
package sqlstore

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// The columns of jobs j that [LeadColumns], [DataColumns] and of job_match_analysis a that [MatchColumns] read.
const (
	SelectLead  = `j.source, j.external_id, j.title, j.company, j.location, j.url, j.posted_at`
	SelectData  = `j.description, j.requirements, j.is_easy_apply, j.attributes`
	SelectMatch = `a.overall_match, a.analysis_notes, a.missing_skills, a.skill_gap_recommendations, a.scored_by`
)

// A Time reads an instant: a timestamp where the database has that type, microseconds since 1970 where it has not. NULL is
// the zero time.
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
func (r LeadColumns) Lead() lead.Lead {
	return lead.Lead{
		Source: r.Source, ExternalID: r.ExternalID, Title: r.Title, Company: r.Company, Location: r.Location, URL: r.URL,
		PostedAt: r.PostedAt.Time,
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
func (r DataColumns) Data() (*enrich.Data, error) {
	if !r.Description.Valid {
		return nil, nil
	}
	d := &enrich.Data{Description: r.Description.String, Requirements: r.Requirements.String}
	if r.IsEasyApply.Valid {
		d.IsEasyApply = &r.IsEasyApply.Bool
	}
	if err := json.Unmarshal(r.Attributes, &d.Attributes); err != nil {
		return nil, fmt.Errorf("column attributes: %w", err)
	}
	if len(d.Attributes) == 0 {
		d.Attributes = nil
	}
	return d, nil
}

// MatchColumns are what a row holds of a judgement.
type MatchColumns struct {
	Score           sql.NullInt64  `db:"overall_match"`
	Notes           sql.NullString `db:"analysis_notes"`
	MissingSkills   []byte         `db:"missing_skills"`
	Recommendations []byte         `db:"skill_gap_recommendations"`
	ScoredBy        sql.NullString `db:"scored_by"`
}

// Match returns the judgement, nil where there is none.
func (r MatchColumns) Match() (*enrich.Assessment, error) {
	if !r.Score.Valid {
		return nil, nil
	}
	m := &enrich.Assessment{Score: int(r.Score.Int64), Reasoning: r.Notes.String, By: r.ScoredBy.String}
	var err error
	if m.MissingSkills, err = list("missing_skills", r.MissingSkills); err != nil {
		return nil, err
	}
	m.SkillGapRecommendations, err = list("skill_gap_recommendations", r.Recommendations)
	return m, err
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
func List(items []string) (string, error) {
	if len(items) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(items)
	return string(b), err
}

// Map returns a map as a JSON parameter, its keys in order; nil is empty.
func Map(m map[string]string) (string, error) {
	if len(m) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	return string(b), err
}

// Bool returns an optional boolean as a parameter; nil is NULL.
func Bool(b *bool) sql.NullBool {
	if b == nil {
		return sql.NullBool{}
	}
	return sql.NullBool{Bool: *b, Valid: true}
}
