package forge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

func TestNewNamesEveryFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	valid := func() forge.Config {
		return forge.Config{
			Scrapers: boards(&board{name: "one"}), Scorer: scoring(1),
			Store: memory.New(nil).ForUser("ada"), Resume: resume,
		}
	}
	_, err := forge.New(valid())
	require.NoError(t, err)

	for _, c := range []struct {
		name, field, wayOut string
		breakIt             func(*forge.Config)
	}{
		{
			"no board", "Scrapers", "set at least one board",
			func(c *forge.Config) { c.Scrapers = nil },
		},
		{
			"nil board", "Scrapers[0]", "nil",
			func(c *forge.Config) { c.Scrapers = []forge.Scraper{nil} },
		},
		{
			"nil pointer", "Scrapers[0]", "nil",
			func(c *forge.Config) { c.Scrapers = []forge.Scraper{(*board)(nil)} },
		},
		{
			"one name twice", "Scrapers[1]", "each board needs a unique one",
			func(c *forge.Config) { c.Scrapers = boards(&board{name: "one"}, &board{name: "one"}) },
		},
		{
			"no name", "Scrapers[0]", "not a valid name",
			func(c *forge.Config) { c.Scrapers = boards(&board{}) },
		},
		{
			"a name with spaces", "Scrapers[0]", "want lower-case letters",
			func(c *forge.Config) { c.Scrapers = boards(&board{name: "My Board"}) },
		},
		{
			"no scorer", "Scorer", "for example lexical.New(nil)",
			func(c *forge.Config) { c.Scorer = nil },
		},
		{
			"nil function", "Scorer", "for example lexical.New(nil)",
			func(c *forge.Config) { c.Scorer = forge.ScorerFunc(nil) },
		},
		{
			"no store", "Store", "ForUser",
			func(c *forge.Config) { c.Store = nil },
		},
		{
			"nil store", "Store", "ForUser",
			func(c *forge.Config) { c.Store = (*memory.Store)(nil) },
		},
		{
			"blank résumé", "Resume", "set it to the plain text of the résumé",
			func(c *forge.Config) { c.Resume = " \n" },
		},
		{
			"large batches", "BatchSize", "want 1 to 500, or 0 for the default of 25",
			func(c *forge.Config) { c.BatchSize = store.MaxBatch + 1 },
		},
		{
			"negative batches", "BatchSize", "want 1 to 500, or 0 for the default of 25",
			func(c *forge.Config) { c.BatchSize = -1 },
		},
		{
			"negative scrapes", "Scrapes", "want 1 to 256, or 0 for the default of 4",
			func(c *forge.Config) { c.Scrapes = -1 },
		},
		{
			"too many scrapes", "Scrapes", "want 1 to 256, or 0 for the default of 4",
			func(c *forge.Config) { c.Scrapes = 257 },
		},
		{
			"negative scores", "Scores", "want 1 to 256, or 0 for the default of 1",
			func(c *forge.Config) { c.Scores = -1 },
		},
		{
			"too many scores", "Scores", "want 1 to 256, or 0 for the default of 1",
			func(c *forge.Config) { c.Scores = 1000 },
		},
		{
			"negative lease", "Lease", "or 0 for the default of 1m0s",
			func(c *forge.Config) { c.Lease = -time.Second },
		},
		{
			"endless lease", "Lease", "at most 24h0m0s",
			func(c *forge.Config) { c.Lease = store.MaxLease + 1 },
		},
		{
			"negative time to read", "ScrapeTimeout", "or 0 for the default of 2m0s",
			func(c *forge.Config) { c.ScrapeTimeout = -1 },
		},
		{
			"endless time to score", "ScoreTimeout", "at most 24h0m0s",
			func(c *forge.Config) { c.ScoreTimeout = 25 * time.Hour },
		},
		{
			"a résumé that the scorer cannot use", "Resume",
			"the scorer cannot use it: not a language that it reads",
			func(c *forge.Config) { c.Scorer = binder{errors.New("not a language that it reads")} },
		},
		{
			"negative attempts", "MaxAttempts", "want at least 1, or 0 for the default of 3",
			func(c *forge.Config) { c.MaxAttempts = -1 },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := valid()
			c.breakIt(&config)
			p, err := forge.New(config)
			require.Nil(t, p)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, "Config."+c.field, wrong.Field)
			require.Contains(t, wrong.Problem, c.wayOut)
			require.NotContains(t, err.Error(), resume)
		})
	}

	limits := valid()
	limits.BatchSize, limits.Scrapes, limits.Scores = store.MaxBatch, 256, 256
	limits.Lease, limits.MaxAttempts = store.MaxLease, 1
	limits.ScrapeTimeout, limits.ScoreTimeout = 1, 24*time.Hour
	_, err = forge.New(limits)
	require.NoError(t, err, "limits are inclusive")

	_, err = forge.New(forge.Config{})
	for _, field := range []string{"Scrapers", "Scorer", "Store", "Resume"} {
		require.ErrorContains(t, err, "Config."+field, "all that is missing is said at once")
	}
}

func TestTheLogHoldsNoTextOfAnyone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = boards(&board{name: "one", pages: listing("one", 8, 4)})
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Scorer = forge.ScorerFunc(func(
			_ context.Context, cv string, p enrich.Posting,
		) (enrich.Assessment, error) {
			if number(p.Lead)%2 == 0 {
				return enrich.Assessment{}, errors.New("cannot make sense of " + cv + p.Data.Description)
			}
			return enrich.Assessment{Score: 90}, nil
		})
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Contains(t, log.String(), "one:2", "a key and a cause are logged")
	require.NotContains(t, log.String(), "ice cream")
	require.NotContains(t, log.String(), "Ada")
	require.NotContains(t, fmt.Sprint(b.store.outcomes), "ice cream")
}

// A binder is a scorer that reads the résumé once.
type binder struct{ err error }

func (binder) Score(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
	return enrich.Assessment{}, errors.New("not bound")
}

func (b binder) ForResume(cv string) (forge.Scorer, error) {
	return forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
		return enrich.Assessment{Score: 50, Reasoning: cv}, nil
	}), b.err
}

func TestNewBindsTheResumeOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers, c.Scorer = boards(&board{name: "one", pages: listing("one", 3, 3)}), binder{}
	})
	report, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 3, report.Matched)
	require.Equal(t, resume, b.store.results[0].Assessment.Reasoning)
}
