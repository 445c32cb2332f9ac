package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	view   view
	text   string
	min    int
	max    int    // 100 unless the view is that of rejected jobs
	reason string // a part of the reason
	isNew  bool   // only what is new since the last visit
	cursor string // of the store, for the page after the first
}

// parseFilter reads an address. Invalid parts are ignored, because people type, share and truncate
// addresses.
func parseFilter(query url.Values) filter {
	f := filter{
		view: shownViews[0], text: strings.TrimSpace(query.Get("q")), isNew: query.Get("new") == "1",
		cursor: query.Get("at"), max: 100,
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
	if n, err := strconv.Atoi(query.Get("min")); err == nil && n >= 0 && n <= 100 {
		f.min = n
	}
	if f.view.name == "rejected" {
		if n, err := strconv.Atoi(query.Get("max")); err == nil && n >= 0 && n <= 100 {
			f.max = n
		}
		f.reason = strings.TrimSpace(query.Get("why"))
		if len(f.reason) > mostReason || !utf8.ValidString(f.reason) {
			f.reason = ""
		}
	}
	if _, err := driver.PreparePage(store.Filter{Text: f.text, Cursor: f.cursor}); err != nil {
		f.text, f.cursor = "", ""
	}
	return f
}

func ownView(s lead.Status) view {
	words := strings.ToLower(strings.ReplaceAll(string(s), "_", " "))
	return view{string(s), strings.ToUpper(words[:1]) + words[1:], []lead.Status{s}}
}

// query returns the address's query without the parameters that have their default.
func (f filter) query() url.Values {
	q := url.Values{}
	if f.view.name != "matches" {
		q.Set("view", f.view.name)
	}
	if f.text != "" {
		q.Set("q", f.text)
	}
	if f.min > 0 {
		q.Set("min", strconv.Itoa(f.min))
	}
	if f.max < 100 && f.view.name == "rejected" {
		q.Set("max", strconv.Itoa(f.max))
	}
	if f.reason != "" {
		q.Set("why", f.reason)
	}
	if f.isNew {
		q.Set("new", "1")
	}
	if f.cursor != "" {
		q.Set("at", f.cursor)
	}
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
		f.max, f.reason = 100, ""
	}
	return f
}

// narrowed reports whether the filter can hide jobs of its view.
func (f filter) narrowed() bool {
	return f.text != "" || f.min > 0 || f.isNew || f.max < 100 || f.reason != ""
}

// store returns the filter of the store.
func (f filter) store(limit int) store.Filter {
	return store.Filter{
		Statuses: f.view.statuses, Text: f.text, MinScore: f.min, Limit: limit, Cursor: f.cursor,
	}
}
