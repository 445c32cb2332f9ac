package forge

import (
	"context"
	"fmt"
	"sync"
)

const (
	// strainLimit is how many transport failures in a row pause a board: it is down, and asking on
	// helps nobody.
	strainLimit = 5
	// oddLimit is how many different adverts in a row that cannot be read, or do not arrive, pause
	// a board: its markup has changed, or it is too slow. It is large, because adverts of one
	// company stand together, and one company can publish a page of pictures.
	oddLimit = 16
	// probes is how many adverts of a board are asked for at the same time before the first of the
	// run was read. With oddLimit it bounds what a board whose markup has changed is asked for in
	// one run.
	probes = 4
)

// The rows of a board's blame.
const (
	odd  = iota // adverts that cannot be read
	slow        // adverts that do not arrive within Config.ScrapeTimeout
	down        // requests to which the board sends no page
)

// A board is what one run knows of one job board.
type board struct {
	Scraper
	blame *blame // for adverts that fail

	mu        sync.Mutex
	paused    bool // no advert is read in this run
	closed    bool // nothing is searched in this run
	endSearch context.CancelFunc
}

func (r *run) newBoard(s Scraper) *board {
	b := &board{Scraper: s}
	b.blame = newBlame(probes,
		row{first: oddLimit, later: oddLimit, found: func(n int, f failure) { // an advert never ends a search
			const changed = "none of %d different adverts could be read, so its markup may have changed: %w"
			err := fmt.Errorf(changed, n, f.err)
			r.pause(b, false, f.cause, err)
		}},
		row{first: oddLimit, later: oddLimit, found: func(n int, f failure) { // nor does one that hangs
			err := fmt.Errorf("none of %d different adverts arrived in time: %w", n, f.err)
			r.pause(b, false, f.cause, err)
		}},
		row{first: strainLimit, later: strainLimit, found: func(n int, f failure) {
			// Those that were under way when the last of them failed say nothing new.
			n = min(n, strainLimit)
			r.pause(b, true, f.cause, fmt.Errorf("%d requests in a row failed: %w", n, f.err))
		}},
	)
	return b
}

// searching returns the context of the board's searches. It ends when the board is paused for all:
// the page that is being read is read to its end, and no other is fetched.
func (b *board) searching(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endSearch = cancel
	if b.closed { // an advert of an earlier run's job has just shown it
		cancel()
	}
	return ctx, cancel
}

// pause stops the reading of adverts for the rest of the run, and searching too if all is set. It
// reports whether adverts were read until now.
func (b *board) pause(all bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := !b.paused
	b.paused = true
	if all {
		b.closed = true
		if b.endSearch != nil {
			b.endSearch()
		}
	}
	return first
}

func (b *board) isPaused() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paused
}

// read notes that an advert was read.
func (b *board) read() {
	b.answered()
	b.blame.success()
}

// answered notes that the board sent a page, whatever was on it: it is not down.
func (b *board) answered() {
	b.blame.acquit(slow)
	b.blame.acquit(down)
}
