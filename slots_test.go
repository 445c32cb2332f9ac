package forge_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/memory"
)

// In virtual time the claim is exact: 200 scores of 50 ms take 10 s, and the pages of 20 ms are
// hidden behind them.
func TestTheScorerNeverWaitsForTheNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, func(c *forge.Config) {
			c.Scrapers = boards(&board{
				name:  "one",
				pages: listing("one", 200, 25),
				detail: func(ctx context.Context, _ lead.Lead) (enrich.Data, error) {
					return enrich.Data{Description: junk}, wait(ctx, 20*time.Millisecond)
				},
			})
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{Score: 90}, wait(ctx, 50*time.Millisecond)
				},
			)
		})
		start := time.Now()
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, 200, report.Matched)
		require.Equal(t, 20*time.Millisecond+200*50*time.Millisecond, time.Since(start))
	})
}

func TestConcurrencyStaysWithinWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var scrapes, scores, mostScrapes, mostScores atomic.Int32
		enter := func(ctx context.Context, n, most *atomic.Int32, d time.Duration) error {
			most.Store(max(most.Load(), n.Add(1)))
			defer n.Add(-1)
			return wait(ctx, d)
		}
		b := newBench(t, false, func(c *forge.Config) {
			c.Scrapes, c.Scores = 3, 2
			detail := func(ctx context.Context, _ lead.Lead) (enrich.Data, error) {
				return enrich.Data{Description: junk},
					enter(ctx, &scrapes, &mostScrapes, 100*time.Millisecond)
			}
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 100, 25), detail: detail})
			c.Scorer = forge.ScorerFunc(
				func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{Score: 90}, enter(ctx, &scores, &mostScores, 50*time.Millisecond)
				},
			)
		})
		_, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.EqualValues(t, 3, mostScrapes.Load())
		require.EqualValues(t, 2, mostScores.Load())
	})
}

func TestManyPipelinesOnOneStoreDecideEachJobOnce(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	var scored sync.Map
	var twice atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		p, err := forge.New(forge.Config{
			Scrapers: boards(&board{name: "one", pages: listing("one", 300, 25)}),
			Store:    db.ForUser("ada"),
			Resume:   resume,
			Scorer: forge.ScorerFunc(
				func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
					if _, again := scored.LoadOrStore(p.Lead.Key(), true); again {
						twice.Add(1)
					}
					return enrich.Assessment{Score: 50}, nil
				},
			),
		})
		require.NoError(t, err)
		wg.Go(func() {
			_, err := p.Run(t.Context(), lead.Query{})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Zero(t, twice.Load())
	stats, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[lead.Status]int{lead.Matched: 300}, stats.ByStatus)
}
