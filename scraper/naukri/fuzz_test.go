package naukri_test

import (
	"errors"
	"slices"
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

// typed fails unless an answer that cannot be used is one of these errors.
func typed(t *testing.T, err error, classes ...error) {
	t.Helper()
	if err != nil && !slices.ContainsFunc(classes, func(class error) bool { return errors.Is(err, class) }) {
		t.Fatalf("error %v", err)
	}
}

func FuzzSearch(f *testing.F) {
	addPages(f, "nk-search", "blocked")
	f.Fuzz(func(t *testing.T, page []byte) {
		l, err := naukri.ParseSearch(page, now)
		typed(t, err, scraper.ErrMarkup, scraper.ErrBlocked)
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
		typed(t, err, scraper.ErrPosting, scraper.ErrGone, scraper.ErrBlocked)
		if err == nil && !p.Closed && p.Data.Description == "" {
			t.Fatal("a posting without text")
		}
	})
}
