package rest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// lead returns the lead of a request, and the problem of a date that cannot be read.
func (r leadRequest) lead() (lead.Lead, error) {
	l := lead.Lead{
		Source: value(r.Source), ExternalID: r.ExternalID, Title: r.Title, Company: value(r.Company), Location: value(r.Location), URL: r.URL,
	}
	if strings.TrimSpace(l.Source) == "" {
		l.Source = sourceOf(l.URL)
	}
	posted := value(r.PostedAt)
	if posted == "" {
		return l, nil
	}
	var err error
	if l.PostedAt, err = time.Parse(time.RFC3339Nano, posted); err == nil {
		return l, nil
	}
	if l.PostedAt, err = time.Parse(time.DateOnly, posted); err == nil { // many boards give no more
		return l, nil
	}
	return l, &lead.FieldError{Field: "posted_at", Problem: "want a time such as 2026-01-02T15:04:05Z, or a date"}
}

func (r enrichRequest) result() (enrich.Decision, error) {
	if r.MatchScore == nil {
		return enrich.Decision{}, wrong("match_score", "missing: a decision without a score is no decision")
	}
	result := enrich.Decision{
		Assessment: enrich.Assessment{
			Score: *r.MatchScore, Reasoning: value(r.AIReasoning), MissingSkills: r.MissingSkills,
			SkillGapRecommendations: r.SkillGapRecommendations, By: value(r.ScoredBy),
		},
		Status: lead.Status(r.Status),
	}
	if d := r.EnrichmentData; d != nil {
		result.Data = &enrich.Data{
			Description: value(d.Description), Requirements: value(d.Requirements), IsEasyApply: d.IsEasyApply, Attributes: d.Attributes,
		}
	}
	return result, nil
}

func requestOf(l store.Lease, d enrich.Decision) enrichRequest {
	request := enrichRequest{
		MatchScore: &d.Assessment.Score, Status: string(d.Status), AIReasoning: &d.Assessment.Reasoning, ScoredBy: &d.Assessment.By,
		MissingSkills: list(d.Assessment.MissingSkills), SkillGapRecommendations: list(d.Assessment.SkillGapRecommendations), ClaimToken: &l.Token,
	}
	if d := d.Data; d != nil {
		request.EnrichmentData = &dataRequest{
			Description: &d.Description, Requirements: &d.Requirements, IsEasyApply: d.IsEasyApply, Attributes: d.Attributes,
		}
	}
	return request
}

func answerOf(e store.Entry) entryAnswer {
	a := entryAnswer{
		ID: e.ID, Lead: e.Lead, Status: e.Status, EnrichmentData: e.Data, Closed: e.Closed, UpdatedAt: e.UpdatedAt,
		MissingSkills: []string{}, SkillGapRecommendations: []string{},
	}
	if m := e.Assessment; m != nil {
		a.MatchScore, a.AIReasoning, a.ScoredBy = &m.Score, m.Reasoning, m.By
		a.MissingSkills, a.SkillGapRecommendations = list(m.MissingSkills), list(m.SkillGapRecommendations)
	}
	return a
}

func (a entryAnswer) entry() store.Entry {
	e := store.Entry{
		ID: a.ID, Lead: local(a.Lead), Status: a.Status, Data: a.EnrichmentData, Closed: a.Closed, UpdatedAt: a.UpdatedAt.UTC(),
	}
	if a.MatchScore != nil {
		e.Assessment = &enrich.Assessment{
			Score: *a.MatchScore, Reasoning: a.AIReasoning, By: a.ScoredBy,
			MissingSkills: some(a.MissingSkills), SkillGapRecommendations: some(a.SkillGapRecommendations),
		}
	}
	return e
}

// local returns a lead as a local store returns it: times in UTC.
func local(l lead.Lead) lead.Lead {
	if !l.PostedAt.IsZero() {
		l.PostedAt = l.PostedAt.UTC()
	}
	return l
}

// fieldError reads back what FieldError.Error wrote.
func fieldError(s string) error {
	field, problem, ok := strings.Cut(s, ": ")
	if !ok {
		return errors.New(s)
	}
	return &lead.FieldError{Field: field, Problem: problem}
}

// wireName says how the body and the query spell an argument whose Go name differs.
func wireName(field string) string {
	switch field {
	case "n":
		return "limit"
	case "lease":
		return "lease_seconds"
	case "after":
		return "after_seconds"
	case "cause":
		return "error"
	case "text":
		return "q"
	case "leads":
		return "body"
	}
	return field
}

// required returns a number that a request must hold.
func required[T any](field string, p *T) (T, error) {
	if p == nil {
		var zero T
		return zero, wrong(field, "missing")
	}
	return *p, nil
}

func statuses(names []string) []lead.Status {
	var all []lead.Status
	for _, n := range names {
		all = append(all, lead.Status(n))
	}
	return all
}

// refusedLeads rebuilds what Sync says about leads that the server refused: sent are the leads of the request, and leads those
// of the caller, who counts in his own batch.
func refusedLeads(rejected []rejectedAnswer, sent, leads []lead.Lead) ([]store.Rejected, error) {
	var all []store.Rejected
	for _, r := range rejected {
		if r.Index < 0 || r.Index >= len(sent) {
			return nil, fmt.Errorf("the server refused lead %d of %d", r.Index, len(sent))
		}
		bad := sent[r.Index]
		all = append(all, store.Rejected{
			Index: slices.IndexFunc(leads, func(l lead.Lead) bool { return l.Clean() == bad }), Key: bad.Key(), Err: fieldError(r.Error),
		})
	}
	return all, nil
}
