package mcp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A job is what a listing says of one job.
type job struct {
	ID            int64     `json:"id"`
	Title         string    `json:"title"`
	Company       string    `json:"company"`
	Location      string    `json:"location,omitempty"`
	URL           string    `json:"url"`
	PostedAt      time.Time `json:"posted_at,omitzero"`
	Status        string    `json:"status"`
	Score         *int      `json:"score,omitempty"`      // nil if the job is not scored
	Unverified    bool      `json:"unverified,omitempty"` // no evidence backs the score
	Reason        string    `json:"reason,omitempty"`
	MissingSkills []string  `json:"missing_skills,omitempty"`
	Waiting       string    `json:"waiting,omitempty"` // why the last attempt did not end in a score
	Closed        bool      `json:"closed,omitempty"`  // the board took the job down
	UpdatedAt     time.Time `json:"updated_at"`
}

func newJob(e store.Entry) job {
	j := job{
		ID: e.ID, Title: e.Lead.Title, Company: e.Lead.Company, Location: e.Lead.Location, URL: e.Lead.URL,
		PostedAt: e.Lead.PostedAt, Status: string(e.Status), Waiting: e.Cause, Closed: e.Closed,
		UpdatedAt: e.UpdatedAt,
	}
	if a := e.Assessment; a != nil {
		j.Score, j.Unverified = &a.Score, a.Unverified
		j.Reason, j.MissingSkills = a.Reasoning, a.MissingSkills
	}
	return j
}

// A listing is a page of jobs.
type listing struct {
	Jobs []job  `json:"jobs"`
	Next string `json:"next,omitempty"` // the cursor of the next page
}

func newListing(entries []store.Entry, next string) listing {
	l := listing{Jobs: make([]job, len(entries)), Next: next}
	for i, e := range entries {
		l.Jobs[i] = newJob(e)
	}
	return l
}

// How many jobs a page has.
const (
	defaultPage = 20
	maxPage     = 100
)

type findInput struct {
	Text     string   `json:"text,omitempty" jsonschema:"a part of the title or the company"`
	Statuses []string `json:"statuses,omitempty" jsonschema:"default: MATCHED and what the user marked"`
	MinScore int      `json:"min_score,omitempty" jsonschema:"1 to 100"`
	Limit    int      `json:"limit,omitempty" jsonschema:"1 to 100, default 20"`
	Cursor   string   `json:"cursor,omitempty" jsonschema:"next of the page before"`
}

func (t *tools) find(ctx context.Context, in findInput) (listing, error) {
	f := store.Filter{Text: in.Text, MinScore: in.MinScore, Cursor: in.Cursor, WithoutText: true}
	for _, s := range in.Statuses {
		f.Statuses = append(f.Statuses, lead.Status(strings.ToUpper(s)))
	}
	return t.list(ctx, f, in.Limit)
}

type rejectedInput struct {
	Text     string `json:"text,omitempty" jsonschema:"a part of the title or the company"`
	MinScore int    `json:"min_score,omitempty" jsonschema:"1 to 100: leave out what scored less"`
	Limit    int    `json:"limit,omitempty" jsonschema:"1 to 100, default 20"`
	Cursor   string `json:"cursor,omitempty" jsonschema:"next of the page before"`
}

func (t *tools) rejected(ctx context.Context, in rejectedInput) (listing, error) {
	return t.list(ctx, store.Filter{
		Statuses: []lead.Status{lead.AutoRejected}, Text: in.Text, MinScore: in.MinScore, Cursor: in.Cursor,
		WithoutText: true,
	}, in.Limit)
}

func (t *tools) list(ctx context.Context, f store.Filter, limit int) (listing, error) {
	lister, err := as[forge.Lister](t.Store)
	if err != nil {
		return listing{}, err
	}
	if f.Limit, err = limited("limit", limit, defaultPage, maxPage); err != nil {
		return listing{}, err
	}
	entries, next, err := lister.List(ctx, f)
	if err != nil {
		return listing{}, err
	}
	return newListing(entries, next), nil
}

type idInput struct {
	ID int64 `json:"id" jsonschema:"the job's id in another answer"`
}

