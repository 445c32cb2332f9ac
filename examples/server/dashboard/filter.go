package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A view is one list of the page. Its name is used in addresses, its title on the page.
type view struct {
	name, title string
	statuses    []lead.Status
}

// The views that have a tab, and those that are behind a count.
var (
	shownViews = []view{
		{"matches", "Matches", []lead.Status{lead.Matched}},
		{"saved", "Saved", []lead.Status{lead.Saved}},
		{"applied", "Applied", []lead.Status{lead.Applied}},
		{"dismissed", "Dismissed", []lead.Status{lead.Dismissed}},
	}
	hiddenViews = []view{
		{"rejected", "Rejected", []lead.Status{lead.AutoRejected}},
		{"waiting", "Waiting", []lead.Status{lead.Discovered}},
		{"failed", "Not readable", []lead.Status{lead.Failed}},
		{"closed", "Closed", []lead.Status{lead.Closed}},
	}
	allViews = slices.Concat(shownViews, hiddenViews)
)

// A filter is what an address asks for.
type filter struct {
	view    view
	text    string // words, all of which a job must have
	min     int
	max     int // 100 unless the view is that of rejected jobs
	where   store.Where
	days    int // since a job was posted; 0 means any number
	order   store.Order
	compact bool // one line for each job
	isNew   bool // only what is new since the last visit
	cursor  string
}

// parseFilter reads an address. Invalid parts are ignored, because people type, share and truncate
// addresses.
func parseFilter(query url.Values) filter {
	f := filter{
		view: shownViews[0], text: strings.Join(strings.Fields(query.Get("q")+" "+query.Get("why")), " "),
		isNew: query.Get("new") == "1", compact: query.Get("list") == "1", max: 100,
	}
	name := query.Get("view")
	for _, v := range allViews {
		if v.name == name {
			f.view = v
		}
	}
	if s := lead.Status(name); s.Application() { // one of the user's own, such as INTERVIEW
		f.view = ownView(s)
	}
	f.min = number(query, "min", 100, 0)
	f.days = number(query, "days", 3650, 0)
	if f.view.name == "rejected" {
		f.max = number(query, "max", 100, 100)
	}
	set := func(change func(f *filter)) { // keeps what a store takes
		changed := f
		change(&changed)
		if _, err := driver.PreparePage(changed.store(1, time.Time{}, time.Time{})); err == nil {
			f = changed
		}
	}
	if _, err := driver.PreparePage(f.store(1, time.Time{}, time.Time{})); err != nil {
		f.text = ""
	}
	set(func(f *filter) { f.where.Place = strings.TrimSpace(query.Get("place")) })
	if board := strings.ToLower(strings.TrimSpace(query.Get("board"))); board != "" {
		set(func(f *filter) { f.where.Sources = []string{board} })
	}
	set(func(f *filter) { f.where.Currency = query.Get("cur") })
	set(func(f *filter) {
		if f.where.MinPay = number(query, "pay", store.MaxMinPay, 0); f.where.Currency == "" {
			f.where.Currency = currencies[0]
		}
	})
	set(func(f *filter) { f.order = store.Order(query.Get("sort")) })
	f.where.EasyApply, f.where.Remote = query.Get("easy") == "1", query.Get("remote") == "1"
	f.where.Stated = query.Get("stated") == "1"
	set(func(f *filter) { f.cursor = query.Get("at") })
	return f
}

// currencies are those that the page offers; an address can name others.
var currencies = []string{"EUR", "USD", "GBP", "CHF", "INR", "CAD", "AUD", "SEK", "PLN"}

func number(query url.Values, name string, most, otherwise int) int {
	if n, err := strconv.Atoi(query.Get(name)); err == nil && n >= 0 && n <= most {
		return n
	}
	return otherwise
}

func ownView(s lead.Status) view {
	words := strings.ToLower(strings.ReplaceAll(string(s), "_", " "))
	return view{string(s), strings.ToUpper(words[:1]) + words[1:], []lead.Status{s}}
}

// query returns the address's query without the parameters that have their default.
func (f filter) query() url.Values {
	q := url.Values{}
	set := func(name, value string, given bool) {
		if given {
			q.Set(name, value)
		}
	}
	w := f.where
	set("view", f.view.name, f.view.name != "matches")
	set("q", f.text, f.text != "")
	set("min", strconv.Itoa(f.min), f.min > 0)
	set("max", strconv.Itoa(f.max), f.max < 100)
	set("place", w.Place, w.Place != "")
	set("board", strings.Join(w.Sources, ""), len(w.Sources) > 0)
	set("days", strconv.Itoa(f.days), f.days > 0)
	set("pay", strconv.Itoa(w.MinPay), w.MinPay > 0)
	set("cur", w.Currency, w.Currency != currencies[0])
	set("easy", "1", w.EasyApply)
	set("remote", "1", w.Remote)
	set("stated", "1", w.Stated)
	set("sort", string(f.order), f.order != store.ByScore)
	set("list", "1", f.compact)
	set("new", "1", f.isNew)
	set("at", f.cursor, f.cursor != "")
	return q
}

// address returns the path and query of a page with this filter.
func (f filter) address(path string) string {
	if q := f.query().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// in returns the filter for the first page of another view.
func (f filter) in(v view) filter {
	f.view, f.cursor, f.isNew = v, "", f.isNew && v.name == "matches"
	if v.name != "rejected" {
		f.max = 100
	}
	return f
}

// as returns the filter for the first page of the list in another form.
func (f filter) as(compact bool) filter {
	f.compact, f.cursor = compact, ""
	return f
}

// cleared returns the filter without all that narrows it.
func (f filter) cleared() filter {
	return filter{
		view: f.view, max: 100, order: f.order, compact: f.compact,
		where: store.Where{Currency: f.where.Currency},
	}
}

// narrowed reports whether the filter can hide jobs of its view.
func (f filter) narrowed() bool { return f.text != "" || f.isNew || f.more() > 0 }

// more is the number of conditions that the page shows behind the search field.
func (f filter) more() int {
	w, n := f.where, 0
	for _, is := range []bool{
		f.min > 0, f.max < 100, w.Place != "", len(w.Sources) > 0, f.days > 0, w.MinPay > 0, w.EasyApply,
		w.Remote,
	} {
		if is {
			n++
		}
	}
	return n
}

// size is the number of jobs on a page.
func (f filter) size() int {
	if f.compact {
		return perList
	}
	return perPage
}

// store returns the filter of the store. since is the last visit.
func (f filter) store(limit int, now, since time.Time) store.Filter {
	w := f.where
	w.Words = strings.Fields(f.text)
	if f.max < 100 {
		w.BelowScore = f.max + 1
	}
	if f.days > 0 && !now.IsZero() {
		w.PostedAfter = now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -f.days)
	}
	if f.isNew {
		w.UpdatedAfter = since
	}
	return store.Filter{
		Statuses: f.view.statuses, MinScore: f.min, Limit: limit, Cursor: f.cursor, Where: w, Order: f.order,
	}
}
