package forge_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
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
	require.Equal(t, store.Outdated{Resume: 10, Rejected: 10}, outdated)
	done, err := p.Rescore(t.Context())
	require.NoError(t, err)
	require.Equal(t, forge.Rescoring{Rejected: 5, Stay: 5}, done, "the nurse's jobs are due")
	require.Equal(t, map[lead.Status]int{lead.AutoRejected: 5, lead.Discovered: 5}, b.store.statuses(t))
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
