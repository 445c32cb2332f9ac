package forge_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A batch, a claim and a decision that are on their way to the store when the caller cancels
// arrive.
func TestCancellingTearsUpNoCallOfTheStore(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T) (*bench, context.Context, func()) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		return newBench(t, true, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)})
		}), ctx, cancel
	}
	t.Run("sync", func(t *testing.T) {
		t.Parallel()
		b, ctx, cancel := setup(t)
		b.store.onSync = func([]lead.Lead) error { cancel(); return nil }
		report, err := b.Discover(ctx, lead.Query{})
		require.ErrorIs(t, err, context.Canceled)
		require.Positive(t, report.New)
		require.Equal(t, report.Found, report.New, "what was found is stored")
		require.Equal(t, map[lead.Status]int{lead.Discovered: report.New}, b.store.statuses(t))
	})
	t.Run("claim", func(t *testing.T) {
		t.Parallel()
		b, ctx, cancel := setup(t)
		_, err := b.Discover(ctx, lead.Query{})
		require.NoError(t, err)
		b.store.granted = func(call context.Context) error { // the answer of a call that is cut off is lost
			cancel()
			return call.Err()
		}
		_, err = b.Enrich(ctx)
		require.ErrorIs(t, err, context.Canceled)
		b.store.granted = nil
		due, err := b.store.Claim(t.Context(), 100, time.Minute)
		require.NoError(t, err)
		require.Len(t, due, 50, "what was claimed is given back, not left under a lease")
	})
	t.Run("decision", func(t *testing.T) {
		t.Parallel()
		b, ctx, cancel := setup(t)
		_, err := b.Discover(ctx, lead.Query{})
		require.NoError(t, err)
		b.store.onDecide = func(store.Job, enrich.Decision) error { cancel(); return nil }
		report, err := b.Enrich(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.Positive(t, report.Matched)
		require.Equal(
			t,
			map[lead.Status]int{lead.Discovered: 50 - report.Matched, lead.Matched: report.Matched},
			b.store.statuses(t),
		)
	})
}

func TestAStoreThatFailsAfterTheCallerCancelledIsStillReported(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, true,
		func(c *forge.Config) { c.Scrapers = boards(&board{name: "one", pages: listing("one", 25, 25)}) })
	b.store.onSync = func([]lead.Lead) error {
		cancel()
		return errStoreDown
	}
	report, err := b.Discover(ctx, lead.Query{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errStoreDown, "what was found is not stored")
	require.Equal(t, forge.Report{Found: 25}, report)
}

// A store that does not answer holds a cancelled run up for a moment only.
func TestCancellingDoesNotWaitForAStoreThatHangs(t *testing.T) {
	t.Parallel()
	hang := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	for _, c := range []struct {
		name    string
		breakIt func(*spy)
	}{
		{"claim", func(s *spy) { s.onClaim = hang }},
		{"renew", func(s *spy) { s.onRenew = hang }},
		{"release", func(s *spy) { s.onRelease = func(store.Lease) error { return errStoreDown } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				b := newBench(t, false, func(c *forge.Config) {
					c.Scrapers, c.ScoreTimeout = boards(
						&board{name: "one", pages: listing("one", 10, 5)},
					), 2*time.Hour
					c.Scorer = forge.ScorerFunc(
						func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
							<-ctx.Done()
							return enrich.Assessment{}, ctx.Err()
						},
					)
				})
				c.breakIt(b.store)
				start := time.Now()
				report, err := b.Run(ctx, lead.Query{})
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.NotErrorIs(
					t, err, errStoreDown, "a job that is not given back comes back with its lease",
				)
				require.LessOrEqual(t, time.Since(start), time.Hour+15*time.Second)
				require.Equal(t, forge.Report{Found: 10, New: 10}, report)
			})
		})
	}
}

func TestAnObserverMayCancelTheRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	enough := errors.New("three are enough")
	n := 0
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)})
		c.Observe = func(e forge.Event) {
			if e.Kind == forge.EventMatched {
				if n++; n == 3 {
					cancel(enough)
				}
			}
		}
	})
	report, err := b.Run(ctx, lead.Query{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, enough, "and the caller's reason is in the error")
	require.GreaterOrEqual(t, report.Matched, 3)
	require.Less(t, report.Matched, 50)
	require.Equal(t, report.New, b.store.statuses(t)[lead.Discovered]+report.Matched)
}

// The first failure of the store is the one that is returned; what follows from it is not.
func TestTheStoresFailureIsReturnedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)},
			&board{name: "two", pages: listing("two", 50, 25)})
	})
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	b.store.onSync = func([]lead.Lead) error { return errStoreDown }
	b.store.onClaim = func(context.Context) error { return errStoreDown }
	_, err = b.Run(t.Context(), lead.Query{})
	require.ErrorIs(t, err, errStoreDown)
	require.NotErrorIs(t, err, context.Canceled)
	require.Len(t, b.kinds(forge.EventStopped), 1)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	require.Len(t, joined.Unwrap(), 1)
}

func TestAQueryEndsWithItsEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 30, 10)})
	})
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	found := 0
	for _, e := range b.events {
		switch e.Kind {
		case forge.EventFound:
			found += e.N
		case forge.EventSearched:
			require.Equal(t, 30, e.N)
			require.Equal(t, 30, found, "all that was found is told before the search is said to be done")
		}
	}
	require.Len(t, b.kinds(forge.EventSearched), 1)
}
