package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// Each row is one failure of one job of three: what the job's record says of it, and what the run
// makes of the others.
func TestWhatAFailureDoes(t *testing.T) {
	t.Parallel()
	page := func(status int, wait time.Duration, err error) error {
		return &scraper.PageError{
			URL:    "https://one.example/jobs/1?q=secret",
			Status: status,
			Reason: "as scripted",
			Wait:   wait,
			Err:    err,
		}
	}
	const (
		goesOn = iota
		boardRests
		runStops
	)
	type row struct {
		name     string
		at       string
		err      error
		event    forge.EventKind // of the job; "": none
		status   lead.Status     // of the job afterwards
		counted  bool
		min, max time.Duration // until the job is due again
		cause    string        // in the job's record
		then     int
	}
	for _, c := range []row{
		{
			name: "gone",
			at:   "scrape", err: page(404, 0, scraper.ErrGone), event: forge.EventClosed, status: lead.Closed,
			cause: "job is gone: scraper: job is gone: https://one.example/jobs/1: HTTP 404: as scripted",
		},
		{
			name: "blocked",
			at:   "scrape", err: page(999, 0, scraper.ErrBlocked), event: forge.EventRetried,
			status: lead.Discovered,
			cause: "not only this job: board refuses this client: scraper: board refuses this client: " +
				"https://one.example/jobs/1: HTTP 999: as scripted",
			then: boardRests,
		},
		{
			name: "blocked for an hour",
			at:   "scrape", err: page(429, time.Hour, scraper.ErrBlocked), event: forge.EventRetried,
			status: lead.Discovered,
			min:    time.Hour, max: time.Hour, cause: "board refuses this client", then: boardRests,
		},
		{
			name: "markup",
			at:   "scrape", err: fmt.Errorf("x: %w", scraper.ErrMarkup), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "markup not recognised",
		},
		{
			name: "odd advert",
			at:   "scrape", err: page(200, 0, scraper.ErrPosting), event: forge.EventRetried,
			status:  lead.Discovered,
			counted: true,
			min:     48 * time.Second, max: 72 * time.Second,
			cause: "advert could not be read: scraper: advert not readable: " +
				"https://one.example/jobs/1: HTTP 200: as scripted",
		},
		{
			name: "leads elsewhere",
			at:   "scrape", err: page(302, 0, &scraper.RedirectError{To: "https://one.example/jobs"}),
			event: forge.EventRetried, status: lead.Discovered, counted: true,
			min: 24 * time.Hour, max: 36 * time.Hour, cause: "advert leads to another page",
		},
		{
			name: "the scorer's server fails once",
			at:   "score", err: fmt.Errorf("secret: %w", scorer.ErrCrashed), event: forge.EventRetried,
			status: lead.Discovered,
			min:    4 * time.Minute, max: 6 * time.Minute, cause: "scorer's server failed at this posting",
		},
		{
			name: "no language of the scorer",
			at:   "score", err: fmt.Errorf("secret: %w", scorer.ErrPosting), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "posting cannot be judged",
		},
		{
			name: "server error",
			at:   "scrape", err: page(503, 0, nil), event: forge.EventRetried, status: lead.Discovered,
			min: 4 * time.Minute, max: 6 * time.Minute, cause: "board did not answer",
		},
		{
			name: "server asks to wait",
			at:   "scrape", err: page(503, 2*time.Hour, nil), event: forge.EventRetried,
			status: lead.Discovered,
			min:    2 * time.Hour, max: 2 * time.Hour, cause: "board did not answer",
		},
		{
			name: "server asks to wait for ever",
			at:   "scrape", err: page(503, 9999*time.Hour, nil), event: forge.EventRetried,
			status: lead.Discovered,
			min:    24 * time.Hour, max: 24 * time.Hour, cause: "board did not answer",
		},
		{
			name: "no connection",
			at:   "scrape",
			err: &url.Error{
				Op: "Get", URL: "https://one.example/?q=secret",
				Err: &net.OpError{Op: "dial", Err: errors.New("refused")},
			},
			event: forge.EventRetried, status: lead.Discovered, min: 4 * time.Minute, max: 6 * time.Minute,
			cause: "board did not answer",
		},
		{
			name: "time out",
			at:   "scrape", err: context.DeadlineExceeded, event: forge.EventRetried, status: lead.Discovered,
			min: 4 * time.Minute, max: 6 * time.Minute, cause: "board did not answer",
		},
		{
			name: "anything else of a board",
			at:   "scrape", err: errors.New("secret"), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "posting could not be read",
		},
		{
			name: "scorer down",
			at:   "score", err: fmt.Errorf("secret: %w", scorer.ErrUnavailable), event: forge.EventRetried,
			status: lead.Discovered,
			cause:  "scorer unavailable", then: runStops,
		},
		{
			name: "scorer down for a minute",
			at:   "score", err: waiting{scorer.ErrUnavailable, time.Minute}, event: forge.EventRetried,
			status: lead.Discovered,
			min:    time.Minute, max: time.Minute, cause: "scorer unavailable", then: runStops,
		},
		{
			name: "scorer times out",
			at:   "score", err: context.DeadlineExceeded, event: forge.EventRetried, status: lead.Discovered,
			cause: "scorer did not answer", then: runStops,
		},
		{
			name: "too long",
			at:   "score", err: fmt.Errorf("secret: %w", scorer.ErrTooLong), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "posting too long",
		},
		{
			name: "unusable reply",
			at:   "score", err: fmt.Errorf("secret: %w", scorer.ErrReply), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "scorer's reply not usable",
		},
		{
			name: "a reply that took the whole time",
			at:   "score", err: fmt.Errorf("%w: %w", scorer.ErrReply, context.DeadlineExceeded),
			event: forge.EventRetried, status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "scorer's reply not usable",
		},
		{
			name: "anything else of a scorer",
			at:   "score", err: errors.New("secret"), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "posting could not be scored",
		},
		{
			name: "a board's error from a scorer",
			at:   "score", err: scraper.ErrBlocked, event: forge.EventRetried, status: lead.Discovered,
			counted: true,
			min:     48 * time.Second, max: 72 * time.Second, cause: "posting could not be scored",
		},
		{
			name: "decision refused",
			at:   "record", err: fmt.Errorf("secret: %w", store.ErrInvalid), event: forge.EventRetried,
			status: lead.Discovered, counted: true,
			min: 48 * time.Second, max: 72 * time.Second, cause: "decision not valid",
		},
		{
			name: "store down",
			at:   "record", err: errStoreDown, event: forge.EventRetried, status: lead.Discovered,
			cause: "store failed",
			then:  runStops,
		},
		{
			name: "lease lost", at: "record", err: store.ErrLeaseLost, event: forge.EventLost,
			status: lead.Discovered,
		},
		{
			name: "job not ours", at: "record", err: store.ErrNotFound,
			event: forge.EventLost, status: lead.Discovered,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fails := func(at string, l lead.Lead) error {
				if at == c.at && number(l) == 1 {
					return c.err
				}
				return nil
			}
			b := newBench(t, true, func(cfg *forge.Config) {
				cfg.Scrapers = boards(
					&board{
						name:  "one",
						pages: listing("one", 2, 2),
						detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
							return enrich.Data{Description: junk}, fails("scrape", l)
						},
					},
					&board{
						name: "two",
						pages: [][]lead.Lead{
							{{Source: "two", ExternalID: "1", Title: "job 9", URL: "https://two.example/1"}},
						},
					},
				)
				cfg.Scorer = forge.ScorerFunc(
					func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
						return enrich.Assessment{Score: 90}, fails("score", p.Lead)
					},
				)
			})
			b.store.onDecide = func(j store.Job, _ enrich.Decision) error { return fails("record", j.Lead) }
			_, err := b.Discover(t.Context(), lead.Query{})
			require.NoError(t, err)
			report, err := b.Enrich(t.Context())

			switch c.then {
			case goesOn:
				require.NoError(t, err)
				require.Equal(t, 2, report.Matched, "the other jobs are decided")
			case boardRests:
				require.ErrorIs(t, err, c.err)
				require.GreaterOrEqual(t, report.Matched, 1, "the other board's job is decided")
				require.Len(t, b.kinds(forge.EventResting), 1)
			case runStops:
				require.ErrorIs(t, err, c.err)
				require.NotErrorIs(t, err, context.Canceled)
				require.Len(t, b.kinds(forge.EventStopped), 1)
			}

			var told []forge.EventKind
			for _, e := range b.events {
				if e.Key == (lead.Key{Source: "one", ExternalID: "1"}) && e.Kind != forge.EventScraped {
					told = append(told, e.Kind)
				}
			}
			require.Equal(t, []forge.EventKind{c.event}, told)
			entries, _, err := b.store.List(t.Context(),
				store.Filter{Statuses: []lead.Status{lead.Discovered, lead.Closed}})
			require.NoError(t, err)
			for _, e := range entries {
				if e.Lead.Title == "job 1" {
					require.Equal(t, c.status, e.Status)
					require.Nil(t, e.Assessment, "a failure is not a score")
					require.Nil(t, e.Data)
				}
			}
			if c.event == forge.EventLost {
				require.Empty(t, b.store.outcomes, "the job is another's")
				return
			}
			var mine *store.Outcome
			for _, o := range b.store.outcomes {
				if o.Cause == "not started" || o.Cause == "cancelled" {
					continue
				}
				if mine != nil { // claimed once more before the run had stopped, and given back as it was
					require.Equal(t, store.Outcome{Cause: mine.Cause}, o)
					continue
				}
				mine = &o
			}
			require.NotNil(t, mine)
			require.Contains(t, mine.Cause, c.cause)
			require.NotContains(t, mine.Cause, "secret")
			require.Equal(t, c.counted, mine.Counts)
			require.GreaterOrEqual(t, mine.After, c.min)
			require.LessOrEqual(t, mine.After, c.max)
		})
	}
}

