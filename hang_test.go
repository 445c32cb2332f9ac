package forge_test

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/memory"
)

// A search that does not keep to its contract holds neither the run nor the program, and what it
// listed is kept.
func TestASearchThatNeverEndsHoldsNoRun(t *testing.T) {
	t.Parallel()
	card := func(i int) lead.Lead {
		id := strconv.Itoa(i)
		return lead.Lead{Source: "one", ExternalID: id, Title: "job " + id, URL: "https://one.example/" + id}
	}
	for _, c := range []struct {
		name   string
		search func(released <-chan struct{}, yield func(lead.Lead, error) bool)
		query  lead.Query
		found  int
		err    string
		within time.Duration
	}{
		{
			name: "it hangs and ignores its context", found: 3, err: "one listed nothing", within: time.Hour,
			search: func(released <-chan struct{}, yield func(lead.Lead, error) bool) {
				for i := range 3 {
					yield(card(i), nil)
				}
				<-released
			},
		},
		{
			name: "it ignores that nobody listens", query: lead.Query{Limit: 2}, found: 2,
			within: time.Second,
			search: func(_ <-chan struct{}, yield func(lead.Lead, error) bool) {
				for i := range 1000 {
					yield(card(i), nil)
				}
			},
		},
		{
			name: "it goes on for ever although nobody listens", query: lead.Query{Limit: 2}, found: 2,
			within: time.Second,
			search: func(_ <-chan struct{}, yield func(lead.Lead, error) bool) {
				for i := 0; ; i++ {
					yield(card(i), nil)
				}
			},
		},
		{
			name: "it lists the same for ever", found: 200_000, err: "set Limit in the query",
			within: time.Second,
			search: func(_ <-chan struct{}, yield func(lead.Lead, error) bool) {
				for yield(card(1), nil) {
				}
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				released := make(chan struct{})
				defer close(released)
				s := &sequence{
					board: board{name: "one"},
					seq: func(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
						return func(yield func(lead.Lead, error) bool) { c.search(released, yield) }
					},
				}
				p, err := forge.New(forge.Config{
					Scrapers: []forge.Scraper{
						s,
					},
					Scorer:    scoring(50),
					Store:     memory.New(nil).ForUser("ada"),
					Resume:    resume,
					BatchSize: 500,
				})
				require.NoError(t, err)
				start := time.Now()
				report, err := p.Discover(t.Context(), c.query)
				if c.err == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, c.err)
				}
				require.Equal(t, c.found, report.Found)
				require.LessOrEqual(t, time.Since(start), c.within)
			})
		})
	}
}

func TestCancellingDoesNotWaitForWhatIgnoresItsContext(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"search", "detail", "score"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				released := make(chan struct{})
				defer close(released)
				hang := func(at string) {
					if at == where {
						<-released
					}
				}
				b := &board{
					name: "one", pages: listing("one", 6, 2),
					page: func(n int) error {
						if n == 2 {
							hang("search")
						}
						return nil
					},
					detail: func(context.Context, lead.Lead) (enrich.Data, error) {
						hang("detail")
						return enrich.Data{Description: junk}, nil
					},
				}
				db := memory.New(nil).ForUser("ada")
				p, err := forge.New(forge.Config{
					Scrapers:      boards(b),
					Store:         db,
					Resume:        resume,
					ScrapeTimeout: 10 * time.Hour,
					ScoreTimeout:  10 * time.Hour,
					Scorer: forge.ScorerFunc(
						func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
							hang("score")
							return enrich.Assessment{Score: 50}, nil
						},
					),
				})
				require.NoError(t, err)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				_, err = p.Run(ctx, lead.Query{})
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.LessOrEqual(t, time.Since(start), time.Minute+10*time.Second)
				jobs, err := db.Claim(t.Context(), 100, time.Minute)
				require.NoError(t, err)
				if where != "search" {
					require.Len(t, jobs, 6, "every claim was given back")
				}
				for _, j := range jobs {
					require.Zero(t, j.Attempts, fmt.Sprint(j.Lead.Key()))
				}
			})
		})
	}
}
