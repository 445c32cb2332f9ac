package forge_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

func TestALostLeaseDropsTheWorkAndTouchesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, true,
		func(c *forge.Config) { c.Scrapers = boards(&board{name: "one", pages: listing("one", 3, 3)}) })
	b.store.onDecide = func(j store.Job, _ enrich.Decision) error {
		if j.ID == 2 {
			return store.ErrLeaseLost
		}
		return nil
	}
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 3, New: 3, Matched: 2}, report)
	require.Empty(t, b.store.outcomes, "the job is another's to release")
	require.Len(t, b.kinds(forge.EventLost), 1)
}

func TestALeaseIsRenewedForAsLongAsTheJobIsWorkedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		b = newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 2, 2)})
			c.Lease = 30 * time.Second
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					for range 10 {
						require.NoError(t, wait(ctx, c.Lease))
						others, err := b.store.Claim(ctx, 10, time.Minute)
						require.NoError(t, err)
						require.Empty(t, others, "nobody else gets a job that is worked on or waits for it")
					}
					return enrich.Assessment{Score: 90}, nil
				},
			)
		})
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, 2, report.Matched)
		require.GreaterOrEqual(t, b.store.renewals, 60)
	})
}

func TestALeaseThatIsLostEndsTheWorkOnTheJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		var causes []error
		b = newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					// The user reopens the job while it is being scored: the claim is void.
					_, err := b.store.Reopen(ctx, store.Selection{Statuses: []lead.Status{lead.Discovered}})
					require.NoError(t, err)
					<-ctx.Done()
					causes = append(causes, context.Cause(ctx))
					return enrich.Assessment{}, ctx.Err()
				},
			)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second) // the first renewal is after 20
		defer cancel()
		_, err := b.Run(ctx, lead.Query{})
		require.ErrorIs(t, err, context.DeadlineExceeded, "the reopened job is taken again until time is up")
		require.Len(t, causes, 2)
		require.ErrorIs(
			t, causes[0], store.ErrLeaseLost, "the scorer is told to stop as soon as the store says so",
		)
		require.ErrorIs(t, b.kinds(forge.EventLost)[0].Err, store.ErrLeaseLost)
		require.Empty(t, b.store.results)
	})
}

func TestAReleaseThatComesTooLateIsALostLease(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
		c.Scorer = forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{}, scorer.ErrReply
		})
	})
	b.store.onRelease = func(store.Lease) error { return store.ErrLeaseLost }
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 1, New: 1}, report, "nothing was retried")
	require.Len(t, b.kinds(forge.EventLost), 1)
}

func TestALeaseShorterThanAScrapeIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		b = newBench(t, false, func(c *forge.Config) {
			c.Lease = time.Second
			c.Scrapers = boards(&board{
				name:  "one",
				pages: listing("one", 3, 3),
				detail: func(ctx context.Context, _ lead.Lead) (enrich.Data, error) {
					for range 30 {
						require.NoError(t, wait(ctx, time.Second))
						others, err := b.store.Claim(ctx, 10, time.Minute)
						require.NoError(t, err)
						require.Empty(t, others)
					}
					return enrich.Data{Description: junk}, nil
				},
			})
		})
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, 3, report.Matched)
	})
}

// An observer that is slow slows the run down, and costs no lease.
func TestAnObserverThatBlocksCostsNoLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
			c.Observe = func(e forge.Event) {
				// Nobody else has anything to tell then: a locked mutex would stop the bubble's
				// clock.
				if e.Kind == forge.EventScraped {
					require.NoError(t, wait(t.Context(), 5*time.Minute))
				}
			}
		})
		_, err := b.Discover(t.Context(), lead.Query{})
		require.NoError(t, err)
		report, err := b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{Matched: 1}, report)
		require.GreaterOrEqual(t, b.store.renewals, 14)
	})
}

// Renewals that fail are tried again: only the store knows whether a lease still stands.
func TestARenewalThatFailsIsNotALostLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{Score: 90}, wait(ctx, 10*time.Minute)
				},
			)
		})
		b.store.onRenew = func(ctx context.Context) error { // hangs, fails, works
			switch b.store.renewals % 3 {
			case 1:
				<-ctx.Done()
				return ctx.Err()
			case 2:
				return errStoreDown
			}
			return nil
		}
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, 1, report.Matched)
		require.GreaterOrEqual(t, b.store.renewals, 25)
	})
}

func TestAStoreThatAnswersSlowlyLosesNoLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 20, 5)})
			c.Lease = 30 * time.Second
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{Score: 90}, wait(ctx, 20*time.Second)
				},
			)
		})
		slow := func(ctx context.Context) error { return wait(ctx, 8*time.Second) }
		b.store.onClaim, b.store.onRenew = slow, slow
		b.store.onDecide = func(store.Job, enrich.Decision) error { return wait(t.Context(), 20*time.Second) }
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, forge.Report{Found: 20, New: 20, Matched: 20}, report)
		require.Empty(t, b.kinds(forge.EventLost))
	})
}
