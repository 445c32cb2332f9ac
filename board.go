package forge

import (
	"context"
	"fmt"
	"sync"
)

const (
	// strainLimit is the number of consecutive transport failures after which a board counts as
	// down.
	strainLimit = 5
	// oddLimit is the number of consecutive adverts that must be unreadable, or not arrive in time,
	// before a board is paused, because its markup has changed or it is too slow. The number is
	// large, because boards list the adverts of one company together, and all adverts of one
	// company can be unreadable, for example pictures.
	oddLimit = 16
	// maxProbes limits the concurrent requests to a board until its first advert of the run is
	// read. Together with oddLimit it bounds the requests to a board whose markup has changed.
	maxProbes = 4
)

// The kinds of failed adverts: indexes into the streaks of board.blame.
const (
	unreadable failureKind = iota // adverts that cannot be read
	slow                          // adverts that do not arrive within Config.ScrapeTimeout
	noPage                        // requests that get no page
)

// A board is the state of one Scraper during a run.
type board struct {
	Scraper
	blame *blame // for adverts that fail

	mu        sync.Mutex
	paused    bool // read no more adverts in this run
	closed    bool // search no more in this run
	endSearch context.CancelFunc
}

// newBoard returns the state of s. Only requests that get no page end its searches: an advert never
// does, whether it is unreadable or hangs.
func (r *run) newBoard(s Scraper) *board {
	b := &board{Scraper: s}
	pause := func(all bool, f failure, format string, n int) {
		r.pause(b, all, f.cause, fmt.Errorf(format+": %w", n, f.err))
	}
	b.blame = newBlame(maxProbes,
		streak{first: oddLimit, later: oddLimit, found: func(n int, f failure) { // unreadable
			pause(false, f, "none of %d different adverts could be read; the markup may have changed", n)
		}},
		streak{first: oddLimit, later: oddLimit, found: func(n int, f failure) { // slow
			pause(false, f, "none of %d different adverts arrived in time", n)
		}},
		streak{first: strainLimit, later: strainLimit, found: func(n int, f failure) { // noPage
			// Requests in progress can push n over the limit.
			pause(true, f, "%d requests in a row failed", min(n, strainLimit))
		}},
	)
	return b
}

// searching returns the context of the board's searches. It ends when the board is paused for
// searches too. The cards of a page that has arrived are kept, and no other page is fetched.
func (b *board) searching(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.endSearch = cancel
	if b.closed { // an advert of an earlier run's job has already ended it
		cancel()
	}
	return ctx, cancel
}

// pause stops the reading of adverts for the rest of the run, and searching too if all is set. It
// reports whether it stopped anything: the reason is news then.
func (b *board) pause(all bool) (stopped bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	stopped = !b.paused || all && !b.closed
	b.paused = true
	if all {
		b.closed = true
		if b.endSearch != nil {
			b.endSearch()
		}
	}
	return stopped
}

func (b *board) isPaused() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paused
}

// noteRead records that an advert was read.
func (b *board) noteRead() {
	b.noteAnswer()
	b.blame.success()
}

// noteAnswer records that the board sent a page, whatever was on it. It is neither down nor slow.
func (b *board) noteAnswer() {
	b.blame.reset(slow)
	b.blame.reset(noPage)
}
