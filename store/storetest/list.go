package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// titles returns what is listed, by title.
func (k *kit) titles(user string, f store.Filter) string {
	k.Helper()
	entries, _ := k.list(user, f)
	var titles []string
	for _, e := range entries {
		titles = append(titles, e.Lead.Title)
	}
	return strings.Join(titles, ", ")
}

// titled returns lead n with a title and a company.
func titled(n int, title, company string) lead.Lead {
	l := leadOf(n)
	l.Title, l.Company = title, company
	return l
}

var listCases = []testCase{
	{"an empty listing is no error", func(k *kit) {
		entries, next := k.list(ada, store.Filter{})
		k.equal(len(entries), 0, "entries")
		k.equal(next, "", "next")
	}},
	{"the best score comes first, then the newest, and what has no score last", func(k *kit) {
		for n, score := range []int{40, 90, 60, 90} {
			k.decide(ada, n, match(score, "Text."))
		}
		k.sync(ada, leadsOf(4, 2)...)
		k.equal(
			k.titles(ada, every()),
			"Engineer 000003, Engineer 000001, Engineer 000002, Engineer 000000, Engineer 000005, "+
				"Engineer 000004",
			"order",
		)
	}},
	{"the zero filter lists matches and marks but no junk and nothing dismissed", func(k *kit) {
		k.decide(ada, 1, match(90, "Text."))
		k.decide(ada, 2, reject(10))
		k.mark(ada, k.decide(ada, 3, match(80, "Text.")).ID, lead.Applied)
		k.mark(ada, k.decide(ada, 4, match(70, "Text.")).ID, lead.Dismissed)
		k.mark(ada, k.decide(ada, 5, match(60, "Text.")).ID, "OFFER")
		for n, o := range []lead.Status{lead.Failed, lead.Closed} {
			k.sync(ada, leadOf(6+n))
			k.release(ada, k.take(ada).Lease, store.Outcome{Status: o})
		}
		k.sync(ada, leadOf(8))
		k.equal(k.titles(ada, store.Filter{}), "Engineer 000001, Engineer 000003, Engineer 000005", "listed")
	}},
	{"the zero filter lists no junk and nothing that waits, failed or is closed", func(k *kit) {
		k.decide(ada, 1, match(90, "Text."))
		k.decide(ada, 2, reject(10))
		for n, o := range []lead.Status{lead.Failed, lead.Closed} {
			k.sync(ada, leadOf(3+n))
			k.release(ada, k.take(ada).Lease, store.Outcome{Status: o})
		}
		k.sync(ada, leadOf(5))
		k.equal(k.titles(ada, store.Filter{}), "Engineer 000001", "listed")
	}},
	{"named statuses are listed and no others", func(k *kit) {
		k.decide(ada, 1, match(90, "Text."))
		k.decide(ada, 2, reject(10))
		k.sync(ada, leadOf(3))
		k.equal(k.titles(ada, store.Filter{Statuses: []lead.Status{lead.AutoRejected}}), "Engineer 000002",
			"rejected")
		k.equal(k.titles(ada, store.Filter{Statuses: []lead.Status{lead.Discovered, lead.Matched}}),
			"Engineer 000001, Engineer 000003", "two statuses")
		k.equal(k.titles(ada, store.Filter{Statuses: []lead.Status{"NOTHING"}}), "",
			"a status that no job has")
	}},
	{"a rejected job is listed without the text that another user brought", func(k *kit) {
		k.decide(bob, 1, match(90, "Text."))
		j := k.decide(ada, 1, reject(10))
		if k.entry(ada, j.ID).Data != nil {
			k.Error("a rejected job is listed with text")
		}
	}},
	{"a listing without text has all the rest", func(k *kit) {
		easy := true
		m := match(90, "Text.")
		m.Data.Requirements, m.Data.IsEasyApply = "Go", &easy
		m.Data.Attributes = map[string]string{enrich.AttrSalary: "1 €"}
		k.decide(ada, 1, m)
		k.decide(bob, 1, reject(10))
		k.sync(ada, leadOf(2))
		f := every()
		whole, _ := k.list(ada, f)
		f.WithoutText = true
		listed, _ := k.list(ada, f)
		k.equal(len(listed), 2, "entries")
		d := nth(k, listed, 0).Data
		if d == nil || d.Description != "" || d.Requirements != "" {
			k.Fatalf("data without text: %+v", d)
		}
		rest := k.data(nth(k, whole, 0).Data)
		rest.Description, rest.Requirements = "", ""
		k.equal(d, &rest, "the rest of the data")
		k.equal(nth(k, listed, 0).Assessment, nth(k, whole, 0).Assessment, "assessment")
		if nth(k, listed, 1).Data != nil {
			k.Error("a job without data is listed with some")
		}
		f.Statuses = []lead.Status{lead.AutoRejected}
		if rejected, _ := k.list(bob, f); len(rejected) != 1 || rejected[0].Data != nil {
			k.Errorf("rejected: %+v", rejected)
		}
	}},
	{"a listing changes nothing, with or without text", func(k *kit) {
		k.decide(ada, 1, match(90, "Text."))
		k.decide(bob, 1, reject(10))
		before, _ := k.list(ada, every())
		f := every()
		f.WithoutText = true
		k.list(ada, f)
		k.list(bob, every())
		k.advance(lease)
		after, _ := k.list(ada, every())
		k.equal(after, before, "the listing after others")
		k.idle(ada, "a listing makes nothing due")
	}},
	{"what a caller does to an answer or an argument changes nothing that is stored", func(k *kit) {
		easy := true
		d := match(90, "Text.")
		d.Assessment.MissingSkills = []string{"Rust"}
		d.Data.IsEasyApply, d.Data.Attributes = &easy, map[string]string{enrich.AttrSalary: "1"}
		leads := leadsOf(1, 2)
		k.sync(ada, leads...)
		leads[0].Title = "Overwritten"
		spoil := func(d *enrich.Data) {
			if d != nil && d.IsEasyApply != nil {
				*d.IsEasyApply = false
				d.Description, d.Attributes[enrich.AttrSalary] = "Overwritten.", "0"
			}
		}
		k.record(ada, k.take1(ada).Lease, d)
		before, _ := k.list(ada, every())
		spoil(d.Data)
		d.Assessment.MissingSkills[0] = "Overwritten"
		k.sync(bob, leadOf(1))
		spoil(k.take(bob).Data)
		again, _ := k.list(ada, every())
		k.equal(again, before, "the listing after arguments and a claimed job were overwritten")
		for _, e := range again {
			spoil(e.Data)
			if e.Assessment != nil {
				e.Assessment.MissingSkills[0] = "Overwritten"
			}
		}
		after, _ := k.list(ada, every())
		e := nth(k, after, 0)
		want := map[string]string{enrich.AttrSalary: "1"}
		k.equal(k.data(e.Data).Attributes, want, "attributes after a listing was overwritten")
		k.equal(k.assessed(e).MissingSkills, []string{"Rust"}, "skills after a listing was overwritten")
	}},
	{"text finds titles and companies in either case and takes nothing for a wildcard", func(k *kit) {
		k.sync(ada, titled(1, "Go Developer", "Blue Barn"), titled(2, "Baker", "GOLD & Sons"),
			titled(3, "100% Remote", "A_B"), titled(4, "Cook", "AXB"))
		find := func(text string) string {
			f := every()
			f.Text = text
			return k.titles(ada, f)
		}
		k.equal(find("go"), "Baker, Go Developer", "go")
		k.equal(find("DEVELOP"), "Go Developer", "DEVELOP")
		k.equal(find("% r"), "100% Remote", "% r")
		k.equal(find("a_b"), "100% Remote", "a_b")
		k.equal(find("%"), "100% Remote", "%")
		k.equal(find("'; --"), "", "quotes")
		k.equal(find("blue  barn"), "", "two spaces")
	}},
	{"a least score leaves out what is below it and what has none", func(k *kit) {
		for n, score := range []int{40, 70, 90} {
			k.decide(ada, n, match(score, "Text."))
		}
		k.sync(ada, leadOf(3))
		f := every()
		f.MinScore = 70
		k.equal(k.titles(ada, f), "Engineer 000002, Engineer 000001", "70 and more")
		f.MinScore = 1
		k.equal(k.titles(ada, f), "Engineer 000002, Engineer 000001, Engineer 000000", "any score")
	}},
	{"pages are complete, in order, without repeats, and end", func(k *kit) {
		const n = 23
		for i := range n {
			k.decide(ada, i, match(30+i/3, "Text."))
		}
		k.sync(ada, leadsOf(n, 4)...)
		f := every()
		all := k.titles(ada, f)
		for _, size := range []int{1, 4, 9, 27, 28} {
			f.Limit, f.Cursor = size, ""
			var pages []string
			again := k.atMost(n+4+1, "pages: the cursor of the last page must be empty")
			for {
				again()
				entries, next := k.list(ada, f)
				if len(entries) == 0 {
					k.Fatalf("an empty page of %d", size)
				}
				for _, e := range entries {
					pages = append(pages, e.Lead.Title)
				}
				if next == "" {
					break
				}
				if len(entries) != size {
					k.Fatalf("a page of %d entries, want %d", len(entries), size)
				}
				f.Cursor = next
			}
			k.equal(strings.Join(pages, ", "), all, fmt.Sprintf("pages of %d", size))
		}
	}},
	{"what is decided between two pages moves neither", func(k *kit) {
		for i := range 6 {
			k.decide(ada, i, match(50+i, "Text."))
		}
		f := store.Filter{Limit: 3}
		first, next := k.list(ada, f)
		k.decide(ada, 10, match(99, "Text."))
		f.Cursor = next
		second, _ := k.list(ada, f)
		k.equal(nth(k, first, 2).Lead.Title, "Engineer 000003", "last of the first page")
		k.equal(nth(k, second, 0).Lead.Title, "Engineer 000002", "first of the second page")
	}},
	{"a page has fifty entries where nothing else is asked", func(k *kit) {
		k.sync(ada, leadsOf(1, store.DefaultPage+1)...)
		f := every()
		f.Limit = 0
		entries, next := k.list(ada, f)
		k.equal(len(entries), store.DefaultPage, "entries")
		k.equal(next != "", true, "there is a next page")
	}},
	{"filters that break the contract are refused", func(k *kit) {
		for _, c := range []struct {
			name   string
			filter store.Filter
		}{
			{"a negative limit", store.Filter{Limit: -1}},
			{"a large limit", store.Filter{Limit: store.MaxPage + 1}},
			{"a negative score", store.Filter{MinScore: -1}},
			{"a large score", store.Filter{MinScore: 101}},
			{"a cursor", store.Filter{Cursor: "x"}},
			{"a forged cursor", store.Filter{Cursor: "1000.1"}},
			{"a status", store.Filter{Statuses: []lead.Status{"matched"}}},
			{"a text with a NUL", store.Filter{Text: "a\x00"}},
			{"a long text", store.Filter{Text: strings.Repeat("x", 1000)}},
		} {
			k.each(c.name, func(k *kit) {
				_, _, err := ability[forge.Lister](k, ada).List(k.Context(), c.filter)
				k.fails(err, store.ErrInvalid, "list")
			})
		}
	}},
	{"an entry carries the lead", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		e := k.entry(ada, ref.ID)
		k.equal(e.Lead, leadOf(1), "lead")
		k.equal(e.UpdatedAt, k.Now(), "updated at")
		if e.Assessment != nil || e.Data != nil {
			k.Error("a job that nobody looked at has a assessment or text")
		}
	}},
	{"times are in UTC and whole microseconds, whatever the clock says", func(k *kit) {
		k.advance(1999 * time.Nanosecond)
		id := k.syncOne(ada, leadOf(1)).ID
		now := k.Now().Truncate(time.Microsecond)
		k.equal(k.entry(ada, id).DueAt, now, "due, new")
		j := k.take(ada)
		k.equal(k.entry(ada, id).DueAt, now.Add(lease), "due, claimed")
		k.record(ada, j.Lease, match(80, "Text."))
		k.equal(k.entry(ada, id).UpdatedAt, now, "updated at")
	}},
	{"stats count by status and by score", func(k *kit) {
		k.decide(ada, 1, match(90, "Text."))
		k.decide(ada, 2, match(90, "Text."))
		k.decide(ada, 3, reject(0))
		k.mark(ada, k.decide(ada, 4, match(100, "Text.")).ID, lead.Applied)
		k.sync(ada, leadsOf(5, 3)...)
		k.decide(bob, 1, match(50, "Text."))
		stats, err := ability[forge.Counter](k, ada).Stats(k.Context())
		k.must(err, "stats")
		k.equal(stats.ByStatus,
			map[lead.Status]int{lead.Matched: 2, lead.AutoRejected: 1, lead.Applied: 1, lead.Discovered: 3},
			"by status")
		want := [101]int{}
		want[0], want[90], want[100] = 1, 2, 1
		k.equal(stats.Scores, want, "scores")
		stats, err = ability[forge.Counter](k, "nobody").Stats(k.Context())
		k.must(err, "stats")
		k.equal(len(stats.ByStatus), 0, "statuses of a user without jobs")
	}},
}
