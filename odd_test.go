package forge_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// oddAdverts are the ways in which one advert fails for ever, whatever its board does.
var oddAdverts = []struct {
	name   string
	detail func(ctx context.Context, l lead.Lead) (enrich.Data, error)
}{
	{
		"no text",
		func(context.Context, lead.Lead) (enrich.Data, error) { return enrich.Data{Description: " \n"}, nil },
	},
	{"not readable", func(_ context.Context, l lead.Lead) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{
			URL:    l.URL,
			Status: 200,
			Reason: "a picture",
			Err:    scraper.ErrPosting,
		}
	}},
	{
		"markup",
		func(context.Context, lead.Lead) (enrich.Data, error) { return enrich.Data{}, scraper.ErrMarkup },
	},
	{"leads elsewhere", func(_ context.Context, l lead.Lead) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{
			URL:    l.URL,
			Status: 302,
			Err:    &scraper.RedirectError{To: "https://one.example/jobs"},
		}
	}},
	{"an unnamed error", func(context.Context, lead.Lead) (enrich.Data, error) {
		return enrich.Data{}, errors.New("unexpected end of JSON input")
	}},
	{"a panic", func(_ context.Context, l lead.Lead) (enrich.Data, error) { panic(l) }},
	{
		"a login wall",
		func(context.Context, lead.Lead) (enrich.Data, error) { return enrich.Data{}, scraper.ErrBlocked },
	},
	{"a server error", func(_ context.Context, l lead.Lead) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: l.URL, Status: 500}
	}},
	{"no end", func(ctx context.Context, _ lead.Lead) (enrich.Data, error) {
		<-ctx.Done()
		return enrich.Data{}, ctx.Err()
	}},
}

// oddPostings are the ways in which a scorer fails at one posting for ever.
var oddPostings = []struct {
	name string
	err  error
}{
	{"reply", fmt.Errorf("x: %w", scorer.ErrReply)},
	{"too long", fmt.Errorf("x: %w", scorer.ErrTooLong)},
	{"crash", fmt.Errorf("x: %w", scorer.ErrCrashed)},
	{"language", fmt.Errorf("x: %w", scorer.ErrPosting)},
	{"unnamed", errors.New("index out of range")},
}

// Some adverts or postings are odd for ever. Whatever the way, their place in the list and the
// concurrency are: every run finds every card, every other job is decided, and the odd ones come to
// an end.
func TestOddAdvertsCostNoOtherJob(t *testing.T) {
	t.Parallel()
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 1))
		way := oddAdverts[rng.IntN(len(oddAdverts))]
		posting := oddPostings[rng.IntN(len(oddPostings))]
		atScorer := rng.IntN(3) == 0
		name := way.name
		if atScorer {
			name = posting.name
		}
		t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := 2 + rng.IntN(70)
				odd := map[int]bool{1 + rng.IntN(n): true}
				if rng.IntN(2) == 0 &&
					(atScorer || name != "a login wall") { // some more, which can stand together
					for range rng.IntN(n/6 + 1) {
						odd[1+rng.IntN(n)] = true
					}
				}
				b := &board{name: "one", pages: listing("one", n, 1+rng.IntN(30))}
				b.detail = func(ctx context.Context, l lead.Lead) (enrich.Data, error) {
					time.Sleep(time.Duration(rand.IntN(3000)) * time.Millisecond)
					if odd[number(l)] && !atScorer {
						return way.detail(ctx, l)
					}
					return enrich.Data{Description: junk}, nil
				}
				db := memory.New(nil).ForUser("ada")
				p, err := forge.New(forge.Config{
					Scrapers:      boards(b),
					Store:         db,
					Resume:        resume,
					Scrapes:       rng.IntN(9),
					Scores:        rng.IntN(4),
					BatchSize:     1 + rng.IntN(40),
					ScrapeTimeout: 20 * time.Second,
					Scorer: forge.ScorerFunc(
						func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
							time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
							if odd[number(p.Lead)] && atScorer {
								return enrich.Assessment{}, posting.err
							}
							return enrich.Assessment{Score: 20 + number(p.Lead)%2*50}, nil
						},
					),
				})
				require.NoError(t, err)
				for range 8 {
					report, _ := p.Run(t.Context(), lead.Query{})
					require.Equal(t, n, report.Found, "every run finds every card")
					time.Sleep(26 * time.Hour)
				}
				entries, _, err := db.List(t.Context(), store.Filter{Limit: 500, Statuses: []lead.Status{
					lead.Discovered, lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed,
				}})
				require.NoError(t, err)
				require.Len(t, entries, n)
				for _, e := range entries {
					if odd[number(e.Lead)] && name == "a server error" {
						require.Equal(t, lead.Discovered, e.Status, "the server may recover")
					} else if odd[number(e.Lead)] {
						require.Contains(t, []lead.Status{lead.Failed, lead.Closed}, e.Status, e.Lead.Title)
					} else {
						require.NotNil(t, e.Assessment, e.Lead.Title)
					}
				}
			})
		})
	}
}

