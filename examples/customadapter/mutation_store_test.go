package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/storetest"
)

type (
	refs     = []store.Ref
	jobs     = []store.Job
	entries  = []store.Entry
	decision = enrich.Decision
)

// A badStore is a view of a file with mistakes. A function that is nil makes none.
type badStore struct {
	*view

	sync    func(ctx context.Context, v *view, leads []lead.Lead) ([]store.Ref, error)
	claim   func(ctx context.Context, v *view, n int, d time.Duration, sources []string) ([]store.Job, error)
	renew   func(ctx context.Context, v *view, l store.Lease, d time.Duration) error
	release func(ctx context.Context, v *view, l store.Lease, o store.Outcome) error
	decide  func(ctx context.Context, v *view, l store.Lease, d decision) error
	list    func(ctx context.Context, v *view, f store.Filter) ([]store.Entry, string, error)
	user    func(name string) string
	age     time.Duration // added to the re-check age
}

func (b badStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	if b.sync == nil {
		return b.view.Sync(ctx, leads)
	}
	return b.sync(ctx, b.view, leads)
}

func (b badStore) Claim(ctx context.Context, n int, d time.Duration, sources ...string) ([]store.Job, error) {
	if b.claim == nil {
		return b.view.Claim(ctx, n, d, sources...)
	}
	return b.claim(ctx, b.view, n, d, sources)
}

func (b badStore) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	if b.renew == nil {
		return b.view.Renew(ctx, l, d)
	}
	return b.renew(ctx, b.view, l, d)
}

func (b badStore) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	if b.release == nil {
		return b.view.Release(ctx, l, o)
	}
	return b.release(ctx, b.view, l, o)
}

func (b badStore) Decide(ctx context.Context, l store.Lease, d decision) error {
	if b.decide == nil {
		return b.view.Decide(ctx, l, d)
	}
	return b.decide(ctx, b.view, l, d)
}

func (b badStore) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	if b.list == nil {
		return b.view.List(ctx, f)
	}
	return b.list(ctx, b.view, f)
}

func (b badStore) open(tb testing.TB, env storetest.Env) func(user string) forge.Store {
	tb.Helper()
	env.RecheckAfter += b.age
	as := openFile(tb, env)
	return func(user string) forge.Store {
		if b.user != nil {
			user = b.user(user)
		}
		mine := b
		mine.view, _ = as(user).(*view)
		return mine
	}
}

// edit changes the user's row of a job, and the job.
func (v *view) edit(ctx context.Context, id int64, f func(r *row, j *job)) {
	_ = v.call(ctx, nil, func(c *catalogue, _ time.Time) error {
		if r := c.Rows[v.user][id]; r != nil {
			f(r, c.Jobs[id])
		}
		return nil
	})
}

// was returns the user's row of a job, and the job, as they are now.
func (v *view) was(ctx context.Context, id int64) (r row, j job) {
	v.edit(ctx, id, func(now *row, job *job) { r, j = *now, *job })
	return r, j
}

// syncs, claims and so on are stores with one mistake in one call.
func syncs(f func(ctx context.Context, v *view, leads []lead.Lead) ([]store.Ref, error)) storetest.Open {
	return badStore{sync: f}.open
}

func claims(
	f func(ctx context.Context, v *view, n int, d time.Duration, sources []string) ([]store.Job, error),
) storetest.Open {
	return badStore{claim: f}.open
}

// claimed changes each job that is claimed, and its row.
func claimed(f func(was row, r *row, j *job, c *store.Job)) storetest.Open {
	return claims(func(ctx ctx, v *view, n int, d time.Duration, s []string) (jobs, error) {
		before := map[int64]row{}
		_ = v.call(ctx, nil, func(c *catalogue, _ time.Time) error {
			for id, r := range c.Rows[v.user] {
				before[id] = *r
			}
			return nil
		})
		jobs, err := v.Claim(ctx, n, d, s...)
		for i := range jobs {
			v.edit(ctx, jobs[i].ID, func(r *row, j *job) { f(before[jobs[i].ID], r, j, &jobs[i]) })
		}
		return jobs, err
	})
}

// renewed, released and decided change the row and the job after a call that succeeds.
func renewed(f func(was row, r *row, d time.Duration)) storetest.Open {
	return badStore{renew: func(ctx ctx, v *view, l store.Lease, d time.Duration) error {
		was, _ := v.was(ctx, l.ID)
		err := v.Renew(ctx, l, d)
		if err == nil {
			v.edit(ctx, l.ID, func(r *row, _ *job) { f(was, r, d) })
		}
		return err
	}}.open
}

