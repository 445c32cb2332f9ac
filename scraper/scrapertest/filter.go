package scrapertest

import (
	"errors"
	"slices"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// fields are those of a query that a board can be unable to filter by.
var fields = []string{"Keywords", "Location", "Remote", "PostedWithin", "JobTypes", "Experience", "EasyApply"}

// unfilteredBy checks that a board says in the right way and place what it cannot filter by.
func (k *kit) unfilteredBy(err error, first bool) {
	k.Helper()
	e, ok := errors.AsType[*scraper.UnfilteredError](err)
	switch {
	case !ok || e.Source != k.board.Source():
		k.Errorf("search: %v: want a *scraper.UnfilteredError of source %q", err, k.board.Source())
		return
	case !first:
		k.Errorf("search: %v: want it once, and before the first lead", err)
	}
	for _, f := range e.Fields {
		if !slices.Contains(fields, f) {
			k.Errorf("search: %v: lead.Query has no field %s", err, f)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unfiltered = append(k.unfiltered, e.Fields...)
}

// everyField is a query that sets each field.
func everyField() lead.Query {
	return lead.Query{
		Keywords: userWord, Location: "Lisbon", Remote: true, PostedWithin: 1,
		JobTypes: []string{lead.Volunteer}, Experience: []string{lead.ExperienceExecutive}, EasyApply: true,
	}
}

// filterCases hold a board to saying what it cannot filter. A field that changes neither what is
// asked nor what is listed is one.
func filterCases() []testCase {
	field := func(name string, set func(q *lead.Query)) testCase {
		return testCase{
			name: "Query." + name + " changes the search or is named as unfiltered",
			run: func(k *kit) {
				if k.web.site.FiltersItself {
					return
				}
				k.serve(leadsOf(1, 12), 10)
				search := func(q lead.Query) (string, []lead.Lead, []string) {
					k.web.forget()
					k.unfiltered = nil
					leads, _, err := k.search(k.Context(), q)
					if err != nil {
						k.Errorf("search: %v", err)
					}
					return k.web.asked(), leads, k.unfiltered
				}
				plain := lead.Query{Keywords: userWord}
				if name == "Keywords" {
					plain.Keywords = ""
				}
				q := plain
				set(&q)
				asked, listed, _ := search(plain)
				askedNow, listedNow, unfiltered := search(q)
				if asked == askedNow && len(listed) == len(listedNow) && !slices.Contains(unfiltered, name) {
					k.Errorf("Query.%s changes neither the request nor the result: filter by it, or yield a "+
						"*scraper.UnfilteredError that names it once, before the first lead", name)
				}
			},
		}
	}
	return []testCase{
		field("Keywords", func(q *lead.Query) { q.Keywords = "axolotl" }),
		field("Location", func(q *lead.Query) { q.Location = "Reykjavik" }),
		field("Remote", func(q *lead.Query) { q.Remote = true }),
		field("PostedWithin", func(q *lead.Query) { q.PostedWithin = 1 }),
		field("JobTypes", func(q *lead.Query) { q.JobTypes = []string{lead.Volunteer} }),
		field("Experience", func(q *lead.Query) { q.Experience = []string{lead.ExperienceExecutive} }),
		field("EasyApply", func(q *lead.Query) { q.EasyApply = true }),
	}
}
