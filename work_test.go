package forge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

func boards(bs ...*board) []forge.Scraper {
	var scrapers []forge.Scraper
	for _, b := range bs {
		scrapers = append(scrapers, b)
	}
	return scrapers
}

// scoreByNumber gives job N the score N.
func scoreByNumber(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	return enrich.Assessment{Score: number(p.Lead), By: "script"}, nil
}

func TestTheGateKeepsMatchesAndDropsTheTextOfTheRest(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)})
		c.Scorer = forge.ScorerFunc(scoreByNumber)
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 21, report.Matched, "30 to 50")
	require.Equal(t, 29, report.Rejected)
	require.Equal(t, map[lead.Status]int{lead.Matched: 21, lead.AutoRejected: 29}, b.store.statuses(t))

	var bytes int64
	for i := 1; i <= 29; i++ {
		bytes += int64(len(fmt.Sprintf("Work with job %d. %s", i, junk)))
	}
	require.Equal(t, bytes, report.JunkBytes)
	for _, r := range b.store.results {
		require.Equal(t, r.Status == lead.AutoRejected, r.Data == nil, "text travels with matches only")
	}
}

func TestAThresholdOfOnesOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)})
		c.Scorer = forge.ScorerFunc(scoreByNumber)
		var err error
		c.Gate, err = gate.New(50)
		require.NoError(t, err)
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, report.Matched)
}

func TestARejectedJobIsNeverReadOrScoredAgain(t *testing.T) {
	t.Parallel()
	one := &board{name: "one", pages: listing("one", 10, 5)}
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(one)
		c.Scorer = scoring(5)
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	b.clock.advance(100 * 24 * time.Hour)
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 10}, report)
	require.Equal(t, 10, one.read())
}

func TestTextThatOneUserBroughtServesTheNext(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	one := &board{name: "one", pages: listing("one", 10, 5)}
	run := func(user string) (forge.Report, *spy) {
		s := &spy{Store: db.ForUser(user)}
		p, err := forge.New(
			forge.Config{Scrapers: boards(one), Scorer: scoring(90), Store: s, Resume: resume},
		)
		require.NoError(t, err)
		report, err := p.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		return report, s
	}
	first, _ := run("ada")
	require.Equal(t, forge.Report{Found: 10, New: 10, Matched: 10}, first)
	second, s := run("bob")
	require.Equal(t, forge.Report{Found: 10, New: 10, Matched: 10, Reused: 10}, second)
	require.Equal(t, 10, one.read(), "no page is fetched twice")
	for _, r := range s.results {
		require.Nil(t, r.Data, "text that came from the store is not sent back")
	}
}

// Junk that was in the store already was not kept out of it.
func TestTextThatWasStoredIsNotCountedAsJunk(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	run := func(user string, score int) forge.Report {
		p, err := forge.New(forge.Config{
			Scrapers: boards(&board{name: "one", pages: listing("one", 3, 3)}),
			Scorer:   scoring(score),
			Store:    db.ForUser(user),
			Resume:   resume,
		})
		require.NoError(t, err)
		report, err := p.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		return report
	}
	run("ada", 90)
	require.Equal(t, forge.Report{Found: 3, New: 3, Reused: 3, Rejected: 3}, run("bob", 5))
}

func TestAMatchThatIsListedAgainMuchLaterIsReadAgain(t *testing.T) {
	t.Parallel()
	one := &board{name: "one", pages: listing("one", 3, 3)}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = boards(one) })
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	b.clock.advance(store.RecheckAfter)
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 3, Expired: 3, Matched: 3}, report)
	require.Equal(t, 6, one.read())
}

func TestAJobThatIsGoneIsClosed(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 3, 3),
			detail: func(context.Context, lead.Lead) (enrich.Data, error) {
				return enrich.Data{}, &scraper.PageError{Status: 404, Err: scraper.ErrGone}
			},
		})
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 3, New: 3, Closed: 3}, report)
	require.Equal(t, map[lead.Status]int{lead.Closed: 3}, b.store.statuses(t))
}

func TestAScorerThatIsDownStopsTheRunAndEveryJobStaysDue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		failure error
	}{
		{"unavailable", fmt.Errorf("%w: model not pulled", scorer.ErrUnavailable)},
		{"timeout", context.DeadlineExceeded},
		{"asks to wait", waiting{errors.New("busy"), time.Minute}},
	} {
		failure := c.failure
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			b := newBench(t, true, func(c *forge.Config) {
				c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)})
				c.Scorer = forge.ScorerFunc(
					func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
						calls.Add(1)
						return enrich.Assessment{}, failure
					},
				)
			})
			report, err := b.Run(t.Context(), lead.Query{})
			require.ErrorIs(t, err, failure)
			require.EqualValues(t, 1, calls.Load(), "a scorer that is down is asked once")
			require.Zero(t, report.Matched+report.Rejected+report.Failed)
			require.Equal(t, map[lead.Status]int{lead.Discovered: 50}, b.store.statuses(t))

			b.clock.advance(time.Minute)
			due, err := b.store.Claim(t.Context(), 100, time.Minute)
			require.NoError(t, err)
			require.Len(t, due, 50, "nothing is left under a lease")
			for _, j := range due {
				require.Zero(t, j.Attempts, "an outage is no attempt of the job's")
			}
		})
	}
}

