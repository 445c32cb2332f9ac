package forge_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// sequence is a board whose search is given as it is.
type sequence struct {
	board
	seq func(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error]
}

func (s *sequence) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	s.searches++
	return s.seq(ctx, q)
}

func TestDiscoverSyncsInBatchesAndCountsWhatIsNew(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{&board{name: "one", pages: listing("one", 60, 10)}}
	})

	report, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 60, New: 60}, report)
	require.Equal(t, []int{25, 25, 10}, b.store.batches)

	report, err = b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 60}, report, "known jobs are not due again")
}

func TestDiscoverDropsBlacklistedLeadsUnseen(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{&board{name: "one", pages: listing("one", 30, 10)}}
		var err error
		c.Blacklist, err = lead.NewBlacklist(`job 1\d?$`)
		require.NoError(t, err)
	})
	report, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 30, Blacklisted: 11, New: 19}, report)
	require.Len(t, b.kinds(forge.EventBlacklisted), 11)
}

func TestDiscoverStopsAtTheLimitOfTheQuery(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{&board{name: "one", pages: listing("one", 60, 10)}}
	})
	report, err := b.Discover(t.Context(), lead.Query{Limit: 7})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 7, New: 7}, report)
}

func TestDiscoverSkipsWhatItCannotUseAndGoesOn(t *testing.T) {
	t.Parallel()
	good := listing("one", 2, 2)[0]
	s := &sequence{
		board: board{name: "one"},
		seq: func(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
			return func(yield func(lead.Lead, error) bool) {
				_ = yield(good[0], nil) &&
					yield(lead.Lead{}, &scraper.CardError{
						URL: "https://one.example/search?q=secret", Index: 1, Reason: "no title",
					}) &&
					yield(
						lead.Lead{Source: "other", ExternalID: "9", Title: "t", URL: "https://other.example"},
						nil,
					) &&
					yield(lead.Lead{ExternalID: "8", URL: "https://one.example/8"}, nil) &&
					yield(good[1], nil) &&
					yield(lead.Lead{}, &scraper.PageError{Err: scraper.ErrCapped})
			}
		},
	}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{s} })
	report, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err, "none of these keeps the search from being complete")
	require.Equal(t, forge.Report{Found: 4, New: 2}, report)

	skipped := b.kinds(forge.EventSkipped)
	require.Len(t, skipped, 3, "a card, a lead of another board, a lead without a title")
	require.ErrorIs(t, skipped[0].Err, scraper.ErrCard)
	require.NotContains(t, skipped[0].Err.Error(), "secret", "a query holds the user's words")
	var field *lead.FieldError
	require.ErrorAs(t, skipped[2].Err, &field)
	require.Equal(t, "title", field.Field)
	require.Len(t, b.kinds(forge.EventCapped), 1)
}

func TestABlockedBoardRestsAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{scraper.ErrBlocked, scraper.ErrMarkup} {
		blocked := &board{name: "blocked", pages: listing("blocked", 20, 10), page: func(n int) error {
			if n == 1 {
				return &scraper.PageError{URL: "https://blocked.example/jobs", Status: 999, Err: cause}
			}
			return nil
		}}
		open := &board{name: "open", pages: listing("open", 5, 5)}
		b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{blocked, open} })

		report, err := b.Run(t.Context(), lead.Query{}, lead.Query{Remote: true})
		require.ErrorIs(t, err, cause)
		require.ErrorContains(t, err, "blocked.example")
		require.Equal(t, 15, report.New, "what was listed before the block is kept")
		require.Equal(t, 1, blocked.searches, "the second query is not asked")
		require.Equal(t, 2, open.searches)
		require.Len(t, b.kinds(forge.EventResting), 1)
		require.Equal(t, 5+blocked.read(), report.Matched)
	}
}

func TestASearchThatFailsIsReturnedAndTheNextQueryIsAsked(t *testing.T) {
	t.Parallel()
	failing := &board{name: "one", pages: listing("one", 20, 10), page: func(n int) error {
		if n == 1 {
			return &scraper.PageError{URL: "https://one.example/jobs", Status: 503}
		}
		return nil
	}}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{failing} })
	report, err := b.Discover(t.Context(), lead.Query{}, lead.Query{})
	require.ErrorContains(t, err, "HTTP 503")
	require.Equal(t, 2, failing.searches)
	require.Equal(t, forge.Report{Found: 20, New: 10}, report)
}

func TestAFailingStoreEndsTheSearch(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{&board{name: "one", pages: listing("one", 10_000, 10)}}
	})
	b.store.onSync = func([]lead.Lead) error { return errStoreDown }
	report, err := b.Run(t.Context(), lead.Query{})
	require.ErrorIs(t, err, errStoreDown)
	require.NotErrorIs(t, err, context.Canceled, "the caller cancelled nothing")
	require.Zero(t, report.New)
	require.Less(t, report.Found, 5000, "no page is fetched for nothing")
}

func TestACancelledSearchStillSyncsWhatItFound(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &board{name: "one", pages: listing("one", 20, 10), page: func(n int) error {
		if n == 1 {
			cancel()
			return ctx.Err()
		}
		return nil
	}}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{s} })
	report, err := b.Discover(ctx, lead.Query{})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, forge.Report{Found: 10, New: 10}, report)
}

func TestDiscoverRefusesNoQueryAndBadQueries(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{&board{name: "one"}} })
	var field *lead.FieldError
	for _, qs := range [][]lead.Query{nil, {{Limit: -1}}, {{}, {PostedWithin: -1}}} {
		_, err := b.Discover(t.Context(), qs...)
		require.ErrorAs(t, err, &field)
		_, err = b.Run(t.Context(), qs...)
		require.ErrorAs(t, err, &field)
	}
}

// The first batch must be in the store while the board is still listing: the third page is not
// served before that.
func TestTheFirstBatchIsScoredWhileLaterPagesAreFetched(t *testing.T) {
	t.Parallel()
	scored := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &board{name: "one", pages: listing("one", 75, 25), page: func(n int) error {
		if n < 2 {
			return nil
		}
		select {
		case <-scored:
			return nil
		case <-ctx.Done():
			return errors.New("the first job was not scored before the last page was fetched")
		}
	}}
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{s}
		c.Observe = func(e forge.Event) {
			if e.Kind == forge.EventMatched && e.Key.ExternalID == "1" {
				close(scored)
			}
		}
	})
	report, err := b.Run(ctx, lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 75, New: 75, Matched: 75}, report)
}
