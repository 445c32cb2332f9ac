package forge

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// searchPatience is how many times Config.ScrapeTimeout a board can take to list the next card: a
// page can need several requests, and waits that the board asked for.
const searchPatience = 10

// maxListed is more cards than one query of any board lists. It ends a search that repeats itself
// for ever.
const maxListed = 200_000

// discover is stage 1: every board at once, each at its own pace.
func (r *run) discover(ctx context.Context, qs []lead.Query) {
	var wg sync.WaitGroup
	for _, b := range r.boards {
		wg.Go(func() { r.searchBoard(ctx, b, qs) })
	}
	wg.Wait()
}

// A batch is what the store is told at once: leads, or a complete list after the leads that it has.
type batch struct {
	leads []lead.Lead
	list  *lead.List
}

// searchBoard walks one board's searches. A batch is synced while the next page is being fetched.
func (r *run) searchBoard(ctx context.Context, b *board, qs []lead.Query) {
	batches := make(chan batch, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		for b := range batches {
			if b.list != nil {
				r.closeUnlisted(ctx, *b.list)
			} else {
				r.sync(ctx, b.leads)
			}
		}
	})
	searching, done := b.searching(ctx)
	defer done()
	for _, q := range qs {
		if searching.Err() != nil {
			break
		}
		r.search(searching, b, q, batches)
	}
	close(batches)
	wg.Wait()
}

// search walks one query and sends what it finds in batches, the last one as it is.
func (r *run) search(ctx context.Context, b *board, q lead.Query, batches chan<- batch) {
	source := b.Source()
	var leads []lead.Lead
	listed, unreported := 0, 0
	flush := func() {
		if unreported > 0 {
			n := unreported
			r.note(Event{Kind: EventFound, Source: source, N: n}, func(rep *Report) { rep.Found += n })
			unreported = 0
		}
		if len(leads) > 0 {
			batches <- batch{leads: leads}
			leads = nil
		}
	}
	var lists lists
	defer func() {
		flush()
		for _, l := range lists.take(0) {
			batches <- batch{list: &l}
		}
	}()

	cards := b.Search(ctx, q)
	if s, ok := b.Scraper.(ListScraper); ok && r.listCloser() != nil {
		cards = s.SearchLists(ctx, q, lists.add)
	}
	for l, err := range r.guardedSearch(ctx, source, searchPatience*r.cfg.ScrapeTimeout, cards) {
		// The last list can have leads that are still to come.
		if ended := lists.take(1); ended != nil {
			flush()
			for _, l := range ended {
				batches <- batch{list: &l}
			}
		}
		if err != nil {
			if !r.searchError(ctx, b, err) {
				return
			}
			continue
		}
		listed++
		unreported++
		if l = l.Clean(); l.Source == "" {
			l.Source = source
		}
		switch pattern, banned := r.cfg.Blacklist.Match(l); {
		case l.Source != source:
			err := fmt.Errorf("%w: the board %q listed a job of %q", scraper.ErrCard, source, l.Source)
			r.note(Event{Kind: EventSkipped, Source: source, Err: err}, nil)
		case banned:
			r.log.Debug("blacklisted", "key", l.Key(), "pattern", pattern)
			err := &lead.ExcludedError{Lead: l, Pattern: pattern}
			r.note(Event{Kind: EventBlacklisted, Source: source, Key: l.Key(), Err: err},
				func(rep *Report) { rep.Blacklisted++ })
		default:
			leads = append(leads, l)
		}
		if len(leads) == r.cfg.BatchSize {
			flush()
		}
		if listed == q.Limit { // never true for 0, no limit
			break
		}
		if listed == maxListed {
			r.addError(
				fmt.Errorf(
					"forge: search %s: it did not end after %d cards; set Limit in the query", source, listed,
				),
			)
			break
		}
	}
	flush()
	r.note(Event{Kind: EventSearched, Source: source, N: listed}, nil)
}

// searchError says whether the sequence goes on after err.
func (r *run) searchError(ctx context.Context, b *board, err error) bool {
	source := b.Source()
	switch {
	case ctx.Err() != nil: // cancelled, or an advert showed meanwhile that the board is to rest
		return false
	case errors.Is(err, scraper.ErrCard):
		r.log.Warn("card skipped", "source", source)
		r.note(Event{Kind: EventSkipped, Source: source, Err: err}, nil)
		return true
	case errors.Is(err, scraper.ErrUnfiltered):
		r.note(Event{Kind: EventUnfiltered, Source: source, Err: err}, nil)
		return true
	case errors.Is(err, scraper.ErrCapped):
		r.note(Event{Kind: EventCapped, Source: source, Err: err}, nil)
		return true
	case errors.Is(err, scraper.ErrBlocked):
		r.pause(b, true, cause("board refuses this client", err), err)
		return false
	case errors.Is(err, scraper.ErrMarkup):
		r.pause(b, true, cause("search page not recognised", err), err)
		return false
	default:
		r.addError(fmt.Errorf("forge: search %s: %w", source, err))
		return false
	}
}

// sync hands one batch to the store. When the caller cancelled, what was already found is still
// handed over.
func (r *run) sync(ctx context.Context, batch []lead.Lead) {
	if ctx.Err() != nil && !cancelled(ctx) { // the store has failed already
		return
	}
	source := batch[0].Source
	call, done := withGrace(ctx, storeGrace)
	refs, err := r.cfg.Store.Sync(call, batch)
	done()
	if partial, ok := errors.AsType[*store.PartialError](err); ok {
		for _, refused := range partial.Rejected {
			r.log.Warn("lead refused", "source", source, "cause", refused.Err)
			r.note(Event{Kind: EventSkipped, Source: source, Key: refused.Key, Err: refused.Err}, nil)
		}
	} else if err != nil {
		r.stop(aborted, "store failed", fmt.Errorf("forge: sync %d leads of %s: %w", len(batch), source, err))
		return
	}
	var added, expired int
	for _, ref := range refs {
		if ref.State == store.Expired {
			expired++
		} else {
			added++
		}
	}
	r.note(Event{Kind: EventSynced, Source: source, N: len(refs)}, func(rep *Report) {
		rep.New += added
		rep.Expired += expired
	})
	r.wake()
}

// wake tells those who wait for work that there is some.
func (r *run) wake() {
	select {
	case r.synced <- struct{}{}:
	default: // a token is there already
	}
}
