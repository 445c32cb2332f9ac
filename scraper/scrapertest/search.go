package scrapertest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

func sourceCases() []testCase {
	return []testCase{
		{name: "the name is a valid key and never changes", run: func(k *kit) {
			source := k.board.Source()
			if err := (lead.Key{Source: source, ExternalID: "1"}).Validate(); err != nil {
				k.Errorf("Source() is %q: %v", source, err)
			}
			k.serve(leadsOf(1, 3))
			k.find(query(), leadsOf(1, 3))
			k.equal(k.board.Source(), source, "Source() after a search")
		}},
		{name: "leads carry the name of the board", run: func(k *kit) {
			k.serve(leadsOf(1, 3))
			for _, l := range k.find(query(), leadsOf(1, 3)) {
				k.equal(l.Source, k.board.Source(), "source of a lead")
			}
		}},
	}
}

func searchCases() []testCase {
	cases := []testCase{
		{name: "a card's fields are the lead's", run: func(k *kit) {
			want := leadsOf(1, 10)
			k.serve(want)
			shown := k.shown()
			at := make(map[string]string)
			for _, l := range k.find(query(), want) {
				k.fieldsOfOne(l, want)
				for _, f := range shown {
					if f.blank(l) {
						k.Errorf("%s of job %s is blank, and Site.List renders it", f.name, l.ExternalID)
					}
				}
				if other, ok := at[l.URL]; ok && other != l.ExternalID {
					k.Errorf("jobs %s and %s have one URL, %s: a lead's URL is that of its own advert",
						other, l.ExternalID, l.URL)
				}
				at[l.URL] = l.ExternalID
			}
			k.asked()
		}},
		{name: "a full last page ends the search", run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			k.find(query(), leadsOf(1, 30))
			k.asked()
		}},
		{name: "one job is one lead", run: func(k *kit) {
			k.serve(leadsOf(1, 1))
			k.find(query(), leadsOf(1, 1))
			k.asked()
		}},
		{name: "nothing found is no lead and no error", run: func(k *kit) {
			k.serve(nil)
			k.find(query(), nil)
			k.asked()
		}},
		{name: "the zero query is one too", run: func(k *kit) {
			k.serve(leadsOf(1, 12), 10)
			k.find(lead.Query{}, leadsOf(1, 12))
		}},
		{name: "jobs that are repeated on the next page are listed once", run: func(k *kit) {
			var cards []lead.Lead
			// a new job on top of the list moves the last one of each page to the next page
			for page := range 8 {
				cards = append(cards, leadsOf(page*9, 10)...)
			}
			k.serve(cards, 10)
			k.find(query(), leadsOf(0, 73))
			k.asked()
		}},
		{name: "a page of repeats alone does not end the search", run: func(k *kit) {
			cards := append(leadsOf(1, 10), leadsOf(1, 10)...)
			k.serve(append(cards, leadsOf(11, 10)...), 10)
			k.find(query(), leadsOf(1, 20))
			k.asked()
		}},
		{name: "a job that stands twice on a page is listed once", run: func(k *kit) {
			cards := leadsOf(1, 10)
			k.serve(append(append(cards[:3:3], cards[0], cards[1]), cards[3:]...), 12)
			k.find(query(), leadsOf(1, 10))
		}},
		{name: "the same search lists the same jobs again", run: func(k *kit) {
			k.serve(leadsOf(1, 15), 10)
			k.find(query(), leadsOf(1, 15))
			k.find(query(), leadsOf(1, 15))
		}},
		{name: "pages are fetched as they are consumed", run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			n := 0
			k.each(k.board.Search(k.Context(), query()), func(_ lead.Lead, err error) bool {
				if err != nil {
					k.Errorf("search: %v", err)
					return false
				}
				if n++; n == 10 {
					k.equal(k.web.requests(), 1, "requests for the ten jobs of the first page")
				}
				return true
			})
		}},
		{name: "nothing is requested before the sequence is consumed", run: func(k *kit) {
			k.serve(leadsOf(1, 3))
			_ = k.board.Search(k.Context(), query())
			k.equal(k.web.requests(), 0, "requests")
		}},
	}
	for _, sizes := range [][]int{{7}, {10}, {11}, {25}, {10, 3, 25, 7, 1}} {
		cases = append(cases, testCase{
			name: fmt.Sprintf("every job is listed once from pages of %v cards", sizes),
			run: func(k *kit) {
				k.serve(leadsOf(1, 300), sizes...)
				k.find(query(), leadsOf(1, 300))
				k.asked()
			},
		})
	}
	return cases
}

// An optional field of a lead is one that not every board's cards show.
type optional struct {
	name  string
	blank func(l lead.Lead) bool
	clear func(l *lead.Lead)
}

var optionals = []optional{
	{"company", func(l lead.Lead) bool { return l.Company == "" }, func(l *lead.Lead) { l.Company = "" }},
	{"location", func(l lead.Lead) bool { return l.Location == "" }, func(l *lead.Lead) { l.Location = "" }},
	{
		"date", func(l lead.Lead) bool { return l.PostedAt.IsZero() },
		func(l *lead.Lead) { l.PostedAt = l.PostedAt.AddDate(0, 0, -9) },
	},
}

// shown returns the optional fields that Site.List renders: without them, the page is another.
func (k *kit) shown() (fields []optional) {
	render := func(l lead.Lead) []byte { return k.web.site.List(List{Cards: []lead.Lead{l}, Total: 1}) }
	page := render(leadOf(1))
	if !bytes.Equal(page, render(leadOf(1))) {
		return nil // no page is like another
	}
	for _, f := range optionals {
		without := leadOf(1)
		f.clear(&without)
		if !bytes.Equal(page, render(without)) {
			fields = append(fields, f)
		}
	}
	return fields
}

