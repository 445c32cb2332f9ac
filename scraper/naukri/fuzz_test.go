package naukri_test

import (
	"errors"
	"testing"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
)

func addPages(f *testing.F, kinds ...string) {
	f.Helper()
	for _, page := range ownPages(f, "*") {
		f.Add(page)
	}
	if captures.Dir(f) == "" {
		return
	}
	for _, kind := range kinds {
		for _, p := range captures.Pages(f, kind, "") {
			f.Add(p.Body(f))
		}
	}
}

// typed fails unless an answer that cannot be used is one of the two errors that a page can be.
func typed(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, scraper.ErrMarkup) && !errors.Is(err, scraper.ErrBlocked) {
		t.Fatalf("error %v", err)
	}
}

func FuzzSearch(f *testing.F) {
	addPages(f, "nk-search", "blocked")
	f.Fuzz(func(t *testing.T, page []byte) {
		l, err := naukri.ParseSearch(page, now)
		typed(t, err)
		for _, found := range l.Leads {
			if err := found.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		for _, reason := range l.Reasons {
			if reason == "" {
				t.Fatal("a card without a reason")
			}
		}
	})
}

func FuzzPosting(f *testing.F) {
	addPages(f, "nk-detail", "jsonld")
	f.Fuzz(func(t *testing.T, page []byte) {
		p, err := naukri.ParsePosting(page, now)
		typed(t, err)
		if err == nil && !p.Closed && p.Data.Description == "" {
			t.Fatal("a posting without text")
		}
	})
}

func FuzzAgeAndSalary(f *testing.F) {
	for _, s := range []string{"2 weeks ago", "30+ Days Ago", "27.5-40 Lacs PA", "1-1.5 Cr", "80,000-3 Lacs", "9,9,9.9-1e9 Cr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at := naukri.PostedAt(s, now); at.After(now) {
			t.Fatalf("%q is in the future: %v", s, at)
		}
		if _, lo, hi, _ := naukri.ParseSalary(s); lo < 0 || lo > hi {
			t.Fatalf("%q: %d to %d", s, lo, hi)
		}
	})
}