func released(f func(was row, r *row, j *job, o store.Outcome)) storetest.Open {
	return badStore{release: func(ctx ctx, v *view, l store.Lease, o store.Outcome) error {
		was, _ := v.was(ctx, l.ID)
		err := v.Release(ctx, l, o)
		if err == nil {
			v.edit(ctx, l.ID, func(r *row, j *job) { f(was, r, j, o) })
		}
		return err
	}}.open
}

func decided(f func(was row, before job, r *row, j *job, d decision)) storetest.Open {
	return badStore{decide: func(ctx ctx, v *view, l store.Lease, d decision) error {
		was, before := v.was(ctx, l.ID)
		err := v.Decide(ctx, l, d)
		if err == nil {
			v.edit(ctx, l.ID, func(r *row, j *job) { f(was, before, r, j, d) })
		}
		return err
	}}.open
}

// listed changes what is listed, and f the filter.
func listed(f func(f *store.Filter), change func(entries []store.Entry, next *string)) storetest.Open {
	return badStore{list: func(ctx ctx, v *view, filter store.Filter) (entries, string, error) {
		if f != nil {
			f(&filter)
		}
		entries, next, err := v.List(ctx, filter)
		if change != nil {
			change(entries, &next)
		}
		return entries, next, err
	}}.open
}

// tokenOf makes a lease the one that the row has now.
func tokenOf(ctx context.Context, v *view, l store.Lease) store.Lease {
	r, _ := v.was(ctx, l.ID)
	return store.Lease{ID: l.ID, Token: r.Token}
}

func storeMutations() []mutation[storetest.Open] {
	return slices.Concat(syncMutations(), queueMutations(), decideMutations(), listMutations())
}

func syncMutations() []mutation[storetest.Open] {
	return []mutation[storetest.Open]{
		{
			"jobs are told apart by external id alone",
			syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
				leads = slices.Clone(leads)
				for i := range leads {
					leads[i].Source = "example"
				}
				return v.Sync(ctx, leads)
			}), "Sync/one id on two boards is two jobs", "refs:\n got 1\nwant 2",
		},
		{"keys do not differ in case", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			leads = slices.Clone(leads)
			for i := range leads {
				leads[i].ExternalID = strings.ToLower(leads[i].ExternalID)
			}
			return v.Sync(ctx, leads)
		}), "Sync/keys differ in case", "refs:\n got 7\nwant 8"},
		{"known leads are answered again", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			if err == nil && len(refs) == 0 {
				for _, l := range leads {
					refs = append(refs, store.Ref{ID: 1, Key: l.Key(), State: store.Expired})
				}
			}
			return refs, err
		}), "Sync/known leads are not answered again", "refs of a repeat"},
		{
			"refs are not in the order of the batch",
			syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
				refs, err := v.Sync(ctx, leads)
				slices.SortFunc(refs, func(a, b store.Ref) int { return a.Key.Compare(b.Key) })
				return refs, err
			}), "Sync/new leads are NEW in the order of the batch", "key:",
		},
		{"every ref is EXPIRED", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			for i := range refs {
				refs[i].State = store.Expired
			}
			return refs, err
		}), "Sync/new leads are NEW in the order of the batch", "state:"},
		{"a bad lead costs its batch", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			for _, l := range leads {
				if l.Clean().Validate() != nil {
					_, err := v.Sync(ctx, []lead.Lead{l})
					return nil, err
				}
			}
			return v.Sync(ctx, leads)
		}), "Input/a lead without an id is refused by name and its companions", "want lead 7 alone"},
		{"a bad lead is dropped in silence", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			if _, ok := errors.AsType[*store.PartialError](err); ok {
				err = nil
			}
			return refs, err
		}), "Input/a lead without an id is refused by name and its companions", "want a *store.PartialError"},
		{"a batch that is too large is cut", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			return v.Sync(ctx, leads[:min(store.MaxBatch, len(leads))])
		}), "Sync/a larger batch is refused as a whole", "sync: got error <nil>"},
		{"the last sighting wins", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			_ = v.call(ctx, nil, func(c *catalogue, _ time.Time) error {
				for _, l := range leads {
					if id, ok := c.IDs[l.Key().String()]; ok {
						c.Jobs[id].Lead = l
					}
				}
				return nil
			})
			return refs, err
		}), "Sync/a known lead keeps its title", "lead"},
		{
			"one sighting of another user retitles a job",
			syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
				refs, err := v.Sync(ctx, leads)
				_, _ = v.Sync(ctx, leads)
				return refs, err
			}), "Tenancy/sightings that differ from each other", "headline",
		},
		{
			"users differ in no case",
			badStore{user: strings.ToLower}.open, "Users/users differ in case", "refs of Ada",
		},
		{
			"users' names lose their spaces",
			badStore{user: strings.TrimSpace}.open, "Users/users differ in case", "refs of ada ",
		},
		{"a nameless user is somebody", badStore{user: func(u string) string {
			return cmp.Or(strings.TrimSpace(u), "nobody")
		}}.open, "Users/a user that is blank", "want one that wraps"},
		{"all users are one", badStore{user: func(u string) string {
			if store.CheckUser(u) == nil {
				return "everybody"
			}
			return u
		}}.open, "Users/no call reaches another user's job", "store: no such job"},
		{
			"the re-check age is one moment longer", badStore{age: time.Microsecond}.open,
			"Expiry/a match is NEW, then nothing, then EXPIRED", "at the age",
		},
		{
			"nothing ever expires", badStore{age: 1000 * 24 * time.Hour}.open,
			"Expiry/EXPIRED keeps the status", "claim: got 0 jobs, want 1",
		},
		{"EXPIRED makes a match DISCOVERED", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			for _, r := range refs {
				v.edit(ctx, r.ID, func(r *row, _ *job) { r.Status = lead.Discovered })
			}
			return refs, err
		}), "Expiry/EXPIRED keeps the status", "status:"},
		{"rejections expire as well", syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
			refs, err := v.Sync(ctx, leads)
			_ = v.call(ctx, nil, func(c *catalogue, now time.Time) error {
				for _, l := range leads {
					r := c.Rows[v.user][c.IDs[l.Key().String()]]
					if r != nil && r.Status == lead.AutoRejected {
						r.DueAt = now
					}
				}
				return nil
			})
			return refs, err
		}), "Expiry/a rejection is never due again", "a rejection: 1 jobs are due"},
		{
			"a context that ended is not looked at",
			syncs(func(ctx ctx, v *view, leads []lead.Lead) (refs, error) {
				return v.Sync(context.WithoutCancel(ctx), leads)
			}), "Context/a context that has ended ends every call", "sync: got error <nil>",
		},
	}
}

