package naukri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const (
	// maxPages is where a search ends that the board does not end.
	maxPages = 1000
	// maxStale is how many pages in a row may hold nothing but repeats before the list is taken to be at its end.
	maxStale = 3
)

// Search lists the jobs that match q, each once, fetching a page when the one before it was consumed. It asks the JSON
// search for the first page, and where that is refused or not understood the page for people; the rest is asked of the one
// that answered. Jobs whose card could not be read are a [*scraper.CardError] and the list goes on.
//
// It ends where the board's list does; with [scraper.ErrCapped] as the last error if the board shows fewer jobs than it says
// there are, or only repeats itself; and with another error, a [*scraper.PageError], if a page could not be used. A first
// page without jobs is an error unless it says that nothing was found.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		if err := q.Validate(); err != nil {
			yield(lead.Lead{}, fmt.Errorf("naukri: search: %w", err))
			return
		}
		w := walk{Scraper: s, q: q, found: map[string]bool{}, yield: yield}
		if q.PostedWithin > 0 {
			w.after = s.now().Add(-q.PostedWithin).Add(-24 * time.Hour) // the board counts in days
		}
		for page := 1; !w.done; page++ {
			list, err := w.fetch(ctx, page)
			if err != nil {
				w.fail(fmt.Errorf("naukri: search: %w", err))
				return
			}
			w.take(ctx, page, list)
		}
	}
}

// A walk is one search under way.
type walk struct {
	*Scraper
	q     lead.Query
	after time.Time // jobs older than this are not yielded; zero: any age
	json  bool      // the JSON search answered the first page
	at    string    // what errors call the page
	found map[string]bool
	seen  int // cards, repeats and unreadable ones included
	sent  int
	stale int // pages in a row without a new job
	done  bool
	yield func(lead.Lead, error) bool
}

func (w *walk) fail(err error) {
	w.done = true
	w.yield(lead.Lead{}, err)
}

func (w *walk) capped(reason string) {
	w.fail(fmt.Errorf("naukri: search: %w", &scraper.PageError{URL: w.at, Status: http.StatusOK, Reason: reason, Err: scraper.ErrCapped}))
}

// fetch gets a page of the search from the face of the board that answers.
func (w *walk) fetch(ctx context.Context, page int) (listing, error) {
	var refused error
	if w.json || page == 1 && !w.noSearchJSON.Load() {
		w.at = w.base.String() + searchJSONPath
		l, err := w.ask(ctx, w.searchJSON(w.q, page), jsonHeader(searchApp))
		if err == nil || w.json || !worthAnotherTry(err) || ctx.Err() != nil {
			w.json = err == nil
			return l, err
		}
		refused = err
	}
	w.at = w.base.String() + "/KEYWORDS-jobs-in-PLACE"
	l, err := w.ask(ctx, w.searchPage(w.q, page), pageHeader())
	if refused == nil {
		return l, err
	}
	if err == nil {
		w.noSearchJSON.Store(true)
	}
	return l, both(err, refused, "the JSON search")
}

// ask gets one answer and reads it. Its errors name w.at instead of the address, whose path holds the user's words.
func (w *walk) ask(ctx context.Context, address string, header http.Header) (listing, error) {
	answer, err := w.fetchAnswer(ctx, address, header)
	if err != nil {
		pe, ok := errors.AsType[*scraper.PageError](err)
		if ok && errors.Is(err, scraper.ErrGone) { // it is said of a job, and this is a search
			return listing{}, &scraper.PageError{URL: w.at, Status: pe.Status, Reason: "the board has no search at this address", Err: scraper.ErrMarkup}
		}
		if ok && pe.URL == address {
			shown := *pe
			shown.URL = w.at
			err = &shown
		}
		return listing{}, err
	}
	l, err := w.parse.listing(answer.Body, w.base, w.now())
	if err != nil {
		return listing{}, asPageError(err, w.at, answer.Status)
	}
	if len(l.cards) == 0 && !l.none && w.seen == 0 {
		return listing{}, &scraper.PageError{URL: w.at, Status: answer.Status, Reason: "says that there are jobs, and lists none", Err: scraper.ErrMarkup}
	}
	return l, nil
}

// take yields a page's cards and decides whether another page is to be fetched.
func (w *walk) take(ctx context.Context, page int, l listing) {
	fresh, readable := 0, 0
	for i, c := range l.cards {
		if err := context.Cause(ctx); err != nil {
			w.fail(fmt.Errorf("naukri: search: %w", &scraper.PageError{URL: w.at, Err: err}))
			return
		}
		if c.reason != "" {
			if !w.yield(lead.Lead{}, &scraper.CardError{URL: w.at, Index: i, Reason: c.reason}) {
				w.done = true
				return
			}
			continue
		}
		readable++
		if w.found[c.lead.ExternalID] {
			continue
		}
		w.found[c.lead.ExternalID] = true
		fresh++
		if !w.wants(c) {
			continue
		}
		if w.sent++; !w.yield(c.lead, nil) || w.sent == w.q.Limit {
			w.done = true
			return
		}
	}
	if w.seen == 0 && readable == 0 && len(l.cards) > 0 {
		w.fail(fmt.Errorf("naukri: search: %w", &scraper.PageError{URL: w.at, Status: http.StatusOK, Reason: "none of the page's cards could be read", Err: scraper.ErrMarkup}))
		return
	}
	w.seen += len(l.cards)
	if w.stale++; fresh > 0 {
		w.stale = 0
	}
	w.next(page, l)
}

// next decides whether the walk goes on.
func (w *walk) next(page int, l listing) {
	switch {
	case l.cut:
		w.fail(fmt.Errorf("naukri: search: %w", brokenOff(w.at)))
	case len(l.cards) == 0:
		w.done = true
		if l.total > w.seen+pageSize {
			w.capped(fmt.Sprintf("it says that there are %d jobs and lists %d; ask narrower questions to see others", l.total, w.seen))
		}
	case l.last, l.total > 0 && len(w.found) >= l.total:
		w.done = true
	case w.stale >= maxStale:
		w.capped("its pages repeat what was listed before")
	case page >= maxPages:
		w.capped(fmt.Sprintf("the search goes on after %d pages; ask narrower questions", maxPages))
	}
}

// wants reports whether q asks for a card. What a card does not say does not exclude it.
func (w *walk) wants(c card) bool {
	if !w.after.IsZero() && !c.lead.PostedAt.IsZero() && c.lead.PostedAt.Before(w.after) {
		return false
	}
	y, ok := parseYears(c.experience)
	return !ok || y.fits(w.q.Experience)
}

// brokenOff is a page of which only a part arrived, although the answer looked whole. That is the network's failure and says
// nothing about the board, so it is a net.Error.
func brokenOff(at string) error {
	return &scraper.PageError{URL: at, Status: http.StatusOK, Reason: "the page breaks off; try again later", Err: &url.Error{Op: "read", URL: "page", Err: io.ErrUnexpectedEOF}}
}
