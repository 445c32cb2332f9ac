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
			Scrapers: boards(&board{name: "one"}), Scorer: scoring(1), Store: memory.New(nil).ForUser("ada"), Resume: resume,
		}
	}
	_, err := forge.New(valid())
	require.NoError(t, err)

	for field, breakIt := range map[string]func(*forge.Config){
		"Config.Scrapers":    func(c *forge.Config) { c.Scrapers = nil },
		"Config.Scrapers[0]": func(c *forge.Config) { c.Scrapers = []forge.Scraper{(*board)(nil)} },
		"Config.Scrapers[1]": func(c *forge.Config) { c.Scrapers = boards(&board{name: "one"}, &board{name: "one"}) },
		"Config.Scorer":      func(c *forge.Config) { c.Scorer = forge.ScorerFunc(nil) },
		"Config.Store":       func(c *forge.Config) { c.Store = (*memory.Store)(nil) },
		"Config.Resume":      func(c *forge.Config) { c.Resume = " \n" },
		"Config.BatchSize":   func(c *forge.Config) { c.BatchSize = store.MaxBatch + 1 },
		"Config.Scrapes":     func(c *forge.Config) { c.Scrapes = -1 },
		"Config.Scores":      func(c *forge.Config) { c.Scores = 1000 },
		"Config.Lease":       func(c *forge.Config) { c.Lease = -time.Second },
		"Config.MaxAttempts": func(c *forge.Config) { c.MaxAttempts = -1 },
	} {
		c := valid()
		breakIt(&c)
		_, err := forge.New(c)
		var wrong *lead.FieldError
		require.ErrorAs(t, err, &wrong, field)
		require.Equal(t, field, wrong.Field)
		require.NotContains(t, err.Error(), resume)
	}

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
		c.Scorer = forge.ScorerFunc(func(_ context.Context, cv string, p enrich.Posting) (enrich.Match, error) {
			if number(p.Lead)%2 == 0 {
				return enrich.Match{}, errors.New("cannot make sense of " + cv + p.Data.Description)
			}
			return enrich.Match{Score: 90}, nil
		})
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Contains(t, log.String(), "one:2", "a key and a cause are logged")
	require.NotContains(t, log.String(), "ice cream")
	require.NotContains(t, log.String(), "Ada")
	require.NotContains(t, fmt.Sprint(b.store.outcomes), "ice cream")
}
