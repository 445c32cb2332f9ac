package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A file is the catalogue of all users in one JSON file, for one process. A call that changes
// something writes a new file and renames it, so the file is whole whenever the process dies.
type file struct {
	path    string
	now     func() time.Time
	recheck time.Duration // the age at which text is old

	mu sync.Mutex
}

// A view is one user's view of a file.
type view struct {
	*file

	user string
}

func (f *file) forUser(user string) *view { return &view{f, user} }

type catalogue struct {
	LastID int64
	Jobs   map[int64]*job
	IDs    map[string]int64 // of jobs, by lead.Key
	Rows   map[string]map[int64]*row
}

// A job is what all users share.
type job struct {
	ID                            int64
	Lead                          lead.Lead
	Data                          *enrich.Data // nil if nobody brought text
	ScrapedAt, ClosedAt           time.Time    `json:",omitzero"`
	ListedBy, ScrapedBy, ClosedBy string       // users; ClosedBy is empty if two users saw the job closed
	Other                         lead.Lead    // what another user saw once instead
}

// A row is one user's view of a job.
type row struct {
	Status           lead.Status
	DueAt, UpdatedAt time.Time `json:",omitzero"` // DueAt is zero if there is nothing to do
	Leased           bool
	Token            int64
	Attempts         int
	Cause            string
	Assessment       *enrich.Assessment
	Basis            enrich.Basis
}

// call runs f on what the file holds, and writes what f changed unless f fails.
func (v *view) call(ctx context.Context, bad error, f func(c *catalogue, now time.Time) error) error {
	if err := cmp.Or(store.CheckUser(v.user), bad, ctx.Err()); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	c := &catalogue{Jobs: map[int64]*job{}, IDs: map[string]int64{}, Rows: map[string]map[int64]*row{}}
	before, err := os.ReadFile(v.path)
	if err == nil {
		err = json.Unmarshal(before, c)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if c.Rows[v.user] == nil {
		c.Rows[v.user] = map[int64]*row{}
	}
	if err := f(c, v.now().UTC().Truncate(time.Microsecond)); err != nil {
		return err
	}
	after, err := json.Marshal(c)
	if err != nil || bytes.Equal(before, after) {
		return err
	}
	if err := os.WriteFile(v.path+".new", after, 0o600); err != nil {
		return err
	}
	return os.Rename(v.path+".new", v.path)
}

func (v *view) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	batch, refused := driver.PrepareSync(leads)
	var refs []store.Ref
	err := v.call(ctx, nil, func(c *catalogue, now time.Time) error {
		for _, l := range batch.Leads {
			j := c.see(l, v.user)
			r, state := c.Rows[v.user][j.ID], store.Expired
			switch {
			case r == nil:
				r, state = &row{Status: lead.Discovered, UpdatedAt: now}, store.New
				c.Rows[v.user][j.ID] = r
			case !r.expired(j, now.Add(-v.recheck)):
				continue
			}
			r.DueAt = now
			refs = append(refs, store.Ref{ID: j.ID, Key: l.Key(), State: state})
		}
		return nil
	})
	return batch.InOrder(refs), cmp.Or(err, refused)
}

// see returns the job of a lead, new or known. Two sightings by others correct title and company.
func (c *catalogue) see(l lead.Lead, user string) *job {
	id, known := c.IDs[l.Key().String()]
	if !known {
		c.LastID++
		id = c.LastID
		c.IDs[l.Key().String()], c.Jobs[id] = id, &job{ID: id, Lead: l, ListedBy: user}
	}
	j := c.Jobs[id]
	same := func(o lead.Lead) bool { return o.Title == l.Title && o.Company == l.Company }
	switch {
	case j.ListedBy == user:
	case same(j.Lead):
		j.Other = lead.Lead{}
	case same(j.Other):
		j.Lead.Title, j.Lead.Company, j.ListedBy, j.Other = l.Title, l.Company, user, lead.Lead{}
	default:
		j.Other = l
	}
	return j
}

// expired reports whether a decided job that is listed again is due for another look.
func (r *row) expired(j *job, old time.Time) bool {
	match := (r.Status == lead.Matched || r.Status == lead.Saved) && j.Data != nil && !j.ScrapedAt.After(old)
	closed := r.Status == lead.Closed && (j.ClosedAt.IsZero() || !r.UpdatedAt.After(old))
	return r.DueAt.IsZero() && (match || closed)
}

// state is the row as package driver judges it. A due time that is further ahead than any lease or
// back-off reaches comes from a wrong clock: the job is due now.
func (r *row) state(now time.Time) driver.Row {
	ahead := r.DueAt.After(now) && !r.DueAt.After(now.Add(store.MaxAfter))
	return driver.Row{Status: r.Status, Token: r.Token, Leased: r.Leased, Idle: r.DueAt.IsZero(), Live: ahead}
}

func (v *view) Claim(ctx context.Context, n int, d time.Duration, sources ...string) ([]store.Job, error) {
	var jobs []store.Job
	err := v.call(ctx, driver.CheckClaim(n, d, sources), func(c *catalogue, now time.Time) error {
		var due []int64
		rows := c.Rows[v.user]
		for id, r := range rows {
			named := len(sources) == 0 || slices.Contains(sources, c.Jobs[id].Lead.Source)
			if s := r.state(now); named && !s.Idle && !s.Live {
				due = append(due, id)
			}
		}
		slices.SortFunc(due, func(a, b int64) int {
			return cmp.Or(rows[a].DueAt.Compare(rows[b].DueAt), cmp.Compare(a, b))
		})
		for _, id := range due[:min(n, len(due))] {
			j, r := c.Jobs[id], rows[id]
			r.Leased, r.Token, r.DueAt = true, r.Token+1, now.Add(d)
			claimed := store.Job{Lead: j.Lead, Attempts: r.Attempts, Cause: r.Cause}
			claimed.ID, claimed.Token = id, r.Token
			if j.ScrapedAt.After(now.Add(-v.recheck)) {
				claimed.Data = j.Data
			}
			jobs = append(jobs, claimed)
		}
		return nil
	})
	return jobs, err
}