// Where all adverts fail alike, the markup has changed: few are asked for in a run, none is FAILED
// for it, the search goes on, and all are decided when the adapter has been mended.
func TestAdvertsThatAllFailPauseTheirBoard(t *testing.T) {
	t.Parallel()
	for _, way := range oddAdverts {
		for _, c := range []struct{ jobs, scrapes int }{{3, 1}, {12, 4}, {60, 1}, {60, 4}, {200, 64}} {
			t.Run(fmt.Sprintf("%s/%d jobs, %d at once", way.name, c.jobs, c.scrapes), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					mended := false
					b := &board{name: "one", pages: listing("one", c.jobs, 25)}
					b.detail = func(ctx context.Context, l lead.Lead) (enrich.Data, error) {
						if mended {
							return enrich.Data{Description: junk}, nil
						}
						time.Sleep(time.Duration(number(l)) * time.Millisecond)
						return way.detail(ctx, l)
					}
					db := memory.New(nil).ForUser("ada")
					p, err := forge.New(forge.Config{
						Scrapers: boards(b),
						Store:    db,
						Resume:   resume,
						Scrapes:  c.scrapes,
						Scorer:   scoring(50),
					})
					require.NoError(t, err)
					for range 6 {
						before := b.read()
						report, err := p.Run(t.Context(), lead.Query{})
						require.Error(t, err)
						require.Equal(t, c.jobs, report.Found, "an advert never ends a search")
						require.Zero(t, report.Failed+report.Closed)
						require.LessOrEqual(t, b.read()-before, 20)
						time.Sleep(26 * time.Hour)
					}
					mended = true
					report, err := p.Run(t.Context(), lead.Query{})
					require.NoError(t, err)
					require.Equal(t, c.jobs, report.Matched)
				})
			})
		}
	}
}

// A caller that cancels is the cause of every failure that still waits for its verdict: the claims
// are given back, and nothing is reported as tried again.
func TestCancellingGivesBackTheJobsThatWaitForAVerdict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &board{name: "one", pages: listing("one", 3, 3)}
		b.detail = func(ctx context.Context, l lead.Lead) (enrich.Data, error) {
			if number(l) > 1 {
				return enrich.Data{}, scraper.ErrPosting
			}
			<-ctx.Done()
			return enrich.Data{}, ctx.Err()
		}
		db := memory.New(nil).ForUser("ada")
		p, err := forge.New(forge.Config{
			Scrapers: boards(b), Store: db, Resume: resume, Scorer: scoring(50), ScrapeTimeout: time.Hour,
		})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		report, err := p.Run(ctx, lead.Query{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, forge.Report{Found: 3, New: 3}, report)
		jobs, err := db.Claim(t.Context(), 100, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 3)
		for _, j := range jobs {
			require.Zero(t, j.Attempts)
		}
	})
}

// A scorer that fails at every posting stops the run after a few, with an error that says what to
// do, and fails no job.
func TestPostingsThatAllFailStopTheRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, advice string
		err          error
	}{
		{"reply", "use a model that follows the form of the answer", scorer.ErrReply},
		{"crash", "check the log of the model's server", scorer.ErrCrashed},
		{"unnamed", "use a model", errors.New("index out of range")},
		{"no end", "raise Config.ScoreTimeout", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				db := memory.New(nil).ForUser("ada")
				p, err := forge.New(forge.Config{
					Scrapers: boards(&board{name: "one", pages: listing("one", 40, 25)}),
					Store:    db,
					Resume:   resume,
					Scorer: forge.ScorerFunc(
						func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
							asked++
							if c.err == nil {
								<-ctx.Done()
								return enrich.Assessment{}, ctx.Err()
							}
							return enrich.Assessment{}, c.err
						},
					),
				})
				require.NoError(t, err)
				for range 6 {
					asked = 0
					report, err := p.Run(t.Context(), lead.Query{})
					require.ErrorContains(t, err, c.advice)
					require.Equal(t, 3, asked)
					require.Equal(t, 40, report.Found)
					require.Zero(t, report.Failed)
					time.Sleep(26 * time.Hour)
				}
			})
		})
	}
}
