package postgres

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// leadColumns and dataColumns are the columns of jobs j that leadRow and dataRow read.
const (
	leadColumns = `j.source, j.external_id, j.title, j.company, j.location, j.url, j.posted_at`
	dataColumns = `j.description, j.requirements, j.is_easy_apply, j.attributes`
)

type leadRow struct {
	Source     string       `db:"source"`
	ExternalID string       `db:"external_id"`
	Title      string       `db:"title"`
	Company    string       `db:"company"`
	Location   string       `db:"location"`
	URL        string       `db:"url"`
	PostedAt   sql.NullTime `db:"posted_at"`
}

func (r leadRow) lead() lead.Lead {
	l := lead.Lead{Source: r.Source, ExternalID: r.ExternalID, Title: r.Title, Company: r.Company, Location: r.Location, URL: r.URL}
	if r.PostedAt.Valid {
		l.PostedAt = r.PostedAt.Time.UTC()
	}
	return l
}

type dataRow struct {
	Description  sql.NullString `db:"description"`
	Requirements sql.NullString `db:"requirements"`
	IsEasyApply  sql.NullBool   `db:"is_easy_apply"`
	Attributes   []byte         `db:"attributes"`
}

// data returns nil where there is no text.
func (r dataRow) data() (*enrich.Data, error) {
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

type matchRow struct {
	Score           sql.NullInt64  `db:"overall_match"`
	Notes           sql.NullString `db:"analysis_notes"`
	MissingSkills   []byte         `db:"missing_skills"`
	Recommendations []byte         `db:"skill_gap_recommendations"`
	ScoredBy        sql.NullString `db:"scored_by"`
}

// match returns nil where there is no analysis.
func (r matchRow) match() (*enrich.Match, error) {
	if !r.Score.Valid {
		return nil, nil
	}
	m := &enrich.Match{Score: int(r.Score.Int64), Reasoning: r.Notes.String, By: r.ScoredBy.String}
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

// listJSON and mapJSON return a jsonb parameter; nil is empty.
func listJSON(items []string) (string, error) {
	if len(items) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(items)
	return string(b), err
}

func mapJSON(m map[string]string) (string, error) {
	if len(m) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	return string(b), err
}
