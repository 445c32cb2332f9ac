package llm_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/sqlitecache"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

func TestCachedRunAsksTheModelNothingAfterEverythingIsReopened(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "forge.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(ctx))
	user := db.ForUser("ada")

	m := says(llmtest.Fits())
	s := newScorer(t, m, &llm.Options{Name: "test/model"})
	postings := llmtest.Number(append([]enrich.Posting{llmtest.Fitting()}, aboutModels()...))
	run := func() (matched, rejected int) {
		cache, err := sqlitecache.Open(ctx, filepath.Join(dir, "matches.db"), nil) // as another process would
		require.NoError(t, err)
		defer func() { require.NoError(t, cache.Close()) }()
		near, err := scorer.NewNearGate(s, nil)
		require.NoError(t, err)
		cached, err := scorer.NewCached(near, cache, nil)
		require.NoError(t, err)
		report, err := llmtest.Pipeline(t, postings, cached, user).Run(ctx, lead.Query{})
		require.NoError(t, err)
		return report.Matched, report.Rejected
	}
	matched, rejected := run()
	require.Equal(t, len(postings), matched+rejected)
	calls := len(m.asked)
	require.Equal(t, len(postings), calls)

	n, err := user.Reopen(ctx, store.Selection{ScoredBy: "test"})
	require.NoError(t, err)
	require.Equal(t, len(postings), n)
	again, rejectedAgain := run()
	require.Equal(t, [2]int{matched, rejected}, [2]int{again, rejectedAgain})
	require.Len(t, m.asked, calls, "the model was asked again")

	// A changed posting is asked about.
	postings[0].Data.Description = strings.Replace(postings[0].Data.Description, "a dog", "a cat", 1)
	cache, err := sqlitecache.Open(ctx, filepath.Join(dir, "matches.db"), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, cache.Close()) }()
	cached, err := scorer.NewCached(s, cache, nil)
	require.NoError(t, err)
	_, err = cached.Score(ctx, llmtest.Resume, postings[0])
	require.NoError(t, err)
	require.Len(t, m.asked, calls+1)
}
