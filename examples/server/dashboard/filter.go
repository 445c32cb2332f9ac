package dashboard

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A view is one list of the page, by name: what it is called in the address, on the tab, and in the
// store.
type view struct {
	name, title string
	statuses    []lead.Status
}

// The views that have a tab, and those that are out of sight until asked for.
func views() (shown, hidden []view) {
	shown = []view{
		{"matches", "Matches", []lead.Status{lead.Matched}},
		{"saved", "Saved", []lead.Status{lead.Saved}},
		{"applied", "Applied", []lead.Status{lead.Applied}},
		{"dismissed", "Dismissed", []lead.Status{lead.Dismissed}},
	}
	hidden = []view{
		{"rejected", "Rejected", []lead.Status{lead.AutoRejected}},
		{"waiting", "Waiting", []lead.Status{lead.Discovered}},
		{"failed", "Not readable", []lead.Status{lead.Failed}},
		{"closed", "Closed", []lead.Status{lead.Closed}},
	}
	return shown, hidden
}

// A filter is what the address asks for.
type filter struct {
	view   view
	text   string
	min    int
	isNew  bool   // only what is new since the last visit
	cursor string // the place in the list
}

// parseFilter reads an address. What makes no sense is left out: an address is typed, shared and
// cut by people.
func parseFilter(query url.Values) filter {
	shown, hidden := views()
	f := filter{
		view: shown[0], text: strings.TrimSpace(query.Get("q")), isNew: query.Get("new") == "1",
		cursor: query.Get("at"),
	}
	name := query.Get("view")
	for _, v := range append(shown, hidden...) {
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
	if _, err := driver.PreparePage(store.Filter{Text: f.text, Cursor: f.cursor}); err != nil {
		f.text, f.cursor = "", ""
	}
	return f
}

func ownView(s lead.Status) view {
	words := strings.ToLower(strings.ReplaceAll(string(s), "_", " "))
	return view{string(s), strings.ToUpper(words[:1]) + words[1:], []lead.Status{s}}
}

// query returns the address's query, without what is as it would be anyway.
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

// in returns the filter in another view, from its top.
func (f filter) in(v view) filter {
	f.view, f.cursor, f.isNew = v, "", f.isNew && v.name == "matches"
	return f
}

// narrowed reports whether the filter hides something of its view.
func (f filter) narrowed() bool { return f.text != "" || f.min > 0 || f.isNew }

// store returns what the store is asked for.
func (f filter) store(limit int) store.Filter {
	return store.Filter{
		Statuses: f.view.statuses, Text: f.text, MinScore: f.min, Limit: limit, Cursor: f.cursor,
	}
}
