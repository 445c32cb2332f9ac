package forge_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// Whatever becomes of the jobs of a run, the report, the events and the store tell the same story,
// and every job that was claimed has one end.
func TestTheReportTheEventsAndTheStoreAgree(t *testing.T) {
	t.Parallel()
	fates := []string{
		"match",
		"reject",
		"gone",
		"unreadable",
		"page panics",
		"bad reply",
		"scorer panics",
		"decision refused",
		"lease lost",
	}
	rapid.Check(t, func(rt *rapid.T) {
		fate := rapid.SliceOfN(rapid.SampledFrom(fates), 0, 40).Draw(rt, "fates")
		attempts := rapid.IntRange(1, 2).Draw(rt, "attempts")
		of := func(l lead.Lead) string { return fate[number(l)-1] }
		b := newBench(t, true, func(c *forge.Config) {
			c.MaxAttempts = attempts
			c.Scrapes, c.Scores = rapid.IntRange(1, 5).Draw(rt, "scrapes"), rapid.IntRange(
				1, 5,
			).Draw(rt, "scores")
			c.BatchSize = rapid.IntRange(1, 50).Draw(rt, "batch")
			c.Scrapers = boards(&board{
				name:  "one",
				pages: listing("one", len(fate), 7),
				detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
					switch of(l) {
					case "gone":
						return enrich.Data{}, scraper.ErrGone
					case "unreadable":
						return enrich.Data{}, errors.New("no description")
					case "page panics":
						panic(l)
					}
					return enrich.Data{Description: junk}, nil
				},
			})
			c.Scorer = forge.ScorerFunc(
				func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
					switch of(p.Lead) {
					case "reject":
						return enrich.Assessment{Score: 3}, nil
					case "bad reply":
						return enrich.Assessment{}, scorer.ErrReply
					case "scorer panics":
						panic(p)
					}
					return enrich.Assessment{Score: 80}, nil
				},
			)
		})
		b.store.onDecide = func(j store.Job, _ enrich.Decision) error {
			switch of(j.Lead) {
			case "decision refused":
				return fmt.Errorf("%w: score", store.ErrInvalid)
			case "lease lost":
				return store.ErrLeaseLost
			}
			return nil
		}
		report, err := b.Run(t.Context(), lead.Query{})
		if err != nil { // too many failed before the first success: nobody pays for it
			require.ErrorContains(rt, err, "different")
		}

		count := map[string]int{}
		for _, f := range fate {
			count[f]++
		}
		unlucky := count["unreadable"] + count["page panics"] + count["bad reply"] +
			count["scorer panics"] + count["decision refused"]
		want := forge.Report{
			Found:     len(fate),
			New:       len(fate),
			Matched:   count["match"],
			Rejected:  count["reject"],
			Closed:    count["gone"],
			JunkBytes: int64(count["reject"] * len(junk)),
		}
		if attempts == 1 {
			want.Failed = unlucky
		} else {
			want.Retried = unlucky
		}
		if err == nil {
			require.Equal(rt, want, report)
		} else {
			require.LessOrEqual(rt, report.Failed, unlucky)
			require.LessOrEqual(rt, report.Matched, count["match"])
		}

		told := map[forge.EventKind]int{}
		for _, e := range b.events {
			switch e.Kind {
			case forge.EventFound, forge.EventSynced, forge.EventClaimed:
				told[e.Kind] += e.N
			default:
				told[e.Kind]++
			}
			require.Equal(rt, e.Kind != forge.EventClaimed && e.Kind != forge.EventStopped, e.Source == "one",
				"an event about a job or a board says which board")
		}
		require.Equal(rt, report.Found, told[forge.EventFound])
		require.Equal(rt, report.New, told[forge.EventSynced])
		require.Equal(rt, report.Matched, told[forge.EventMatched])
		require.Equal(rt, report.Rejected, told[forge.EventRejected])
		require.Equal(rt, report.Closed, told[forge.EventClosed])
		require.Equal(rt, report.Failed, told[forge.EventFailed])
		require.Equal(rt, report.Retried, told[forge.EventRetried])
		require.LessOrEqual(rt, told[forge.EventLost], count["lease lost"])
		if err == nil {
			require.Equal(rt, len(fate), told[forge.EventClaimed], "each job is taken once")
		}

		stored := map[lead.Status]int{}
		for _, c := range []struct {
			status lead.Status
			n      int
		}{
			{lead.Matched, report.Matched},
			{lead.AutoRejected, report.Rejected},
			{lead.Closed, report.Closed},
			{lead.Failed, report.Failed},
			{lead.Discovered, len(fate) - report.Matched - report.Rejected - report.Closed - report.Failed},
		} {
			if c.n > 0 {
				stored[c.status] = c.n
			}
		}
		require.Equal(rt, stored, b.store.statuses(t))
	})
}