func queueMutations() []mutation[storetest.Open] {
	return []mutation[storetest.Open]{
		{
			"sources are not looked at",
			claims(func(ctx ctx, v *view, n int, d time.Duration, _ []string) (jobs, error) {
				return v.Claim(ctx, n, d)
			}), "Claim/only jobs of the named boards are taken", "an unknown board",
		},
		{
			"a claim has one job at most",
			claims(func(ctx ctx, v *view, n int, d time.Duration, s []string) (jobs, error) {
				return v.Claim(ctx, min(n, 1), d, s...)
			}), "Claim/a claimed job is not due", "first claim",
		},
		{
			"a claim of none is one of all",
			claims(func(ctx ctx, v *view, n int, d time.Duration, s []string) (jobs, error) {
				return v.Claim(ctx, cmp.Or(n, store.MaxClaim), d, s...)
			}), "Claim/arguments out of range are refused", "claim of a bad number",
		},
		{
			"the newest due comes first",
			claims(func(ctx ctx, v *view, n int, d time.Duration, s []string) (jobs, error) {
				jobs, err := v.Claim(ctx, n, d, s...)
				slices.Reverse(jobs)
				return jobs, err
			}), "Claim/the oldest due comes first", "order within one claim",
		},
		{
			"a claim takes no lease",
			claimed(func(was row, r *row, _ *job, _ *store.Job) { r.DueAt = was.DueAt }),
			"Claim/a claimed job is not due", "second claim",
		},
		{"a second claim has the first one's token", claimed(func(was row, r *row, _ *job, c *store.Job) {
			if was.Token > 0 {
				r.Token, c.Token = was.Token, was.Token
			}
		}), "Claim/a worker that died gives its job back", "want a later one"},
		{"a crash is an attempt", claimed(func(was row, r *row, _ *job, c *store.Job) {
			if was.Leased {
				r.Attempts++
				c.Attempts++
			}
		}), "Claim/a worker that died gives its job back", "a crash is no attempt"},
		{
			"old text is served", claimed(func(_ row, _ *row, j *job, c *store.Job) { c.Data = j.Data }),
			"Claim/fresh text is served with the claim", "old text",
		},
		{
			"no text is served", claimed(func(_ row, _ *row, _ *job, c *store.Job) { c.Data = nil }),
			"Claim/fresh text is served with the claim", "fresh text",
		},
		{
			"the cause of a release is forgotten",
			claimed(func(_ row, _ *row, _ *job, c *store.Job) { c.Cause = "" }),
			"Release/a back-off makes the job due later", "cause",
		},
		{
			"a renewal adds to the lease",
			renewed(func(was row, r *row, d time.Duration) { r.DueAt = was.DueAt.Add(d) }),
			"Lease/a renewal may shorten the lease", "claim: got 0 jobs, want 1",
		},
		{"any token renews", badStore{renew: func(ctx ctx, v *view, l store.Lease, d time.Duration) error {
			return v.Renew(ctx, tokenOf(ctx, v, l), d)
		}}.open, "Lease/a lease that another worker took", "renew of the lost lease"},
		{
			"a lease that ran out is not renewed",
			badStore{renew: func(ctx ctx, v *view, l store.Lease, d time.Duration) error {
				if r, _ := v.was(ctx, l.ID); r.Leased && r.DueAt.Before(v.now()) {
					return store.ErrLeaseLost
				}
				return v.Renew(ctx, l, d)
			}}.open, "Lease/a lease that ran out is renewed", "renew:",
		},
		{
			"an unknown job is a lost lease",
			badStore{release: func(ctx ctx, v *view, l store.Lease, o store.Outcome) error {
				if err := v.Release(ctx, l, o); !errors.Is(err, store.ErrNotFound) {
					return err
				}
				return store.ErrLeaseLost
			}}.open, "Release/only claims are released", "release of no job",
		},
		{
			"a release keeps its token",
			released(func(was row, r *row, _ *job, _ store.Outcome) {
				r.Token, r.Leased = was.Token, true
			}),
			"Release/a release that is repeated", "repeat: got error <nil>",
		},
		{
			"a final release keeps its token",
			released(func(was row, r *row, _ *job, o store.Outcome) {
				if o.Status != "" {
					r.Token = was.Token
				}
			}),
			"Release/a decision after a release", `decide after the outcome "FAILED": got error <nil>`,
		},
		{
			"a back-off is not kept",
			released(func(_ row, r *row, _ *job, o store.Outcome) { r.DueAt = r.DueAt.Add(-o.After) }),
			"Release/a back-off makes the job due later", "it backs off",
		},
		{
			"every release is an attempt",
			released(func(was row, r *row, _ *job, _ store.Outcome) { r.Attempts = was.Attempts + 1 }),
			"Release/only the job's own faults count", "attempts",
		},
		{
			"no release is an attempt",
			released(func(was row, r *row, _ *job, _ store.Outcome) { r.Attempts = was.Attempts }),
			"Release/a back-off makes the job due later", "attempts",
		},
		{"FAILED stays due", released(func(_ row, r *row, _ *job, o store.Outcome) {
			if o.Status == lead.Failed {
				r.DueAt = r.UpdatedAt
			}
		}), "Release/FAILED is final", "it failed"},
		{
			"FAILED replaces a match",
			released(func(_ row, r *row, _ *job, o store.Outcome) {
				r.Status = cmp.Or(o.Status, r.Status)
			}),
			"Expiry/a failed re-check keeps the match", "want MATCHED",
		},
		{
			"one user closes a job for all",
			released(func(_ row, _ *row, j *job, _ store.Outcome) { j.ClosedBy = "" }),
			"Tenancy/a job that one user saw closed", "closed for bob",
		},
		{
			"nobody closes a job",
			released(func(_ row, _ *row, j *job, _ store.Outcome) { j.ClosedAt = time.Time{} }),
			"Release/CLOSED is final", "closed",
		},
	}
}