func TestBackOffGrowsAndEndsInFailed(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
		c.MaxAttempts = 6
		c.Scorer = forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{}, scorer.ErrReply
		})
	})
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	waits := []time.Duration{time.Minute, 4 * time.Minute, 16 * time.Minute, time.Hour, time.Hour}
	for try, wait := range waits {
		report, err := b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{Retried: 1}, report)
		require.InDelta(t, wait, b.store.outcomes[try].After, float64(wait)/5)
		b.clock.advance(wait / 2)
		report, err = b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{}, report, "not before its time")
		b.clock.advance(wait)
	}
	report, err := b.Enrich(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Report{Failed: 1}, report)
	require.Equal(t, store.Outcome{Status: lead.Failed, Counts: true, Cause: "scorer's reply not usable"},
		b.store.outcomes[5])
}

// What failed together must not come back together.
func TestBackOffIsSpread(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 100, 25),
			detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
				if number(l)%5 == 0 {
					return enrich.Data{Description: junk}, nil
				}
				return enrich.Data{}, errors.New("no description")
			},
		})
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	different := map[time.Duration]bool{}
	for _, o := range b.store.outcomes {
		different[o.After] = true
	}
	require.Greater(t, len(different), 70)
}

// What a board says of its page may be long; the record of the job has room for 300 bytes.
func TestALongReasonIsCut(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 1, 1),
			detail: func(context.Context, lead.Lead) (enrich.Data, error) {
				return enrich.Data{}, &scraper.PageError{
					URL: "https://one.example/1", Reason: strings.Repeat("é", 1000),
				}
			},
		})
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, report.Retried, "the store took the outcome")
	require.LessOrEqual(t, len(b.store.outcomes[0].Cause), store.MaxCauseBytes)
}

func TestAJobThatIsGoneIsClosedAlsoWhenTheCallerCancels(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 1, 1),
			detail: func(context.Context, lead.Lead) (enrich.Data, error) {
				cancel()
				return enrich.Data{}, scraper.ErrGone
			},
		})
	})
	_, err := b.Discover(ctx, lead.Query{})
	require.NoError(t, err)
	report, err := b.Enrich(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, forge.Report{Closed: 1}, report)
}

// A store that hands out what it was not asked for does not stop a run for ever.
func TestAJobOfABoardThatNobodyReadsIsPutOff(t *testing.T) {
	t.Parallel()
	b := newBench(t, true,
		func(c *forge.Config) { c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)}) })
	_, err := b.store.Sync(t.Context(), listing("other", 1, 1)[0])
	require.NoError(t, err)
	b.store.anySource = true
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 1, New: 1, Matched: 1, Retried: 1}, report)
	require.ErrorContains(t, b.kinds(forge.EventRetried)[0].Err, "other:1")
}
