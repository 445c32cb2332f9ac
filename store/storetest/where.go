package storetest

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
)

// A stated is a job of the cases about store.Where, in the order in which ids are given.
type stated struct {
	title, place, source string
	days                 int // since it was posted; 0 means that the board does not say
	score                int
	easy                 *bool
	attributes           map[string]string
	requirements         string
	missing              []string
}

// paid returns the attributes of a salary.
func paid(lo, hi, currency, unit, workplace string) map[string]string {
	m := map[string]string{}
	for _, a := range []struct{ key, value string }{
		{enrich.AttrSalaryMin, lo},
		{enrich.AttrSalaryMax, hi},
		{enrich.AttrSalaryCurrency, currency},
		{enrich.AttrSalaryPeriod, unit},
		{enrich.AttrWorkplace, workplace},
	} {
		if a.value != "" {
			m[a.key] = a.value
		}
	}
	return m
}

// narrows skips the case if the store cannot narrow a listing.
func (k *kit) narrows() {
	k.Helper()
	_, _, err := ability[forge.Lister](k, ada).List(k.Context(), store.Filter{Order: store.ByDate})
	if errors.Is(err, errors.ErrUnsupported) {
		k.Skip("the store cannot narrow a listing")
	}
}

// whereJobs gives ada five matches and one rejected job.
func whereJobs(k *kit) {
	k.narrows()
	yes, no := true, false
	for n, s := range []stated{
		{
			"Baker", "Bern", "alpha", 5, 90, &yes, paid("50000", "60000.5", "EUR", "year", "on-site"),
			"Sourdough", nil,
		},
		{
			"Cook", "Remote, Europe", "beta", 1, 40, &no, paid("30", "", "EUR", "hour", "hybrid"), "",
			[]string{"Saucier's work"},
		},
		{"Nurse", "", "alpha", 0, 70, nil, nil, "", nil},
		{"Pilot", "Paris", "beta", 9, 70, &yes, paid("9000", "90000", "USD", "year", "remote"), "", nil},
		{"Tutor", "Parma", "gamma", 20, 35, nil, paid("x", "1e9", "EUR", "year", "somewhere"), "", nil},
	} {
		l := leadOf(n)
		l.Source, l.Title, l.Location, l.PostedAt = s.source, s.title, s.place, time.Time{}
		l.URL = "https://" + s.source + ".example/" + l.ExternalID
		if s.days > 0 {
			l.PostedAt = k.Now().AddDate(0, 0, -s.days)
		}
		d := match(s.score, "The text of a "+s.title+".")
		d.Assessment.Reasoning, d.Assessment.MissingSkills = "Reason "+s.title, s.missing
		d.Data.IsEasyApply, d.Data.Attributes, d.Data.Requirements = s.easy, s.attributes, s.requirements
		ref := k.syncOne(ada, l)
		k.must(k.as(ada).Decide(k.Context(), store.Lease{ID: ref.ID}, d), "decide")
	}
	l := leadOf(7)
	l.Source, l.Title, l.Location, l.URL = "alpha", "Judge", "Oslo", "https://alpha.example/7"
	l.PostedAt = k.Now().AddDate(0, 0, -2)
	d := match(80, "The text of a Judge, with sourdough.")
	d.Data.IsEasyApply, d.Data.Attributes = &no, paid("1", "2", "EUR", "year", "hybrid")
	k.must(k.as(bob).Decide(k.Context(), store.Lease{ID: k.syncOne(bob, l).ID}, d), "decide")
	k.must(k.as(ada).Decide(k.Context(), store.Lease{ID: k.syncOne(ada, l).ID}, reject(10)), "decide")
}

// initials returns those of the titles that are listed for ada, in the order in which the jobs were added.
func (k *kit) initials(f store.Filter) string {
	k.Helper()
	entries, _ := k.list(ada, f)
	slices.SortFunc(entries, func(a, b store.Entry) int { return cmp.Compare(a.ID, b.ID) })
	initials := ""
	for _, e := range entries {
		initials += e.Lead.Title[:1]
	}
	return initials
}