func TestAnUnusableReplyIsTriedAgainWithBackOffAndThenFailed(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{
		fmt.Errorf("%w: not JSON", scorer.ErrReply), fmt.Errorf("%w: 1 MB", scorer.ErrTooLong),
		errors.New("anything else"),
	} {
		b := newBench(t, true, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 3, 3)})
			c.Scorer = forge.ScorerFunc(
				func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
					if number(p.Lead) == 1 {
						return enrich.Assessment{Score: 90}, nil
					}
					return enrich.Assessment{Score: 3}, failure
				},
			)
		})
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err, "failures of single jobs are counted, not returned")
		require.Equal(t, forge.Report{Found: 3, New: 3, Matched: 1, Retried: 2}, report)

		report, err = b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{}, report, "not due before the back-off ends")

		b.clock.advance(2 * time.Minute)
		report, err = b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{Retried: 2}, report)

		b.clock.advance(10 * time.Minute)
		report, err = b.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, forge.Report{Failed: 2}, report)
		require.Equal(t, map[lead.Status]int{lead.Failed: 2, lead.Matched: 1}, b.store.statuses(t))
		require.Len(t, b.store.results, 1, "a failure is not a score")
		for _, o := range b.store.outcomes {
			require.NotContains(t, o.Cause, "JSON", "a scorer's words may hold the résumé")
		}
	}
}

func TestAnInvalidMatchIsAReplyThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	long := enrich.Assessment{Score: 50, Reasoning: strings.Repeat("x", 501)}
	for _, m := range []enrich.Assessment{{Score: 101}, {Score: -1}, long} {
		b := newBench(t, true, func(c *forge.Config) {
			c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
			c.Scorer = forge.ScorerFunc(
				func(context.Context, string, enrich.Posting) (enrich.Assessment, error) { return m, nil },
			)
		})
		report, err := b.Run(t.Context(), lead.Query{})
		require.NoError(t, err)
		require.Equal(t, 1, report.Retried)
		require.ErrorIs(t, b.kinds(forge.EventRetried)[0].Err, scorer.ErrReply)
	}
}

func TestALineEndInAReplyIsRepaired(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
		c.Scorer = forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{
				Score:         50,
				Reasoning:     "Fits\nwell.\x00",
				MissingSkills: []string{" Go ", "\xff"},
			}, nil
		})
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, report.Matched)
	require.Equal(t, enrich.Assessment{Score: 50, Reasoning: "Fits well.", MissingSkills: []string{"Go"}},
		b.store.results[0].Assessment)
}

func TestABlankPageIsNoDescription(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 1, 1),
			detail: func(context.Context, lead.Lead) (enrich.Data, error) {
				return enrich.Data{Description: " \n"}, nil
			},
		})
		c.MaxAttempts = 1
		c.Scorer = forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			t.Error("a page without text was scored")
			return enrich.Assessment{}, nil
		})
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 1, New: 1, Failed: 1}, report)
}

func TestADecisionThatTheStoreRefusesIsTheJobsOwnFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t, true,
		func(c *forge.Config) { c.Scrapers = boards(&board{name: "one", pages: listing("one", 3, 3)}) })
	b.store.onDecide = func(store.Job, enrich.Decision) error {
		return fmt.Errorf("%w: description", store.ErrInvalid)
	}
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 3, report.Retried)
}

func TestAStoreThatFailsEndsTheRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, true,
		func(c *forge.Config) { c.Scrapers = boards(&board{name: "one", pages: listing("one", 50, 25)}) })
	b.store.onDecide = func(store.Job, enrich.Decision) error { return errStoreDown }
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	report, err := b.Enrich(t.Context())
	require.ErrorIs(t, err, errStoreDown)
	require.Zero(t, report.Matched)
	require.Equal(t, map[lead.Status]int{lead.Discovered: 50}, b.store.statuses(t))
}

func TestCancellingGivesEveryClaimBack(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 30, 30)})
		c.Scorer = forge.ScorerFunc(
			func(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
				if number(p.Lead) >= 3 {
					cancel()
					<-ctx.Done()
					return enrich.Assessment{}, ctx.Err()
				}
				return enrich.Assessment{Score: 50}, nil
			},
		)
	})
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	report, err := b.Enrich(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, report.Retried+report.Failed)

	due, err := b.store.Claim(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	require.Len(t, due, 30-report.Matched, "due at once, no lease to wait for")
}

func TestAScoreThatWasFinishedIsKeptWhenTheCallerCancels(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 1, 1)})
		c.Scorer = forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			cancel()
			return enrich.Assessment{Score: 90}, nil
		})
	})
	_, err := b.Discover(t.Context(), lead.Query{})
	require.NoError(t, err)
	report, err := b.Enrich(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, report.Matched)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
