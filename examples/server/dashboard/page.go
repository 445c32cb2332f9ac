package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/notes"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const (
	perPage = 25  // jobs that one page shows as cards
	perList = 100 // jobs that one page shows as lines
)

// A page is the data of the template jobs.html.
type page struct {
	User     string
	ViewOnly bool
	Notice   *notice
	Back     string // the query that a form returns to

	Tabs   []tab
	Hidden []tab // the views that are behind a count
	View   string
	Title  string
	Total  int // jobs in this view, filtered out or not

	Query    string
	Min      int
	Filter   filterView
	Compact  bool
	AsOther  string // the address of the list in the other form
	Next     string
	PerPage  int
	Bulk     []choice // what can be done with the ticked jobs
	From     lead.Status
	Why      string // what the list is, and what to do about its jobs
	Narrowed bool
	OnlyNew  bool
	Clear    string // the address without the filter

	New     int  // since the last visit
	NewMany bool // there can be more
	Since   string
	NewURL  string

	Agents *agentsView // nil if nothing is known of them

	OtherResume int // kept jobs that were not scored with the newest résumé

	Cards     []card
	Top       string
	CSV, JSON string

	Histogram histogram
	Funnel    []step
	Nothing   bool // the user has no job at all
	Waiting   int
	Address   string
}

// A tab is a link to a view, with its number of jobs.
type tab struct {
	Name, Title, URL string
	N                int
	Current          bool
}

// jobs shows the page.
func (d *dashboard) jobs(w http.ResponseWriter, r *http.Request, v visit) {
	leave, err := d.cfg.Enter(r.Context(), v.session.token)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	defer leave()
	now, since := d.cfg.Now(), d.lastVisit(r, v)
	f := parseFilter(r.URL.Query())
	s := d.cfg.ForUser(v.who.User)
	counter, ok := s.(forge.Counter)
	if !ok {
		d.failed(w, r, errors.ErrUnsupported)
		return
	}
	seen, err := d.overviews.of(r.Context(), v.who.User, counter.Stats)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	stats := seen.stats
	address := f.query().Encode()
	if f.isNew {
		address += since.String()
	}
	list, err := seen.listing(r.Context(), address, func(ctx context.Context) ([]store.Entry, string, error) {
		return d.entries(ctx, v.who.User, f, since)
	})
	if err != nil {
		d.failed(w, r, err)
		return
	}
	entries, next := list.entries, list.next
	p := page{
		User: v.who.User, ViewOnly: v.who.ViewOnly, Back: f.query().Encode(),
		View: f.view.name, Title: f.view.title, Query: f.text, Min: f.min, Filter: newFilterView(f),
		Compact: f.compact, AsOther: f.as(!f.compact).address("/"), PerPage: f.size(), Why: d.why(f.view),
		Narrowed: f.narrowed(), OnlyNew: f.isNew,
		Clear: f.cleared().address("/"), CSV: f.in(f.view).address(CSV),
		JSON:      f.in(f.view).address(JSON),
		Histogram: newHistogram(stats.Scores, d.cfg.Gate.Threshold()), Funnel: newFunnel(stats.ByStatus),
		Nothing: total(stats) == 0, Waiting: stats.ByStatus[lead.Discovered], Address: d.cfg.Address,
	}
	p.Tabs, p.Hidden = tabs(f, stats)
	for _, s := range f.view.statuses {
		p.Total += stats.ByStatus[s]
	}
	if f.cursor != "" {
		p.Top = f.in(f.view).address("/")
	}
	if next != "" {
		more := f
		more.cursor = next
		p.Next = more.address("/")
	}
	if err := d.countNew(r.Context(), v.who.User, seen, &p, now, since); err != nil {
		d.failed(w, r, err)
		return
	}
	// The page knows no résumé, but the agent's last decision was made with the current one.
	newest := stats.Newest
	if newest != "" {
		o := stats.Outdated(newest)
		p.OtherResume = o.Resume + o.Unknown - o.Rejected
	}
	p.Agents = d.agents(r.Context(), v.who.User, now)
	if !v.who.ViewOnly && len(entries) > 1 {
		p.Bulk, p.From = bulkChoices(f.view), f.view.statuses[0]
	}
	p.Notice = d.sessions.take(v.session)
	entries, also, err := forge.Cards(r.Context(), d.cfg.ForUser(v.who.User), entries)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	for _, e := range entries {
		c := newCard(e, now, since, d.cfg.Gate.Threshold(), v.who.ViewOnly)
		if p.Notice != nil && p.Notice.ID == e.ID {
			c.New = false // the user has just brought it back
		}
		if n := len(p.Cards); n > 0 {
			p.Cards[n-1].Next = e.ID
		}
		c.OtherResume = c.Scored && newest != "" && e.Basis.Resume() != newest.Resume()
		c.Notes = notes.Of(e, also[e.ID], now)
		c.Twins = twinViews(also[e.ID])
		p.Cards = append(p.Cards, c)
	}
	d.noteVisit(w, r, v)
	d.render(w, http.StatusOK, "jobs.html", p)
}

