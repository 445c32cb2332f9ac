package forge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// A function is a scorer. It gives a judgement or an error, and never a guess.
func ExampleScorerFunc() {
	words := forge.ScorerFunc(
		func(_ context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
			m := enrich.Assessment{
				By: "words/1", Reasoning: "Counts the required skills that the résumé names.",
			}
			for _, skill := range strings.Fields(p.Data.Requirements) {
				if strings.Contains(resume, skill) {
					m.Score += 50
				} else {
					m.MissingSkills = append(m.MissingSkills, skill)
				}
			}
			return m, nil
		},
	)
	m, err := words.Score(context.Background(), "Ten years of Go.",
		enrich.Posting{Data: enrich.Data{Requirements: "Go SQL"}})
	fmt.Println(m.Score, m.MissingSkills, err)
	// Output: 50 [SQL] <nil>
}

// Observe is told what happens, one event at a time, and never a text.
func ExampleConfig_observe() {
	db := memory.New(nil)
	strict, err := gate.New(60)
	if err != nil {
		fmt.Println(err)
		return
	}
	pipeline, err := forge.New(forge.Config{
		Scrapers: boards(&board{name: "board", pages: listing("board", 2, 2)}),
		Scorer: forge.ScorerFunc(
			func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{Score: 30 * number(p.Lead), By: "example"}, nil
			},
		),
		Store:   db.ForUser("me"),
		Resume:  "Ten years of Go.",
		Gate:    strict,
		Scrapes: 1,
		Scores:  1,
		Observe: func(e forge.Event) {
			switch e.Kind {
			case forge.EventSynced:
				fmt.Println(e.N, "jobs are due")
			case forge.EventMatched, forge.EventRejected:
				fmt.Println(e.Key, e.Kind, "at", e.N)
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := pipeline.Run(context.Background(), lead.Query{})
	fmt.Println(report.Matched, "matched,", report.Rejected, "rejected,", report.JunkBytes,
		"bytes of junk not stored", err)
	// Unordered output:
	// 2 jobs are due
	// board:1 rejected at 30
	// board:2 matched at 60
	// 1 matched, 1 rejected, 83 bytes of junk not stored <nil>
}

// New names every field that is missing, and what to give.
func ExampleNew() {
	_, err := forge.New(forge.Config{Lease: -1})
	fmt.Println(err)
	// Output:
	// forge: Config.Scrapers: missing: set at least one board, for example from linkedin.New(nil)
	// forge: Config.Scorer: missing: set a scorer, for example lexical.New(nil), which works offline
	// forge: Config.Store: missing: set one user's view of a store, for example memory.New(nil).ForUser("me")
	// forge: Config.Resume: empty: set it to the plain text of the résumé
	// forge: Config.Lease: -1ns is out of range: want at most 24h0m0s, or 0 for the default of 1m0s
}

// errOutage is what a scorer returns when it cannot work now.
var errOutage = fmt.Errorf("%w: model is not loaded", scorer.ErrUnavailable)

// The stages can run apart: an agent that searches in the morning, and one that scores whenever its
// model is up.
func ExamplePipeline_Enrich() {
	ctx := context.Background()
	db := memory.New(nil)
	down := true
	pipeline, err := forge.New(forge.Config{
		Scrapers: boards(&board{name: "board", pages: listing("board", 3, 3)}),
		Store:    db.ForUser("me"),
		Resume:   "Ten years of Go.",
		Scorer: forge.ScorerFunc(func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
			if down {
				return enrich.Assessment{}, errOutage
			}
			return enrich.Assessment{Score: 70, By: "example"}, nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := pipeline.Discover(ctx, lead.Query{Keywords: "golang"})
	fmt.Println(found.New, "new", err)

	_, err = pipeline.Enrich(ctx)
	fmt.Println("outage:", errors.Is(err, errOutage))

	down = false // nothing was lost, and nothing became a 0
	report, err := pipeline.Enrich(ctx)
	fmt.Println(report.Matched, "matched", err)
	matches, _, err := db.ForUser("me").List(ctx, store.Filter{})
	fmt.Println(len(matches), err)
	// Output:
	// 3 new <nil>
	// outage: true
	// 3 matched <nil>
	// 3 <nil>
}