func decideMutations() []mutation[storetest.Open] {
	decide := func(f func(ctx context.Context, v *view, l store.Lease, d decision) error) storetest.Open {
		return badStore{decide: f}.open
	}
	return []mutation[storetest.Open]{
		{"any token decides", decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
			return v.Decide(ctx, tokenOf(ctx, v, l), d)
		}), "Decide/a stale token is refused", "a late match"},
		{
			"a decision without a claim ends a live one",
			decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
				if l.Token == 0 {
					l = tokenOf(ctx, v, l)
				}
				return v.Decide(ctx, l, d)
			}), "Decide/a decision without a claim is refused", "decide: got error <nil>",
		},
		{
			"a repeat replaces the first decision",
			decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
				if r, _ := v.was(ctx, l.ID); l.Token > 0 && r.Token == l.Token && !r.Leased {
					l.Token = 0
				}
				return v.Decide(ctx, l, d)
			}), "Decide/a repeat with the same token", "decide:",
		},
		{"a repeat has lost its lease", decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
			if r, _ := v.was(ctx, l.ID); l.Token > 0 && !r.Leased && r.Token > 0 {
				return store.ErrLeaseLost
			}
			return v.Decide(ctx, l, d)
		}), "Decide/a repeat with the same token", "decide:"},
		{"a rejection erases the text of all", decided(func(_ row, _ job, _ *row, j *job, d decision) {
			if d.Status == lead.AutoRejected {
				j.Data = nil
			}
		}), "Text/match, then reject: the text stays", "text"},
		{
			"a match without text makes the stored one fresh",
			decided(func(_ row, _ job, r *row, j *job, d decision) {
				if d.Status == lead.Matched {
					j.ScrapedAt = r.UpdatedAt
				}
			}), "Text/a match that sends no text does not make it fresh", "text",
		},
		{
			"the same text is not fresh again",
			decided(func(_ row, before job, _ *row, j *job, _ enrich.Decision) {
				if before.Data != nil {
					j.ScrapedAt = before.ScrapedAt
				}
			}), "Text/the same text again is fresh again", "text",
		},
		{"anybody replaces fresh text", decided(func(_ row, _ job, _ *row, j *job, d decision) {
			if d.Data != nil {
				j.Data = d.Data
			}
		}), "Tenancy/fresh text is not replaced by another user", "ada's text"},
		{"blank fields replace what is stored", decided(func(_ row, _ job, _ *row, j *job, d decision) {
			if d.Data != nil {
				j.Data = d.Data
			}
		}), "Text/what a scrape did not bring stays", "data"},
		{
			"nothing replaces what is stored",
			decided(func(_ row, before job, _ *row, j *job, _ enrich.Decision) {
				j.Data = cmp.Or(before.Data, j.Data)
			}), "Text/what a scrape did bring replaces", "data",
		},
		{"a match needs no text", decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
			if _, j := v.was(ctx, l.ID); d.Status == lead.Matched && d.Data == nil && j.Data == nil {
				d.Data = &enrich.Data{Description: "None."}
			}
			return v.Decide(ctx, l, d)
		}), "Decide/a match without text is refused", "decide: got error <nil>"},
		{
			"attempts outlive a decision",
			decided(func(was row, _ job, r *row, _ *job, _ enrich.Decision) { r.Attempts = was.Attempts }),
			"Release/only the job's own faults count", "attempts after a decision",
		},
		{
			"a decided job stays due",
			decided(func(was row, _ job, r *row, _ *job, _ enrich.Decision) { r.DueAt = was.DueAt }),
			"Decide/a rejection is remembered", "the job is decided",
		},
		{
			"the reasons are not kept",
			decided(func(_ row, _ job, r *row, _ *job, _ enrich.Decision) {
				r.Assessment.MissingSkills = nil
			}),
			"Decide/a rejection is remembered", "assessment",
		},
		{
			"the basis is not kept",
			decided(func(_ row, _ job, r *row, _ *job, _ enrich.Decision) { r.Basis = "" }),
			"Basis/the basis of the last decision is listed", "of a match",
		},
		{
			"text does not open a closed job",
			decided(func(_ row, before job, _ *row, j *job, _ enrich.Decision) {
				j.ClosedAt, j.ClosedBy = before.ClosedAt, before.ClosedBy
			}), "Text/text for a job that was closed opens it", "closed, after text came",
		},
		{
			"what a decision refuses costs the claim",
			decide(func(ctx ctx, v *view, l store.Lease, d decision) error {
				err := v.Decide(ctx, l, d)
				if errors.Is(err, store.ErrInvalid) {
					v.edit(ctx, l.ID, func(r *row, _ *job) { r.Leased = false })
				}
				return err
			}), "Decide/results that break the contract are refused", "decide:",
		},
	}
}

