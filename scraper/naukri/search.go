package naukri

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// maxPages is where a search ends that the board does not end.
const maxPages = 1000

// Search lists the jobs that match q, each once, and fetches a page when the one before it was
// consumed. It asks the JSON search for the first page, and if that is refused or not understood
// the page for people; the rest is asked of the one that answered. A card that could not be read is
// a [*scraper.CardError], and the list goes on.
//
// The sequence ends where the board's list does. The last error is [scraper.ErrCapped] if the board
// shows fewer jobs than it says there are, or only repeats itself, and another [*scraper.PageError]
// if a page could not be used. A first page without jobs is an error unless it says that nothing
// was found.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return board.Search(Source, q, filtered, func(w *board.Walk) func() error {
		p := pages{Scraper: s, q: q}
		if q.PostedWithin > 0 {
			p.after = s.now().Add(-q.PostedWithin).Add(-24 * time.Hour) // the board counts in days
		}
		w.Wants = p.wants
		return func() error { return p.next(ctx, w) }
	})
}

// filtered are the fields of a query that the board filters by, or that its cards are compared
// with.
var filtered = []string{"Keywords", "Location", "Remote", "PostedWithin", "Experience"}

// pages are those of one search.
type pages struct {
	*Scraper
	q     lead.Query
	after time.Time // jobs older than this are not yielded; zero: any age
	page  int       // the last one, from 1
	json  bool      // the JSON search answered the first page
	at    string    // what errors call the page
}

// next yields the cards of the next page and decides whether another one is to be fetched.
func (p *pages) next(ctx context.Context, w *board.Walk) error {
	p.page++
	l, err := p.fetch(ctx, w.Seen == 0)
	if err != nil {
		return err
	}
	if err := w.Take(ctx, p.at, l.cards, l.cut); err != nil || w.Done() {
		return err
	}
	switch {
	case l.cut:
		return board.BrokenOff(p.at)
	case len(l.cards) == 0 && l.total > w.Seen+pageSize:
		const reason = "it says that there are %d jobs and lists %d; ask narrower questions to see others"
		return board.Capped(p.at, fmt.Sprintf(reason, l.total, w.Seen))
	case len(l.cards) == 0, l.last, l.total > 0 && w.Found() >= l.total:
		w.End()
	case w.Stale >= board.MaxStale:
		return board.Capped(p.at, "its pages repeat what was listed before")
	case p.page >= maxPages:
		return board.Capped(
			p.at, fmt.Sprintf("the search goes on after %d pages; ask narrower questions", maxPages),
		)
	}
	return nil
}

// fetch gets a page of the search from the face of the board that answers.
func (p *pages) fetch(ctx context.Context, first bool) (listing, error) {
	var refused error
	if p.json || p.page == 1 && !p.noSearchJSON.Load() {
		p.at = p.site.Base.String() + searchJSONPath
		l, err := p.ask(ctx, p.searchJSON(p.q, p.page), jsonHeader(searchApp), first)
		if err == nil || p.json || !worthAnotherTry(err) || ctx.Err() != nil {
			p.json = err == nil
			return l, err
		}
		refused = err
	}
	p.at = p.site.Base.String() + "/KEYWORDS-jobs-in-PLACE"
	l, err := p.ask(ctx, p.searchPage(p.q, p.page), pageHeader, first)
	switch {
	case refused == nil:
	case err == nil:
		p.noSearchJSON.Store(true)
	case worthAnotherTry(err):
		err = fmt.Errorf("%w; the JSON search before it: %w", err, refused)
	}
	return l, err
}

// ask gets one answer and reads it. Its errors name p.at instead of the address, whose path holds
// the user's words.
func (p *pages) ask(ctx context.Context, address string, header http.Header, first bool) (listing, error) {
	answer, err := p.site.Pages.Get(ctx, address, header)
	if err = refusedBy(answer, err, address); err != nil {
		bad, ok := errors.AsType[*scraper.PageError](err)
		switch {
		case ok && errors.Is(err, scraper.ErrGone): // it is said of a job, and this is a search
			return listing{}, &scraper.PageError{
				URL: p.at, Status: bad.Status, Reason: "the board has no search at this address",
				Err: scraper.ErrMarkup,
			}
		case ok && bad.URL == address:
			shown := *bad
			shown.URL = p.at
			err = &shown
		}
		return listing{}, err
	}
	l, err := readListing(answer.Body, p.site.Base, p.now())
	if err == nil && len(l.cards) == 0 && !l.none && first {
		err = &refusal{scraper.ErrMarkup, "says that there are jobs, and lists none"}
	}
	return l, asPageError(err, p.at, answer.Status)
}

// wants reports whether the query asks for a card. What a card does not say does not exclude it.
func (p *pages) wants(c board.Card) bool {
	if !p.after.IsZero() && !c.Lead.PostedAt.IsZero() && c.Lead.PostedAt.Before(p.after) {
		return false
	}
	y, ok := parseYears(c.Experience)
	return !ok || y.fits(p.q.Experience)
}
