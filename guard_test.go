package forge_test

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

func TestAPanicOfAnAdapterFailsOneJobAndNotTheProgram(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := newBench(t, true, func(c *forge.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
		c.Scrapers = boards(&board{
			name:  "one",
			pages: listing("one", 9, 9),
			detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
				if number(l) == 1 {
					panic("cannot parse " + junk)
				}
				return enrich.Data{Description: junk}, nil
			},
		})
		c.Scorer = forge.ScorerFunc(
			func(_ context.Context, cv string, p enrich.Posting) (enrich.Assessment, error) {
				if number(p.Lead) == 2 {
					return enrich.Assessment{Score: int(cv[len(cv)+number(p.Lead)])}, nil
				}
				return enrich.Assessment{Score: 90}, nil
			},
		)
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, forge.Report{Found: 9, New: 9, Matched: 7, Retried: 2}, report)
	var told []string
	for _, e := range b.kinds(forge.EventRetried) {
		told = append(told, e.Err.Error())
	}
	require.ElementsMatch(t, []string{
		"forge: read one:1: one panicked with a string",
		"forge: score one:2: scorer panicked: runtime error: index out of range [46] with length 44",
	}, told)
	for _, o := range b.store.outcomes {
		require.True(t, o.Counts, "the job's own failure: it cannot come back for ever")
	}
	require.Contains(t, log.String(), "guard_test.go", "the log says where")
	require.NotContains(t, log.String(), "ice cream")
}

func TestAPanicOfASearchEndsThatSearchOnly(t *testing.T) {
	t.Parallel()
	good := listing("one", 3, 3)[0]
	n := 0
	s := &sequence{
		board: board{name: "one"},
		seq: func(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
			return func(yield func(lead.Lead, error) bool) {
				n++
				if n == 1 {
					yield(good[0], nil)
					panic(map[string]int{})
				}
				for _, l := range good {
					if !yield(l, nil) {
						panic("after the last")
					}
				}
			}
		},
	}
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{s} })
	report, err := b.Discover(t.Context(), lead.Query{}, lead.Query{Limit: 2})
	require.EqualError(t, err, "forge: search one: one panicked with a map[string]int")
	require.Equal(t, forge.Report{Found: 3, New: 2}, report)
}
