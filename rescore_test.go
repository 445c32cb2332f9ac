package forge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/store"
)

func TestOldScoresAreToldFromThoseOfThisResume(t *testing.T) {
	t.Parallel()
	b := rejected(t, 10, lexical.New(nil))
	outdated, err := b.Outdated(t.Context())
	require.NoError(t, err)
	require.Zero(t, outdated, "the pipeline's own scores")
	p := b.with(t, nurseResume, nil)
	outdated, err = p.Outdated(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.Outdated{Resume: 5, Rejected: 5}, outdated, "the welder's jobs stay rejected")
	done, err := p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Rejected: 5, Stay: 5}, done, "the nurse's jobs are due")
	require.Equal(t, map[lead.Status]int{lead.AutoRejected: 5, lead.Discovered: 5}, b.store.statuses(t))
	outdated, err = p.Outdated(t.Context())
	require.NoError(t, err)
	require.Zero(t, outdated, "what the sketches reject is judged, and what is due is scored next")
	done, err = p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Stay: 5}, done, "nothing is offered twice")
}

// near judges every sketch as a little below the gate, which a text can be above.
type near struct{ forge.Sketcher }

func (near) ForSketches(string) (scorer.SketchScorer, error) { return near{}, nil }

func (near) ScoreSketch(lead.Lead, enrich.Sketch) (score int, verified bool, err error) {
	return gate.Default - 10, true, nil
}

func TestASketchNearTheGateIsNoVerdict(t *testing.T) {
	t.Parallel()
	b := rejected(t, 4, lexical.New(nil))
	p := b.with(t, nurseResume, func(c *forge.Config) { c.Sketcher = near{lexical.New(nil)} })
	outdated, err := p.Outdated(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.Outdated{Resume: 4, Rejected: 4}, outdated)
	done, err := p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Rejected: 4}, done)
}

// gated names a gate in its identity, as a model does.
type gated struct {
	forge.ScorerFunc
	gate int
}

func (g gated) Identity(context.Context) (string, error) {
	return fmt.Sprintf("neargate gate=%d band=5 (model prompt=7 gate=%d num_ctx=8192)", g.gate, g.gate), nil
}

func TestAnotherGateMakesNoOtherScorer(t *testing.T) {
	t.Parallel()
	at := func(threshold int) func(*forge.Config) {
		return func(c *forge.Config) {
			g, err := gate.New(threshold)
			require.NoError(t, err)
			c.Scorer, c.Gate, c.Sketcher = gated{scoring(50), threshold}, g, nil
		}
	}
	b := newBench(t, true, func(c *forge.Config) {
		at(30)(c)
		c.Scrapers, c.Resume = []forge.Scraper{hospital(3)}, nurseResume
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	p := b.with(t, nurseResume, at(70))
	outdated, err := p.Outdated(t.Context())
	require.NoError(t, err)
	require.Zero(t, outdated)
	regating, err := p.Regating(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.Regating{Hidden: 3}, regating)
}

func TestRescoreGoesBestFirstAndMatchesKeepTheirPlace(t *testing.T) {
	t.Parallel()
	const jobs = 40
	score := func(l lead.Lead) int { return 31 + number(l)*37%67 }
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers = []forge.Scraper{hospital(jobs)}
		c.Scorer = forge.ScorerFunc(
			func(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{Score: score(p.Lead), Reasoning: "As scripted.", By: "script"}, nil
			})
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	p := b.with(t, nurseResume, func(c *forge.Config) { c.Scorer = scoring(50) })
	done, err := p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Kept: jobs}, done)
	require.Equal(t, map[lead.Status]int{lead.Matched: jobs}, b.store.statuses(t))
	due, err := b.store.Claim(t.Context(), jobs, time.Minute)
	require.NoError(t, err)
	require.Len(t, due, jobs)
	best := func(a, b store.Job) int { return score(b.Lead) - score(a.Lead) }
	require.True(t, slices.IsSortedFunc(due, best))
}

func TestRescoreReadsAllAgainWithoutASketcher(t *testing.T) {
	t.Parallel()
	b := rejected(t, 4, nil)
	p := b.with(t, nurseResume, func(c *forge.Config) { c.Scorer = scoring(5) })
	done, err := p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Rejected: 4}, done)
}

func TestKeptJobIsKeptWhateverItScores(t *testing.T) {
	t.Parallel()
	b := rejected(t, 2, nil)
	entries, _, err := b.store.List(t.Context(), store.Filter{Statuses: []lead.Status{lead.AutoRejected}})
	require.NoError(t, err)
	n, err := b.store.Keep(t.Context(), []int64{entries[0].ID})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = b.Enrich(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[lead.Status]int{lead.AutoRejected: 1, lead.Matched: 1}, b.store.statuses(t))
	matches, _, err := b.store.List(t.Context(), store.Filter{})
	require.NoError(t, err)
	require.Equal(t, entries[0].ID, matches[0].ID)
	require.NotEmpty(t, matches[0].Data.Description)
	require.Less(t, matches[0].Assessment.Score, gate.Default)
}

func TestRegateAppliesThePipelinesGateToWhatIsDecided(t *testing.T) {
	t.Parallel()
	b := rejected(t, 3, nil)
	low, err := gate.New(5)
	require.NoError(t, err)
	p := b.with(t, nurseResume, func(c *forge.Config) { c.Gate = low })
	counted, err := p.Regating(t.Context())
	require.NoError(t, err)
	done, err := p.Regate(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.Regating{Reopened: 3}, done)
	require.Equal(t, done, counted)
	bare := b.with(t, nurseResume, func(c *forge.Config) { c.Store = struct{ forge.Store }{b.store} })
	_, err = bare.Regate(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
}