func listMutations() []mutation[storetest.Open] {
	return []mutation[storetest.Open]{
		{"junk is listed without being asked for", listed(func(f *store.Filter) {
			if len(f.Statuses) == 0 {
				f.Statuses = []lead.Status{lead.Matched, lead.AutoRejected}
			}
		}, nil), "List/the zero filter lists no junk", "listed"},
		{
			"the worst comes first",
			listed(nil, func(entries []store.Entry, _ *string) { slices.Reverse(entries) }),
			"List/the best score comes first", "order",
		},
		{
			"the text of a rejected job is listed",
			badStore{list: func(ctx ctx, v *view, f store.Filter) (entries, string, error) {
				entries, next, err := v.List(ctx, f)
				for i := range entries {
					_, j := v.was(ctx, entries[i].ID)
					entries[i].Data = j.Data
				}
				return entries, next, err
			}}.open, "List/a rejected job is listed without the text", "is listed with text",
		},
		{"a search in titles minds the case", listed(func(f *store.Filter) {
			if f.Text == "go" {
				f.Text = "Go "
			}
		}, nil), "List/text finds titles and companies", "go:"},
		{"the last page has a next one", listed(nil, func(entries []store.Entry, next *string) {
			if n := len(entries); n > 0 && *next == "" {
				*next = "0.1"
			}
		}), "List/pages are complete", "the cursor of the last page must be empty"},
		{
			"there is one page only", listed(nil, func(_ []store.Entry, next *string) { *next = "" }),
			"List/pages are complete", "pages of 1",
		},
		{
			"a listing without text throws the text away",
			badStore{list: func(ctx ctx, v *view, f store.Filter) (entries, string, error) {
				entries, next, err := v.List(ctx, f)
				for _, e := range entries {
					v.edit(ctx, e.ID, func(_ *row, j *job) {
						if f.WithoutText && j.Data != nil {
							j.Data.Description = "-"
						}
					})
				}
				return entries, next, err
			}}.open, "List/a listing changes nothing", "the listing after others",
		},
		{"a listing without text has no data", listed(nil, func(entries []store.Entry, _ *string) {
			for i := range entries {
				if d := entries[i].Data; d != nil && d.Description == "" {
					entries[i].Data = nil
				}
			}
		}), "List/a listing without text has all the rest", "data without text"},
		{"a wrong cursor is the first page", listed(func(f *store.Filter) {
			if f.Cursor == "x" {
				f.Cursor = ""
			}
		}, nil), "List/filters that break the contract", "a cursor: list"},
		{"an entry does not say when it is due", listed(nil, func(entries []store.Entry, _ *string) {
			for i := range entries {
				entries[i].DueAt = time.Time{}
			}
		}), "Release/an entry says why a job waits", "due, new"},
		{
			"the clock is not cut to microseconds",
			exact, "List/times are in UTC and whole microseconds", "due, new",
		},
		{
			"the clock is that of another zone",
			abroad, "List/times are in UTC and whole microseconds", "due, new",
		},
		{
			"one map for all callers",
			sharing, "List/what a caller does to an answer", "attributes after a listing was overwritten",
		},
	}
}