// held runs f on the row of a job, if l is the lease on it.
func (v *view) held(ctx context.Context, l store.Lease, bad error, f func(*job, *row, time.Time)) error {
	return v.call(ctx, bad, func(c *catalogue, now time.Time) error {
		r, ok := c.Rows[v.user][l.ID]
		switch {
		case !ok:
			return store.ErrNotFound
		case !r.state(now).Held(l):
			return store.ErrLeaseLost
		}
		f(c.Jobs[l.ID], r, now)
		return nil
	})
}

func (v *view) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	return v.held(ctx, l, driver.CheckLease(d), func(_ *job, r *row, now time.Time) { r.DueAt = now.Add(d) })
}

func (v *view) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o, bad := driver.PrepareOutcome(o)
	return v.held(ctx, l, bad, func(j *job, r *row, now time.Time) {
		status, moves := r.state(now).Ended(o.Status)
		if r.Status = status; moves {
			r.UpdatedAt = now
		}
		r.Leased, r.Token, r.Cause, r.DueAt = false, r.Token+1, o.Cause, now.Add(o.After)
		if o.Counts {
			r.Attempts++
		}
		if o.Status != "" {
			r.DueAt = time.Time{}
		}
		if o.Status == lead.Closed && (j.ClosedAt.IsZero() || j.ClosedBy == v.user) {
			j.ClosedAt, j.ClosedBy = now, v.user
		} else if o.Status == lead.Closed { // a second user saw it closed: it is closed for all
			j.ClosedAt, j.ClosedBy = now, ""
		}
	})
}

func (v *view) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	d, bad := driver.PrepareDecision(d)
	return v.call(ctx, bad, func(c *catalogue, now time.Time) error {
		j, r := c.Jobs[l.ID], c.Rows[v.user][l.ID]
		if r == nil {
			return store.ErrNotFound
		}
		if repeated, err := r.state(now).Decide(l); err != nil || repeated {
			return err
		}
		switch {
		case d.Data != nil:
			j.keep(*d.Data, v.user, now, now.Add(-v.recheck))
		case d.Status == lead.Matched && j.Data == nil:
			return driver.NeedText()
		}
		if l.Token == 0 {
			r.Token++ // a lease that had run out must not come back
		}
		r.Leased, r.DueAt, r.Attempts, r.Cause = false, time.Time{}, 0, ""
		r.Assessment, r.Basis = &d.Assessment, d.Basis
		r.Status, r.UpdatedAt = r.state(now).Decided(d.Status), now
		return nil
	})
}

// keep stores text, unless another user's is fresh. What the scrape did not bring stays.
func (j *job) keep(d enrich.Data, user string, now, old time.Time) {
	j.ClosedAt, j.ClosedBy = time.Time{}, "" // whoever read the advert found the job open
	if was := j.Data; was != nil {
		if j.ScrapedBy != user && j.ScrapedAt.After(old) {
			if was.Description == d.Description {
				j.ScrapedAt = now
			}
			return
		}
		d.Requirements = cmp.Or(d.Requirements, was.Requirements)
		d.IsEasyApply = cmp.Or(d.IsEasyApply, was.IsEasyApply)
		if len(d.Attributes) == 0 {
			d.Attributes = was.Attributes
		}
	}
	j.Data, j.ScrapedBy, j.ScrapedAt = &d, user, now
}

func (v *view) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	page, bad := driver.PreparePage(f)
	if bad == nil && (f.Order != store.ByScore || !reflect.DeepEqual(f.Where, store.Where{})) {
		bad = errors.ErrUnsupported
	}
	var found []store.Entry
	err := v.call(ctx, bad, func(c *catalogue, _ time.Time) error {
		for id, r := range c.Rows[v.user] {
			if e := r.entry(c.Jobs[id], v.user, f.WithoutText); lists(f, page, e) {
				found = append(found, e)
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b store.Entry) int { return cmp.Or(score(b)-score(a), int(b.ID-a.ID)) })
	found, next := page.Cut(found[:min(page.Rows, len(found))])
	return found, next, err
}

func (r *row) entry(j *job, user string, withoutText bool) store.Entry {
	e := store.Entry{
		ID: j.ID, Lead: j.Lead, Status: r.Status, Assessment: r.Assessment, Basis: r.Basis, Data: j.Data,
		Closed:    !j.ClosedAt.IsZero() && (j.ClosedBy == "" || j.ClosedBy == user),
		UpdatedAt: r.UpdatedAt, DueAt: r.DueAt, Attempts: r.Attempts, Cause: r.Cause,
	}
	if r.Status == lead.AutoRejected {
		e.Data = nil
	}
	if withoutText && e.Data != nil {
		rest := *e.Data
		rest.Description, rest.Requirements = "", ""
		e.Data = &rest
	}
	return e
}

// lists reports whether f lists an entry, on this page or on a later one.
func lists(f store.Filter, p driver.Page, e store.Entry) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(f.Text)) }
	if len(f.Statuses) == 0 {
		f.Statuses = []lead.Status{lead.Matched}
	}
	named, n := has(e.Lead.Title) || has(e.Lead.Company), score(e)
	after := n >= p.MinScore && (n < p.Score || n == p.Score && e.ID < p.ID)
	return named && after && slices.Contains(f.Statuses, e.Status) && f.ExtraKey == ""
}

func score(e store.Entry) int {
	if e.Assessment == nil {
		return -1
	}
	return e.Assessment.Score
}
