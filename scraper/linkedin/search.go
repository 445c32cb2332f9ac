package linkedin

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const (
	// maxListed is how many jobs the board lists of one search, whatever it says there are
	// (https://github.com/tomquirk/linkedin-api/issues/118).
	maxListed = 1000
	// maxStale is how many pages in a row may hold nothing but repeats before the list is taken to be at its end.
	maxStale = 3
)

// Search lists the jobs that match q, each once, fetching a page when the one before it was consumed. The offset advances by
// the cards that were seen, repeats included, because the board's pages have no fixed size. Jobs whose card could not be
// read are a [*scraper.CardError] and the list goes on.
//
// It ends where the board's list does; with [scraper.ErrCapped] as the last error if the board listed no more than it ever
// does, refuses the offset, or only repeats itself; and with another error, a [*scraper.PageError], if a page could not be
// used. A first page without cards is [scraper.ErrMarkup] unless it says that nothing was found.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		if err := q.Validate(); err != nil {
			yield(lead.Lead{}, fmt.Errorf("linkedin: search: %w", err))
			return
		}
		w := walk{limit: q.Limit, found: map[string]bool{}, yield: yield}
		for !w.done {
			page := s.searchURL(q, w.seen)
			list, err := s.list(ctx, page, w.seen > 0)
			if err != nil {
				w.fail(fmt.Errorf("linkedin: search: %w", err))
				return
			}
			w.take(ctx, page, list)
		}
	}
}

// A walk is one search under way.
type walk struct {
	limit int // leads at most; 0: all
	seen  int // cards on the pages so far: the next page's offset
	found map[string]bool
	stale int // pages in a row without a new job
	done  bool
	yield func(lead.Lead, error) bool
}

func (w *walk) fail(err error) {
	w.done = true
	w.yield(lead.Lead{}, err)
}

// take yields a page's cards and decides whether another page is to be fetched.
func (w *walk) take(ctx context.Context, page string, list listing) {
	if len(list.cards) == 0 {
		w.done = true
		if w.seen >= maxListed {
			w.capped(page, "it lists no more than 1,000 jobs of a search; ask narrower questions to see others")
		}
		return
	}
	fresh, readable := 0, 0
	for i, c := range list.cards {
		if err := context.Cause(ctx); err != nil {
			w.fail(fmt.Errorf("linkedin: search: %w", err))
			return
		}
		if c.lead.ExternalID != "" {
			readable++
			if !w.found[c.lead.ExternalID] {
				w.found[c.lead.ExternalID] = true
				fresh++
				if !w.yield(c.lead, nil) || len(w.found) == w.limit {
					w.done = true
					return
				}
			}
		}
		if c.reason != "" && !w.yield(lead.Lead{}, &scraper.CardError{URL: page, Index: i, Reason: c.reason}) {
			w.done = true
			return
		}
	}
	if w.seen == 0 && readable == 0 && !list.cut {
		w.fail(fmt.Errorf("linkedin: search: %w", &scraper.PageError{URL: page, Status: http.StatusOK, Reason: "none of the page's cards could be read", Err: scraper.ErrMarkup}))
		return
	}
	w.next(page, list, fresh)
}

// next moves the offset on, or ends the walk.
func (w *walk) next(page string, list listing, fresh int) {
	read := len(list.cards)
	if list.cut && list.cards[read-1].lead.ExternalID == "" { // the next page begins with it
		read--
	}
	w.seen += read
	if w.stale++; fresh > 0 {
		w.stale = 0
	}
	switch {
	case read == 0:
		w.fail(fmt.Errorf("linkedin: search: %w", brokenOff(page)))
	case len(w.found) >= maxListed, w.seen >= maxListed && w.stale > 0, w.seen >= 2*maxListed:
		w.capped(page, "it lists no more than 1,000 jobs of a search; ask narrower questions to see others")
	case w.stale >= maxStale:
		w.capped(page, "its pages repeat what was listed before")
	}
}

func (w *walk) capped(page, reason string) {
	w.fail(fmt.Errorf("linkedin: search: %w", &scraper.PageError{URL: page, Status: http.StatusOK, Reason: reason, Err: scraper.ErrCapped}))
}

// list fetches and reads one page of a search. A listing without cards is the end of the list, and never a page that could
// not be read. later: pages with cards came before this one.
func (s *Scraper) list(ctx context.Context, page string, later bool) (listing, error) {
	answer, err := s.get(ctx, page)
	if err != nil {
		e, ok := errors.AsType[*scraper.PageError](err)
		switch {
		case ok && later && e.Status == http.StatusBadRequest:
			return listing{}, &scraper.PageError{URL: page, Status: e.Status, Reason: "the board lists nothing at this offset", Err: scraper.ErrCapped}
		case ok && errors.Is(err, scraper.ErrGone): // it is said of a job, and this is a search
			return listing{}, &scraper.PageError{URL: page, Status: e.Status, Reason: "the board has no search at this address", Err: scraper.ErrMarkup}
		}
		return listing{}, err
	}
	list := s.parse.listing(answer.URL, answer.Body)
	if len(list.cards) > 0 || list.none || later && list.blank && !list.cut {
		return list, nil
	}
	bad := &scraper.PageError{URL: page, Status: answer.Status, Err: scraper.ErrMarkup}
	switch reason, walled := wall(answer.Body); {
	case walled:
		bad.Err, bad.Reason = scraper.ErrBlocked, reason
	case later && list.cut:
		return listing{}, brokenOff(page)
	case list.blank:
		bad.Reason = "an empty first page, which says neither that there are jobs nor that there are none; check the query's location, or try again later"
	default:
		bad.Reason = "a page without job cards, and without a notice that nothing was found"
	}
	return listing{}, bad
}