// exact is a store whose due times have the clock's nanoseconds.
func exact(tb testing.TB, env storetest.Env) func(user string) forge.Store {
	tb.Helper()
	return listed(nil, func(entries []store.Entry, _ *string) {
		for i := range entries {
			if !entries[i].DueAt.IsZero() {
				entries[i].DueAt = entries[i].DueAt.Add(env.Now().Sub(env.Now().Truncate(time.Microsecond)))
			}
		}
	})(tb, env)
}

// abroad is a store whose due times are those of another zone.
func abroad(tb testing.TB, env storetest.Env) func(user string) forge.Store {
	tb.Helper()
	return listed(nil, func(entries []store.Entry, _ *string) {
		for i := range entries {
			entries[i].DueAt = entries[i].DueAt.In(time.FixedZone("abroad", 3600))
		}
	})(tb, env)
}

// sharing is a store that hands out what it keeps.
func sharing(tb testing.TB, env storetest.Env) func(user string) forge.Store {
	tb.Helper()
	var mu sync.Mutex
	kept := map[int64]*enrich.Data{}
	return badStore{list: func(ctx ctx, v *view, f store.Filter) (entries, string, error) {
		entries, next, err := v.List(ctx, f)
		mu.Lock()
		defer mu.Unlock()
		for i, e := range entries {
			if kept[e.ID] == nil {
				kept[e.ID] = e.Data
			}
			entries[i].Data = kept[e.ID]
		}
		return entries, next, err
	}}.open(tb, env)
}

func TestMutationsOfTheStoreAreCaught(t *testing.T) {
	t.Parallel()
	catches(t, storeMutations(), openFile, storetest.Failures)
}