// A whole is one job in full.
type whole struct {
	job
	Advice       []string `json:"advice,omitempty"` // how to close the gaps
	ScoredBy     string   `json:"scored_by,omitempty"`
	Description  string   `json:"description,omitempty"`
	Requirements string   `json:"requirements,omitempty"`
	Cut          bool     `json:"cut,omitempty"`     // the description is longer than what is shown
	NoText       string   `json:"no_text,omitempty"` // why there is no description
}

// maxText is how many bytes of a description a model gets.
const maxText = 16 << 10

func (t *tools) why(ctx context.Context, in idInput) (whole, error) {
	e, err := t.entry(ctx, in.ID)
	if err != nil {
		return whole{}, err
	}
	w := whole{job: newJob(e)}
	if e.Assessment != nil {
		w.Advice, w.ScoredBy = e.Assessment.SkillGapRecommendations, e.Assessment.By
	}
	switch {
	case e.Data != nil && e.Data.Description != "":
		w.Description, w.Cut = cut(e.Data.Description)
		w.Requirements, _ = cut(e.Data.Requirements)
	case e.Status == lead.AutoRejected:
		w.NoText = "the job was rejected, so its text was not kept; reopen_jobs has it read again"
	default:
		w.NoText = "nobody has read the advert yet"
	}
	return w, nil
}

func cut(s string) (string, bool) {
	if len(s) <= maxText {
		return s, false
	}
	return strings.ToValidUTF8(s[:maxText], ""), true
}

// hidden are the statuses that a listing leaves out unless they are asked for.
var hidden = []lead.Status{lead.Discovered, lead.AutoRejected, lead.Failed, lead.Closed, lead.Dismissed}

// entry returns one job with its text. A store lists jobs and does not look one up, so the job is
// searched for without texts, and then listed with its text by its title.
func (t *tools) entry(ctx context.Context, id int64) (store.Entry, error) {
	lister, err := as[forge.Lister](t.Store)
	if err != nil {
		return store.Entry{}, err
	}
	is := func(e store.Entry) bool { return e.ID == id }
	for _, statuses := range [][]lead.Status{nil, hidden} {
		for e, err := range entries(ctx, lister, store.Filter{Statuses: statuses, WithoutText: true}) {
			if err != nil {
				return store.Entry{}, err
			}
			if !is(e) {
				continue
			}
			if e.Data == nil {
				return e, nil
			}
			exact := store.Filter{Statuses: []lead.Status{e.Status}, Text: e.Lead.Title, Limit: maxPage}
			for full, err := range entries(ctx, lister, exact) {
				if err != nil || is(full) {
					return full, err
				}
			}
			return e, nil // it changed meanwhile
		}
	}
	return store.Entry{}, store.ErrNotFound
}

type newsInput struct {
	Hours int `json:"hours,omitempty" jsonschema:"how far back, 1 to 720, default 24"`
	Limit int `json:"limit,omitempty" jsonschema:"1 to 100, default 20"`
}

// news are the matches since a time.
type news struct {
	Since time.Time      `json:"since"`
	Jobs  []job          `json:"jobs"`
	More  int            `json:"more,omitempty"` // matches since then that are not listed
	Count map[string]int `json:"count"`          // all of the user's jobs, by status
}

func (t *tools) news(ctx context.Context, in newsInput) (news, error) {
	hours, err := limited("hours", in.Hours, 24, 720)
	if err != nil {
		return news{}, err
	}
	limit, err := limited("limit", in.Limit, defaultPage, maxPage)
	if err != nil {
		return news{}, err
	}
	lister, err := as[forge.Lister](t.Store)
	if err != nil {
		return news{}, err
	}
	counter, err := as[forge.Counter](t.Store)
	if err != nil {
		return news{}, err
	}
	n := news{Since: time.Now().Add(-time.Duration(hours) * time.Hour).UTC(), Count: map[string]int{}}
	var found []store.Entry
	for e, err := range entries(ctx, lister, store.Filter{
		Statuses: []lead.Status{lead.Matched}, WithoutText: true,
	}) {
		if err != nil {
			return news{}, err
		}
		if e.UpdatedAt.After(n.Since) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b store.Entry) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	})
	n.More = max(0, len(found)-limit)
	n.Jobs = newListing(found[:len(found)-n.More], "").Jobs
	stats, err := counter.Stats(ctx)
	if err != nil {
		return news{}, fmt.Errorf("count jobs: %w", err)
	}
	for s, count := range stats.ByStatus {
		n.Count[string(s)] = count
	}
	return n, nil
}
