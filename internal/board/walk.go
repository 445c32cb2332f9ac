package board

import (
	"context"
	"fmt"
	"iter"
	"net/http"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A Card is one job as a page lists it.
type Card struct {
	Lead       lead.Lead // without an id if the card could not be read
	Reason     string    // what of the card could not be read; empty: nothing
	Experience string    // "5-8 Yrs"; empty: the card does not say
}

// A Walk is one search under way. It yields each job once, and counts what the next page is asked
// for by.
type Walk struct {
	Seen  int // cards on the pages so far, repeats and unreadable ones included
	Stale int // pages in a row without a new job

	// Wants reports whether the query asks for a job. If nil, every job is yielded.
	Wants func(Card) bool

	source string
	limit  int
	found  map[string]bool
	sent   int
	done   bool
	yield  func(lead.Lead, error) bool
}

// MaxStale is how many pages in a row can hold nothing but repeats before the list is taken to be
// at its end.
const MaxStale = 3

// Search returns the sequence of a search. Each time it is consumed it calls begin, and then what
// begin returned for one page after the other, until the walk ends or a page fails. Filtered are
// the names of the fields that the board filters by.
func Search(
	source string, q lead.Query, filtered []string, begin func(w *Walk) func() error,
) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		w := &Walk{source: source, limit: q.Limit, found: map[string]bool{}, yield: yield}
		if err := q.Validate(); err != nil {
			w.fail(err)
			return
		}
		if err := scraper.Unfiltered(source, q, filtered...); err != nil && !yield(lead.Lead{}, err) {
			return
		}
		for next := begin(w); !w.done; {
			if err := next(); err != nil {
				w.fail(err)
			}
		}
	}
}

func (w *Walk) fail(err error) {
	if !w.done {
		w.done = true
		w.yield(lead.Lead{}, fmt.Errorf("%s: search: %w", w.source, err))
	}
}

// End ends the walk: the list is at its end.
func (w *Walk) End() { w.done = true }

// Done reports whether the walk has ended, because the list or the limit did, or because the
// consumer stopped.
func (w *Walk) Done() bool { return w.done }

// Found is how many different jobs were listed so far.
func (w *Walk) Found() int { return len(w.found) }

// Take yields the cards of the page at an address. A first page of which no card can be read is
// scraper.ErrMarkup, unless it was cut off.
func (w *Walk) Take(ctx context.Context, at string, cards []Card, cut bool) error {
	before, readable := len(w.found), 0
	for i, c := range cards {
		if err := context.Cause(ctx); err != nil {
			return &scraper.PageError{URL: at, Err: err}
		}
		if c.Lead.ExternalID != "" {
			readable++
			w.offer(c)
		}
		if !w.done && c.Reason != "" {
			w.done = !w.yield(lead.Lead{}, &scraper.CardError{URL: at, Index: i, Reason: c.Reason})
		}
		if w.done {
			return nil
		}
	}
	if w.Seen == 0 && readable == 0 && len(cards) > 0 && !cut {
		return &scraper.PageError{
			URL: at, Status: http.StatusOK, Reason: "none of the page's cards could be read",
			Err: scraper.ErrMarkup,
		}
	}
	w.Seen += len(cards)
	if w.Stale++; len(w.found) > before {
		w.Stale = 0
	}
	return nil
}

// offer yields a job that is new and asked for.
func (w *Walk) offer(c Card) {
	if w.found[c.Lead.ExternalID] {
		return
	}
	w.found[c.Lead.ExternalID] = true
	if w.Wants != nil && !w.Wants(c) {
		return
	}
	w.sent++
	w.done = !w.yield(c.Lead, nil) || w.sent == w.limit
}
