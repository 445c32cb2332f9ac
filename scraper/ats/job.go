package ats

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
)

// A job is what a provider says of one job, in the form that all of them share. Every text is
// plain.
type job struct {
	id      string // the provider's
	key     string // the external id
	title   string
	company string
	url     string

	posted    time.Time
	precision dates.Precision

	shown      []string       // places as the provider writes them
	places     []filter.Place // where the work is
	applicants []string       // where somebody who works remotely can be
	workplace  []string       // "remote", "hybrid", "on-site"
	types      []string       // employment types as the provider writes them

	facts              map[string]string
	text, requirements string

	// hidden says that the provider has the job and does not list it.
	hidden bool

	// What the cache notes: the text counts against its room, was dropped, or was returned.
	kept, lost, taken bool
}

// set notes a fact. A value that says nothing is left out.
func (j *job) set(key, value string) {
	if value = facts.Value(value); value == "" {
		return
	}
	if j.facts == nil {
		j.facts = map[string]string{}
	}
	j.facts[key] = facts.Short(value)
}

// setDate notes when the job was first published.
func (j *job) setDate(s string) {
	t, p := dates.Parse(s, dates.UnknownOrder)
	if p != dates.Unknown && t.Year() > 1970 {
		j.posted, j.precision = t, p
	}
}

// setDeadline notes until when the advert is valid.
func (j *job) setDeadline(s text) {
	switch t, p := dates.Parse(string(s), dates.UnknownOrder); p {
	case dates.Unknown:
	case dates.WholeDay:
		j.set(enrich.AttrValidThrough, t.Format(time.DateOnly))
	default:
		j.set(enrich.AttrValidThrough, t.Format(time.RFC3339))
	}
}

// setTypes notes employment types, which are codes or words.
func (j *job) setTypes(types ...string) {
	var shown []string
	for _, t := range types {
		code := !strings.Contains(strings.TrimSpace(t), " ")
		if t = facts.Value(strings.ReplaceAll(t, "_", " ")); t == "" || slices.Contains(j.types, t) {
			continue
		}
		j.types = append(j.types, t)
		if code {
			shown = append(shown, jobposting.TypesForPeople([]string{t})...)
		} else {
			shown = append(shown, t)
		}
	}
	j.set(enrich.AttrEmploymentType, strings.Join(shown, ", "))
}

// lead returns the job as a card.
func (j *job) lead(source string) lead.Lead {
	return lead.Lead{
		Source: source, ExternalID: j.key, Title: advert.Title(j.title), Company: advert.Title(j.company),
		Location: j.location(), URL: j.url, PostedAt: j.posted,
	}
}

// data returns the text and the facts.
func (j *job) data() enrich.Data {
	d := enrich.Data{Description: j.text, Requirements: j.requirements, Attributes: maps.Clone(j.facts)}
	facts.MarkTeaser(&d)
	return d
}

// size is what the job's text costs in the cache, in bytes.
func (j *job) size() int64 { return int64(len(j.text) + len(j.requirements)) }

// compare returns what a query can be compared with.
func (j *job) compare() *filter.Job {
	f := &filter.Job{
		Title: j.title, Company: j.company, Text: func() string { return j.text }, Types: j.types,
		Workplace: j.workplace, Places: j.places, Applicants: j.applicants, PostedBy: j.posted,
	}
	switch j.precision {
	case dates.WholeDay:
		f.PostedBy = j.posted.Add(36 * time.Hour) // the whole day, in the last zone that it reaches
	case dates.NoZone:
		f.PostedBy = j.posted.Add(12 * time.Hour)
	}
	return f
}

// problem says why the job cannot be a lead; empty if it can.
func (j *job) problem(source string) string {
	if err := j.lead(source).Validate(); err != nil {
		return err.Error()
	}
	return ""
}

// webAddress returns the first of these that a browser can open.
func webAddress(candidates ...string) string {
	for _, c := range candidates {
		c = lead.CleanLine(c)
		if u, err := url.Parse(c); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
			return c
		}
	}
	return ""
}

func millis(n number) time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n)).UTC()
}