var whereCases = []testCase{
	{"a listing is narrowed, and unknown is not no unless only what is stated is wanted", func(k *kit) {
		whereJobs(k)
		now := k.Now()
		for _, c := range []struct {
			name         string
			where        store.Where
			want, stated string
		}{
			{"place", store.Where{Place: "PAR"}, "NPT", "PT"},
			{"board", store.Where{Sources: []string{"beta", "gamma"}}, "CPT", "CPT"},
			{"date", store.Where{PostedAfter: now.AddDate(0, 0, -5)}, "BCNJ", "BCJ"},
			{"pay", store.Where{MinPay: 60_000, Currency: "EUR"}, "BCNPTJ", "BC"},
			{"more pay", store.Where{MinPay: 62_400, Currency: "EUR"}, "CNPTJ", "C"},
			{"most pay", store.Where{MinPay: 62_401, Currency: "EUR"}, "NPTJ", ""},
			{"dollars", store.Where{MinPay: 1, Currency: "USD"}, "BCNPTJ", "P"},
			{"easy apply", store.Where{EasyApply: true}, "BNPTJ", "BP"},
			{"remote", store.Where{Remote: true}, "CNPTJ", "CP"},
			{"below", store.Where{BelowScore: 40}, "TJ", "TJ"},
			{"changed", store.Where{UpdatedAfter: now}, "", ""},
			{"two at once", store.Where{Remote: true, Place: "par"}, "NPT", "P"},
			{"a word of the text", store.Where{Words: []string{"TEXT of a b"}}, "B", "B"},
			{"words of several places", store.Where{Words: []string{"sour", "bern"}}, "B", "B"},
			{"a missing skill", store.Where{Words: []string{"saucier's"}}, "C", "C"},
			{"the reasoning", store.Where{Words: []string{"reason n"}}, "N", "N"},
			{"a rejected job's text", store.Where{Words: []string{"sourdough"}}, "B", "B"},
			{"no wildcard", store.Where{Words: []string{"%"}}, "", ""},
		} {
			k.each(c.name, func(k *kit) {
				f := every()
				f.Where = c.where
				k.equal(k.initials(f), c.want, "listed")
				f.Where.Stated = true
				k.equal(k.initials(f), c.stated, "stated")
			})
		}
	}},
	{"the other conditions of a filter hold beside a narrowing", func(k *kit) {
		whereJobs(k)
		f := store.Filter{Where: store.Where{Place: "par"}}
		k.equal(k.titles(ada, f), "Pilot, Nurse, Tutor", "matches")
		f.MinScore = 70
		k.equal(k.titles(ada, f), "Pilot, Nurse", "70 and more")
		f.Text = "pil"
		k.equal(k.titles(ada, f), "Pilot", "with a text")
		k.equal(k.titles(bob, store.Filter{Where: store.Where{Place: "bern"}}), "", "of another user")
	}},
	{"pages of each order are complete, in order, without repeats, and end", func(k *kit) {
		whereJobs(k)
		for _, c := range []struct {
			order store.Order
			want  string
		}{
			{store.ByScore, "Baker, Pilot, Nurse, Cook, Tutor, Judge"},
			{store.ByDate, "Cook, Judge, Baker, Pilot, Tutor, Nurse"},
			{store.ByPay, "Cook, Baker, Judge, Tutor, Pilot, Nurse"},
		} {
			k.each("by "+string(c.order), func(k *kit) {
				for _, size := range []int{1, 2, 6, 7} {
					f := every()
					f.Order, f.Where.Currency, f.Limit = c.order, "EUR", size
					var pages []string
					for {
						entries, next := k.list(ada, f)
						for _, e := range entries {
							pages = append(pages, e.Lead.Title)
						}
						if next == "" || len(pages) > 6 {
							break
						}
						f.Cursor = next
					}
					k.equal(strings.Join(pages, ", "), c.want, "pages")
				}
			})
		}
	}},
	{"narrowings that break the contract are refused", func(k *kit) {
		k.narrows()
		for _, c := range []struct {
			name   string
			filter store.Filter
		}{
			{"an order", store.Filter{Order: "best"}},
			{"pay without a currency", store.Filter{Where: store.Where{MinPay: 1}}},
			{"the order of pay without a currency", store.Filter{Order: store.ByPay}},
			{"a currency", store.Filter{Where: store.Where{Currency: "euro"}}},
			{"negative pay", store.Filter{Where: store.Where{MinPay: -1, Currency: "EUR"}}},
			{"a blank word", store.Filter{Where: store.Where{Words: []string{""}}}},
			{"a long word", store.Filter{Where: store.Where{Words: []string{strings.Repeat("x", 101)}}}},
			{"a place with a NUL", store.Filter{Where: store.Where{Place: "a\x00"}}},
			{"a blank board", store.Filter{Where: store.Where{Sources: []string{""}}}},
			{"a large score", store.Filter{Where: store.Where{BelowScore: 102}}},
			{"a cursor of another order", store.Filter{Cursor: "1000000.1"}},
		} {
			k.each(c.name, func(k *kit) {
				_, _, err := ability[forge.Lister](k, ada).List(k.Context(), c.filter)
				k.fails(err, store.ErrInvalid, "list")
			})
		}
	}},
}
