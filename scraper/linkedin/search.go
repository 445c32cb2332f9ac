package linkedin

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// maxListed is how many jobs the board lists of one search, whatever number it states
// (https://github.com/tomquirk/linkedin-api/issues/118).
const maxListed = 1000

const narrower = "it lists no more than 1,000 jobs of a search; ask narrower questions to see others"

// Search lists the jobs that match q, each once, and fetches a page when the one before it was
// consumed. The offset advances by the cards that were seen, repeats included, because the board's
// pages have no fixed size. A card that could not be read is a [*scraper.CardError], and the list
// goes on.
//
// The sequence ends where the board's list does. The last error is [scraper.ErrCapped] if the board
// listed no more than it ever does, refuses the offset, or only repeats itself, and another
// [*scraper.PageError] if a page could not be used. A first page without cards is
// [scraper.ErrMarkup] unless it says that nothing was found.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return board.Search(Source, q, filtered, func(w *board.Walk) func() error {
		return func() error { return s.next(ctx, q, w) }
	})
}

// next yields the cards of the next page and decides whether another one is to be fetched.
func (s *Scraper) next(ctx context.Context, q lead.Query, w *board.Walk) error {
	before := w.Seen
	at := s.searchURL(q, before)
	list, err := s.list(ctx, at, before > 0)
	switch {
	case err != nil:
		return err
	case len(list.cards) == 0 && before >= maxListed:
		return board.Capped(at, narrower)
	case len(list.cards) == 0:
		w.End()
		return nil
	}
	if err := w.Take(ctx, at, list.cards, list.cut); err != nil || w.Done() {
		return err
	}
	if list.cut && list.cards[len(list.cards)-1].Lead.ExternalID == "" {
		w.Seen-- // the next page begins with it
	}
	switch {
	case w.Seen == before:
		return board.BrokenOff(at)
	case w.Found() >= maxListed, w.Seen >= maxListed && w.Stale > 0, w.Seen >= 2*maxListed:
		return board.Capped(at, narrower)
	case w.Stale >= board.MaxStale:
		return board.Capped(at, "its pages repeat what was listed before")
	}
	return nil
}

// list fetches and reads one page of a search. A listing without cards is the end of the list, and
// never a page that could not be read. later reports whether a page with cards came before.
func (s *Scraper) list(ctx context.Context, at string, later bool) (listing, error) {
	answer, err := s.site.Pages.Get(ctx, at, header)
	if err = walled(answer, err, at); err != nil {
		bad, ok := errors.AsType[*scraper.PageError](err)
		switch {
		case ok && later && bad.Status == http.StatusBadRequest:
			return listing{}, board.Capped(at, "the board lists nothing at this offset")
		case ok && errors.Is(err, scraper.ErrGone): // it is said of a job, and this is a search
			return listing{}, &scraper.PageError{
				URL: at, Status: bad.Status, Reason: "the board has no search at this address",
				Err: scraper.ErrMarkup,
			}
		}
		return listing{}, err
	}
	list := readListing(answer.URL, answer.Body)
	bad := &scraper.PageError{URL: at, Status: answer.Status, Err: scraper.ErrMarkup}
	switch {
	case len(list.cards) > 0, list.none, later && list.blank && !list.cut:
		return list, nil
	case list.wall != "":
		bad.Err, bad.Reason = scraper.ErrBlocked, list.wall+advice
	case later && list.cut:
		return listing{}, board.BrokenOff(at)
	case list.blank:
		bad.Reason = "an empty first page, which says neither that there are jobs nor that there are none; " +
			"check the query's location, or try again later"
	default:
		bad.Reason = "a page without job cards, and without a notice that nothing was found"
	}
	return listing{}, bad
}