// entries returns the jobs of one page that the filter shows, and the cursor of the next page. Lines
// need no texts.
func (d *dashboard) entries(
	ctx context.Context, user string, f filter, since time.Time,
) (found []store.Entry, next string, err error) {
	lister, ok := d.cfg.ForUser(user).(forge.Lister)
	if !ok {
		return nil, "", errors.ErrUnsupported
	}
	listing := f.store(f.size(), d.cfg.Now(), since)
	listing.WithoutText = f.compact
	return lister.List(ctx, listing)
}

// A pager returns the next page of a listing, and whether there are more.
type pager func(ctx context.Context) (entries []store.Entry, more bool, err error)

// pages returns a pager of the jobs that f lists.
func (d *dashboard) pages(user string, f store.Filter) pager {
	return func(ctx context.Context) ([]store.Entry, bool, error) {
		lister, ok := d.cfg.ForUser(user).(forge.Lister)
		if !ok {
			return nil, false, errors.ErrUnsupported
		}
		entries, next, err := lister.List(ctx, f)
		f.Cursor = next
		return entries, next != "", err
	}
}

// countNew counts the matches since the last visit, as far as one page of the store holds them.
func (d *dashboard) countNew(
	ctx context.Context, user string, seen *overview, p *page, now, since time.Time,
) error {
	if since.IsZero() {
		return nil
	}
	f := filter{view: shownViews[0], isNew: true, max: 100, where: store.Where{Currency: currencies[0]}}
	listing := f.store(store.MaxPage, now, since)
	listing.WithoutText = true
	n, err := seen.countNew(ctx, since, func(ctx context.Context) (newCount, error) {
		found, more, err := d.pages(user, listing)(ctx)
		return newCount{len(found), more}, err
	})
	p.New, p.NewMany = n.n, n.more
	p.Since, p.NewURL = moment(now, since), f.address("/")
	return err
}

// tabs returns the views with their counts. Statuses of the user's own come last, in alphabetical
// order.
func tabs(f filter, stats store.Stats) (shown, hidden []tab) {
	of := func(v view) tab {
		t := tab{Name: v.name, Title: v.title, URL: f.in(v).address("/"), Current: v.name == f.view.name}
		for _, s := range v.statuses {
			t.N += stats.ByStatus[s]
		}
		return t
	}
	known := map[lead.Status]bool{}
	for _, v := range shownViews {
		shown = append(shown, of(v))
		known[v.statuses[0]] = true
	}
	var own []string
	for s := range stats.ByStatus {
		if s.Application() && !known[s] {
			own = append(own, string(s))
		}
	}
	slices.Sort(own)
	for _, s := range own {
		shown = append(shown, of(ownView(lead.Status(s))))
	}
	for _, v := range hiddenViews {
		if t := of(v); t.N > 0 || t.Current {
			hidden = append(hidden, t)
		}
	}
	return shown, hidden
}

// A cardView is a card with its page.
type cardView struct {
	Page page
	Card card
}

// Heading returns the title of the browser's tab.
func (p page) Heading() string {
	if p.New > 0 {
		return fmt.Sprintf("(%d) %s · forge", p.New, p.Title)
	}
	return p.Title + " · forge"
}

// Plural returns "1 job" or "2 jobs", for the templates.
func (p page) Plural(n int, what string) string { return count(n, what) }

// Ring returns the stroke-dasharray that draws the score as a part of a circle.
func (c card) Ring() string { return fmt.Sprintf("%d 100", c.Score) }
