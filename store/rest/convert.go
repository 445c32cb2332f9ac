package rest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// lead returns the lead of a request. A date that cannot be read is an error.
func (r leadRequest) lead() (lead.Lead, error) {
	l := lead.Lead{
		Source: value(r.Source), ExternalID: r.ExternalID, Title: r.Title, Company: value(r.Company),
		Location: value(r.Location), URL: r.URL,
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
	if l.PostedAt, err = time.Parse(time.DateOnly, posted); err == nil { // many boards give a date only
		return l, nil
	}
	return l, &lead.FieldError{
		Field: "posted_at", Problem: "want a time such as 2026-01-02T15:04:05Z, or a date",
	}
}

// leadOf returns the request of a lead.
func leadOf(l lead.Lead) leadRequest {
	source, company, location := text(l.Source), text(l.Company), text(l.Location)
	r := leadRequest{
		Source: &source, ExternalID: text(l.ExternalID), Title: text(l.Title), Company: &company,
		Location: &location, URL: text(l.URL),
	}
	if !l.PostedAt.IsZero() {
		posted := l.PostedAt.Format(time.RFC3339Nano)
		r.PostedAt = &posted
	}
	return r
}

func (r decideRequest) decision() (enrich.Decision, error) {
	if r.MatchScore == nil {
		return enrich.Decision{}, wrong("match_score", "missing: a decision needs a score")
	}
	d := enrich.Decision{
		Assessment: enrich.Assessment{
			Score: *r.MatchScore, Reasoning: value(r.AIReasoning), MissingSkills: r.MissingSkills,
			SkillGapRecommendations: r.SkillGapRecommendations, Unverified: value(r.Unverified),
			By: value(r.ScoredBy),
		},
		Status: lead.Status(r.Status), Basis: enrich.Basis(value(r.Basis)), Kept: value(r.Kept),
	}
	var err error
	if d.Sketch, err = base64.StdEncoding.DecodeString(value(r.Sketch)); err != nil {
		return d, wrong("sketch", "want base64 with padding")
	}
	if d.Fingerprint, err = fingerprint(value(r.Fingerprint)); err != nil {
		return d, err
	}
	if t := r.EnrichmentData; t != nil {
		d.Data = &enrich.Data{
			Description: value(t.Description), Requirements: value(t.Requirements),
			IsEasyApply: t.IsEasyApply, Attributes: t.Attributes,
		}
	}
	return d, nil
}

// fingerprint reads 64 bits as hexadecimal digits: a JSON number would lose some. It is 0 if there is
// none.
func fingerprint(s string) (uint64, error) {
	if s == "" {
		return 0, nil
	}
	f, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0, wrong("fingerprint", "want 1 to 16 hexadecimal digits")
	}
	return f, nil
}

// requestOf returns the request of a decision.
func requestOf(l store.Lease, d enrich.Decision) decideRequest {
	a := d.Assessment
	reasoning, by := text(a.Reasoning), text(a.By)
	r := decideRequest{
		MatchScore: &a.Score, Status: string(d.Status), AIReasoning: &reasoning, Unverified: &a.Unverified,
		ScoredBy: &by, ClaimToken: &l.Token, MissingSkills: texts(a.MissingSkills),
		SkillGapRecommendations: texts(a.SkillGapRecommendations),
	}
	if d.Basis != "" {
		basis := string(d.Basis)
		r.Basis = &basis
	}
	if d.Kept {
		r.Kept = &d.Kept
	}
	if d.Sketch != nil {
		sketch := base64.StdEncoding.EncodeToString(d.Sketch)
		r.Sketch = &sketch
	}
	if d.Fingerprint != 0 {
		f := fmt.Sprintf("%016x", d.Fingerprint)
		r.Fingerprint = &f
	}
	if d.Data == nil {
		return r
	}
	description, requirements := text(d.Data.Description), text(d.Data.Requirements)
	r.EnrichmentData = &dataRequest{
		Description: &description, Requirements: &requirements, IsEasyApply: d.Data.IsEasyApply,
	}
	for k, v := range d.Data.Attributes {
		if r.EnrichmentData.Attributes == nil {
			r.EnrichmentData.Attributes = make(map[string]string, len(d.Data.Attributes))
		}
		r.EnrichmentData.Attributes[text(k)] = text(v)
	}
	return r
}

// text returns a string without what is not UTF-8, as every store repairs it: JSON would hold a
// replacement character.
func text(s string) string { return strings.ToValidUTF8(s, "") }

func texts(list []string) []string {
	all := make([]string, len(list)) // never null
	for i, s := range list {
		all[i] = text(s)
	}
	return all
}

func answerOf(e store.Entry) entryAnswer {
	a := entryAnswer{
		ID: e.ID, Lead: e.Lead, Status: e.Status, EnrichmentData: e.Data, Closed: e.Closed,
		UpdatedAt: e.UpdatedAt, MissingSkills: []string{}, SkillGapRecommendations: []string{},
		DueAt: e.DueAt, Attempts: e.Attempts, LastError: e.Cause, Extra: e.Extra,
		Basis: e.Basis,
	}
	if m := e.Assessment; m != nil {
		a.MatchScore, a.AIReasoning, a.Unverified, a.ScoredBy = &m.Score, m.Reasoning, m.Unverified, m.By
		a.MissingSkills, a.SkillGapRecommendations = list(m.MissingSkills), list(m.SkillGapRecommendations)
	}
	return a
}

func (a entryAnswer) entry() store.Entry {
	e := store.Entry{
		ID: a.ID, Lead: local(a.Lead), Status: a.Status, Data: a.EnrichmentData, Closed: a.Closed,
		UpdatedAt: a.UpdatedAt.UTC(), DueAt: utc(a.DueAt), Attempts: a.Attempts, Cause: a.LastError,
		Extra: a.Extra, Basis: a.Basis,
	}
	if a.MatchScore != nil {
		e.Assessment = &enrich.Assessment{
			Score: *a.MatchScore, Reasoning: a.AIReasoning, Unverified: a.Unverified, By: a.ScoredBy,
			MissingSkills: some(a.MissingSkills), SkillGapRecommendations: some(a.SkillGapRecommendations),
		}
	}
	return e
}

// local returns a lead as a local store returns it, with its time in UTC.
func local(l lead.Lead) lead.Lead {
	l.PostedAt = utc(l.PostedAt)
	return l
}

// utc returns a time in UTC, and the zero time as it is.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// fieldError reads back what FieldError.Error wrote.
func fieldError(s string) error {
	field, problem, ok := strings.Cut(s, ": ")
	if !ok {
		return errors.New(s)
	}
	return &lead.FieldError{Field: field, Problem: problem}
}

// wireName returns the name that an argument of a store has in a body or a query.
func wireName(field string) string {
	if name, ok := wireNames[field]; ok {
		return name
	}
	return field
}

// wireNames are the arguments whose name differs.
var wireNames = map[string]string{
	"n":     "limit",
	"lease": "lease_seconds",
	"kinds": "kind",
	"cause": "error",
	"text":  "q",
	"leads": "body",
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