// fieldsOfOne compares a lead with the card of the same id, if there is one.
func (k *kit) fieldsOfOne(got lead.Lead, cards []lead.Lead) {
	k.Helper()
	same := func(c lead.Lead) bool { return c.ExternalID == got.ExternalID }
	if i := slices.IndexFunc(cards, same); i >= 0 {
		k.fields(got, cards[i])
	}
}

// fields compares a lead with the card that it was read from. Company, place and date may be blank:
// not every board's cards show them.
func (k *kit) fields(got, want lead.Lead) {
	k.Helper()
	got = got.Clean()
	if err := got.Validate(); err != nil {
		k.Errorf("job %s: the lead is not valid: %v", want.ExternalID, err)
	}
	k.equal(got.Title, lead.CleanLine(want.Title), "title of job "+want.ExternalID)
	if got.Company != "" {
		k.equal(got.Company, lead.CleanLine(want.Company), "company of job "+want.ExternalID)
	}
	if got.Location != "" {
		k.equal(got.Location, lead.CleanLine(want.Location), "location of job "+want.ExternalID)
	}
	const day = "2006-01-02"
	if !got.PostedAt.IsZero() {
		k.equal(got.PostedAt.Format(day), want.PostedAt.Format(day), "date of job "+want.ExternalID)
	}
	if u, err := url.Parse(got.URL); err != nil || u.Host == "" {
		k.Errorf("job %s: URL %q is not absolute", want.ExternalID, got.URL)
	}
}

func limitCases() []testCase {
	limited := func(limit, jobs, want, pages int) testCase {
		return testCase{
			name: fmt.Sprintf("%d of %d jobs are listed from %d pages", limit, jobs, pages),
			run: func(k *kit) {
				k.serve(leadsOf(1, jobs), 10)
				q := query()
				q.Limit = limit
				leads, _, err := k.search(k.Context(), q)
				if err != nil {
					k.Errorf("search: %v", err)
				}
				k.equal(len(leads), want, "leads")
				if got := k.web.requests(); got > pages {
					k.Errorf("%d requests for what stands on %d pages", got, pages)
				}
			},
		}
	}
	return []testCase{
		limited(1, 30, 1, 1),
		limited(10, 30, 10, 1),
		limited(11, 30, 11, 2),
		limited(25, 40, 25, 3),
		limited(100, 12, 12, 3),
	}
}

func cardCases() []testCase {
	without := func(leads []lead.Lead, broken ...int) []lead.Lead {
		leads = slices.Clone(leads)
		for _, i := range broken {
			leads[i].Title = ""
		}
		return leads
	}
	return []testCase{
		{name: "a card without a title costs neither its page nor the next one", run: func(k *kit) {
			k.serve(without(leadsOf(1, 25), 0, 4, 13), 10)
			leads, skipped, err := k.search(k.Context(), query())
			if err != nil {
				k.Errorf("search: %v", err)
			}
			want := leadsOf(1, 25)
			want = slices.Delete(want, 13, 14)
			want = slices.Delete(want, 4, 5)
			want = slices.Delete(want, 0, 1)
			k.lists(leads, want)
			k.equal(len(skipped), 3, "cards that were reported as unreadable")
			for _, err := range skipped {
				k.discreet(err, "a card without a title")
			}
			k.asked()
		}},
		{name: "unreadable cards do not use up the limit", run: func(k *kit) {
			k.serve(without(leadsOf(1, 25), 0, 1, 2), 10)
			q := query()
			q.Limit = 10
			leads, _, err := k.search(k.Context(), q)
			if err != nil {
				k.Errorf("search: %v", err)
			}
			k.lists(leads, leadsOf(4, 10))
		}},
		{name: "a first page of unreadable cards alone is markup that is not known", run: func(k *kit) {
			k.serve(without(leadsOf(1, 10), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 10)
			leads, _, err := k.search(k.Context(), query())
			k.lists(leads, nil)
			k.refused(err, scraper.ErrMarkup, "no card could be read")
		}},
		{name: "titles in every script and with markup in them arrive as written", run: func(k *kit) {
			titles := []string{
				`C++ & C# <Engineer> "Senior" 'Lead'`,
				"مهندس برمجيات",
				"软件工程师",
				"Ingénieur·e d’études",
				"👩‍💻 Engineer",
				"</script><script>alert(1)</script>",
				"{{.Title}} ${title} %s",
				`back\slash`,
				"&amp; stays &lt;so&gt;",
				"tab\tand\nline",
			}
			cards := leadsOf(1, len(titles))
			for i := range titles {
				cards[i].Title = titles[i]
			}
			k.serve(cards, 4)
			for _, l := range k.find(query(), cards) {
				k.fieldsOfOne(l, cards)
			}
		}},
		{name: "an endless title does not cost the other cards", run: func(k *kit) {
			cards := leadsOf(1, 10)
			long := make([]byte, 100_000)
			for i := range long {
				long[i] = 'x'
			}
			cards[3].Title = string(long)
			k.serve(cards)
			var listed []lead.Lead
			k.each(k.board.Search(k.Context(), query()), func(l lead.Lead, err error) bool {
				switch {
				case err != nil && !errors.Is(err, scraper.ErrCard):
					k.Errorf("search: %v", err)
				case err == nil && l.ExternalID != cards[3].ExternalID:
					listed = append(listed, l)
				}
				return true
			})
			k.lists(listed, slices.Delete(cards, 3, 4))
		}},
	}
}
