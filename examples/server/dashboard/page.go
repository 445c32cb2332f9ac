package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// perPage is how many jobs one page shows.
const perPage = 25

// A page is what the template of the jobs shows.
type page struct {
	User     string
	ViewOnly bool
	Notice   *notice
	Back     string // the query that a form returns to

	Tabs   []tab
	Hidden []tab // what is out of sight
	View   string
	Title  string
	Total  int // jobs in this view, whatever the filter

	Query    string
	Min      int
	Narrowed bool
	OnlyNew  bool
	Clear    string // the address without the filter

	New     int // since the last visit
	NewMany bool
	Since   string
	NewURL  string

	Cards     []card
	Next, Top string
	CSV, JSON string

	Histogram histogram
	Funnel    []step
	Nothing   bool // no job at all yet
	Waiting   int
	Address   string
}

// A tab is a link to a view, with how many jobs it holds.
type tab struct {
	Name, Title, URL string
	N                int
	Current          bool
}

// jobs shows the page.
func (d *dashboard) jobs(w http.ResponseWriter, r *http.Request, v visit) {
	now, since := d.cfg.Now(), d.lastVisit(r, v)
	f := parseFilter(r.URL.Query())
	s := d.cfg.ForUser(v.who.User)
	counter, ok := s.(forge.Counter)
	if !ok {
		d.failed(w, r, errors.ErrUnsupported)
		return
	}
	stats, err := counter.Stats(r.Context())
	if err != nil {
		d.failed(w, r, err)
		return
	}
	entries, next, err := d.entries(r.Context(), v.who.User, f, perPage, since)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	p := page{
		User:      v.who.User,
		ViewOnly:  v.who.ViewOnly,
		Back:      f.query().Encode(),
		View:      f.view.name,
		Title:     f.view.title,
		Query:     f.text,
		Min:       f.min,
		Narrowed:  f.narrowed(),
		OnlyNew:   f.isNew,
		Clear:     filter{view: f.view}.address("/"),
		CSV:       f.in(f.view).address("/export.csv"),
		JSON:      f.in(f.view).address("/export.json"),
		Histogram: newHistogram(stats.Scores, d.cfg.Gate.Threshold()),
		Funnel:    newFunnel(stats.ByStatus),
		Nothing:   total(stats) == 0,
		Waiting:   stats.ByStatus[lead.Discovered],
		Address:   d.cfg.Address,
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
	if err := d.countNew(r.Context(), v.who.User, &p, now, since); err != nil {
		d.failed(w, r, err)
		return
	}
	p.Notice = d.sessions.take(v.session)
	for _, e := range entries {
		c := newCard(e, now, since, d.cfg.Gate.Threshold(), v.who.ViewOnly)
		if p.Notice != nil && p.Notice.ID == e.ID {
			c.New = false // it came back by hand
		}
		p.Cards = append(p.Cards, c)
	}
	d.noteVisit(w, r, v)
	d.render(w, http.StatusOK, "jobs.html", p)
}

// entries returns up to limit jobs that the filter shows, best first, and where the next ones
// begin.
func (d *dashboard) entries(ctx context.Context, user string, f filter, limit int, since time.Time) (
	found []store.Entry, next string, err error,
) {
	lister, ok := d.cfg.ForUser(user).(forge.Lister)
	if !ok {
		return nil, "", errors.ErrUnsupported
	}
	for len(found) < limit {
		size := min(limit-len(found), store.MaxPage)
		if f.isNew {
			size = store.MaxPage
		}
		entries, more, err := lister.List(ctx, f.store(size))
		if err != nil {
			return nil, "", err
		}
		for _, e := range entries {
			if !f.isNew || isNew(e, since) {
				found = append(found, e)
			}
		}
		if f.cursor, next = more, more; more == "" {
			break
		}
	}
	if f.isNew { // what was found in large pages does not say where the next small one begins
		return found[:min(len(found), limit)], "", nil
	}
	return found, next, nil
}

// countNew counts the matches that were made since the last visit, among the best ones.
func (d *dashboard) countNew(ctx context.Context, user string, p *page, now, since time.Time) error {
	if since.IsZero() {
		return nil
	}
	shown, _ := views()
	f := filter{view: shown[0], isNew: true}
	found, _, err := d.entries(ctx, user, f, store.MaxPage, since)
	p.New, p.NewMany = len(found), len(found) == store.MaxPage
	p.Since, p.NewURL = moment(now, since), f.address("/")
	return err
}

// tabs returns the views with their counts. The user's own statuses come after the built-in ones,
// by name.
func tabs(f filter, stats store.Stats) (shown, hidden []tab) {
	of := func(v view) tab {
		t := tab{Name: v.name, Title: v.title, URL: f.in(v).address("/"), Current: v.name == f.view.name}
		for _, s := range v.statuses {
			t.N += stats.ByStatus[s]
		}
		return t
	}
	builtIn, outOfSight := views()
	known := map[lead.Status]bool{}
	for _, v := range builtIn {
		shown = append(shown, of(v))
		known[v.statuses[0]] = true
	}
	var own []string
	for s := range stats.ByStatus {
		if s.Application() && !known[s] {
			own = append(own, string(s))
		}
	}
	sort.Strings(own)
	for _, s := range own {
		shown = append(shown, of(ownView(lead.Status(s))))
	}
	for _, v := range outOfSight {
		if t := of(v); t.N > 0 || t.Current {
			hidden = append(hidden, t)
		}
	}
	return shown, hidden
}

// A cardView is a card and the page that it stands on.
type cardView struct {
	Page page
	Card card
}

// Heading returns what the browser's tab says.
func (p page) Heading() string {
	if p.New > 0 {
		return fmt.Sprintf("(%d) %s · forge", p.New, p.Title)
	}
	return p.Title + " · forge"
}

// Plural returns "1 job" or "2 jobs", for the templates.
func (p page) Plural(n int, what string) string { return count(n, what) }

// Ring returns how much of a circle of a hundred is drawn for a score.
func (c card) Ring() string { return fmt.Sprintf("%d 100", c.Score) }
