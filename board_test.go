package forge_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A board rests after some failures in a row, and any answer ends the row: an advert, or a page
// that says the job is gone.
func TestABoardThatAnswersInBetweenDoesNotRest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer error
	}{{"an advert", nil}, {"gone", scraper.ErrGone}, {"unreadable", errors.New("no description")}} {
		reads := 0 // one at a time
		flaky := &board{
			name:  "flaky",
			pages: listing("flaky", 60, 20),
			detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
				if reads++; reads%4 == 0 {
					return enrich.Data{Description: junk}, c.answer
				}
				return enrich.Data{}, &scraper.PageError{URL: l.URL, Status: 502}
			},
		}
		b := newBench(t, true, func(c *forge.Config) {
			c.Scrapers = boards(flaky)
			c.Scrapes = 1
		})
		report, err := b.Run(t.Context(), lead.Query{})
		if c.name == "unreadable" { // after all were tried: none could be read
			require.ErrorContains(t, err, "none of 15 different adverts could be read")
		} else {
			require.NoError(t, err, c.name)
		}
		require.Equal(t, 60, flaky.read(), c.name)
		require.Equal(t, 15, report.Matched+report.Closed+report.Retried-45, c.name)
	}
}

// Cards that are listed meanwhile say nothing about adverts: the board that lists but does not
// answer rests all the same.
func TestABoardThatListsButShowsNoAdvertRests(t *testing.T) {
	t.Parallel()
	tried, rests := make(chan struct{}, 1000), make(chan struct{})
	down := &board{
		name: "down", pages: listing("down", 40, 1),
		page: func(n int) error {
			if n > 0 {
				select {
				case <-tried:
				case <-rests:
				}
			}
			return nil
		},
		detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
			tried <- struct{}{}
			return enrich.Data{}, &scraper.PageError{URL: l.URL, Status: 502}
		},
	}
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers, c.BatchSize = boards(down), 1
		c.Observe = func(e forge.Event) {
			if e.Kind == forge.EventResting {
				close(rests)
			}
		}
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.ErrorContains(t, err, "5 requests in a row failed")
	require.LessOrEqual(t, down.read(), 5+4)
	require.Less(t, report.Found, 40, "and it is searched no further")
}

func TestABoardThatAnAdvertShowsToBlockIsSearchedNoFurther(t *testing.T) {
	t.Parallel()
	begun, rests := make(chan struct{}), make(chan struct{})
	blocked := &board{
		name:  "blocked",
		pages: listing("blocked", 75, 25),
		page: func(n int) error {
			switch n {
			case 1: // it is at hand when the board is found to block, and kept
				close(begun)
				<-rests
			case 2:
				t.Error("another page was fetched")
			}
			return nil
		},
		detail: func(context.Context, lead.Lead) (enrich.Data, error) {
			<-begun
			return enrich.Data{}, scraper.ErrBlocked
		},
	}
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(blocked)
		c.Observe = func(e forge.Event) {
			if e.Kind == forge.EventResting {
				close(rests)
			}
		}
	})
	report, err := b.Run(t.Context(), lead.Query{}, lead.Query{})
	require.ErrorIs(t, err, scraper.ErrBlocked)
	require.NotErrorIs(t, err, context.Canceled)
	require.Equal(t, 50, report.New, "the page at hand is kept")
	require.Equal(t, 1, blocked.searches)
}

func TestABoardThatIsPausedForItsAdvertsStillSaysWhyItsSearchesEnd(t *testing.T) {
	t.Parallel()
	paused := make(chan struct{})
	one := &board{
		name:  "one",
		pages: listing("one", 75, 25),
		page: func(n int) error {
			if n < 2 {
				return nil
			}
			<-paused // for adverts that cannot be read
			return scraper.ErrBlocked
		},
		detail: func(context.Context, lead.Lead) (enrich.Data, error) {
			return enrich.Data{}, scraper.ErrPosting
		},
	}
	var resting []forge.Event
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(one)
		c.Observe = func(e forge.Event) {
			if e.Kind == forge.EventResting {
				if resting = append(resting, e); len(resting) == 1 {
					close(paused)
				}
			}
		}
	})
	_, err := b.Run(t.Context(), lead.Query{}, lead.Query{})
	require.ErrorIs(t, err, scraper.ErrPosting)
	require.ErrorIs(t, err, scraper.ErrBlocked, "the second reason ends the searches")
	require.Len(t, resting, 2)
	require.Equal(t, 1, one.searches)
}

// A job that is given back because its board rests must not be taken again and again until the run
// ends.
func TestAJobIsGivenBackOnceNotForEver(t *testing.T) {
	t.Parallel()
	blocked := &board{
		name:  "blocked",
		pages: listing("blocked", 40, 20),
		detail: func(context.Context, lead.Lead) (enrich.Data, error) {
			return enrich.Data{}, scraper.ErrBlocked
		},
	}
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(blocked, &board{name: "open", pages: listing("open", 40, 20)})
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.ErrorIs(t, err, scraper.ErrBlocked)
	claims := 0
	for _, e := range b.kinds(forge.EventClaimed) {
		claims += e.N
	}
	require.Equal(t, 40+len(b.store.outcomes), claims)
	require.LessOrEqual(t, len(b.store.outcomes), 4+2*1+1,
		"no more than a hand holds")
}

func TestABoardThatBlocksDetailsRestsWithoutAnAttempt(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{scraper.ErrBlocked} {
		blocked := &board{
			name:  "blocked",
			pages: listing("blocked", 40, 20),
			detail: func(context.Context, lead.Lead) (enrich.Data, error) {
				return enrich.Data{}, &scraper.PageError{
					URL:    "https://blocked.example/1",
					Status: 999,
					Err:    cause,
					Wait:   time.Hour,
				}
			},
		}
		open := &board{name: "open", pages: listing("open", 40, 20)}
		b := newBench(t, true, func(c *forge.Config) { c.Scrapers = boards(blocked, open) })
		_, err := b.Discover(t.Context(), lead.Query{})
		require.NoError(t, err)

		report, err := b.Enrich(t.Context())
		require.ErrorIs(t, err, cause)
		require.Equal(t, 40, report.Matched, "the other board goes on")
		require.LessOrEqual(t, blocked.read(), 4,
			"what was under way ends; nothing else is asked")

		b.clock.advance(time.Hour)
		due, err := b.store.Claim(t.Context(), 100, time.Minute, "blocked")
		require.NoError(t, err)
		require.Len(t, due, 40)
		for _, j := range due {
			require.Zero(t, j.Attempts)
		}
	}
}

func TestABoardThatIsDownRestsAfterSomeFailuresInARow(t *testing.T) {
	t.Parallel()
	down := &board{
		name:  "down",
		pages: listing("down", 60, 20),
		detail: func(context.Context, lead.Lead) (enrich.Data, error) {
			return enrich.Data{}, &scraper.PageError{URL: "https://down.example/1", Status: 502}
		},
	}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers, c.Scrapes = boards(down), 1 })
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	report, err := b.Enrich(t.Context())
	require.ErrorContains(t, err, "HTTP 502")
	require.Zero(t, report.Failed)
	require.Equal(t, 5, down.read())
	require.Equal(t, map[lead.Status]int{lead.Discovered: 60}, b.store.statuses(t))
}
