package scorer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/sqlitecache"
)

func TestCachedAsksOncePerIdentityResumeAndPosting(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	file := must[*sqlitecache.Cache](t)(sqlitecache.Open(ctx, filepath.Join(t.TempDir(), "m.db"), nil))
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	for _, c := range []struct {
		name  string
		cache scorer.Cache
	}{{"in memory", nil}, {"in a file", file}} {
		t.Run(c.name, func(t *testing.T) {
			model := &script{name: "model", score: 55, digest: "a", unverified: true}
			cached := must[*scorer.Cached](t)(scorer.NewCached(model, c.cache, nil))
			first, err := cached.Score(ctx, "résumé", posting("1"))
			require.NoError(t, err)
			first.MissingSkills[0] = "overwritten"
			for range 3 {
				a, err := cached.Score(ctx, "résumé", posting("1"))
				require.NoError(t, err)
				require.Equal(t, enrich.Assessment{
					Score: 55, Unverified: true, Reasoning: "As scripted.", MissingSkills: []string{"Rust"},
					By: "model/1",
				}, a)
			}
			require.EqualValues(t, 1, model.calls.Load())

			changed := posting("1")
			changed.Data.Requirements = "A diploma."
			for i, ask := range []func() error{
				func() error { return second(cached.Score(ctx, "another résumé", posting("1"))) },
				func() error { return second(cached.Score(ctx, "résumé", posting("2"))) },
				func() error { return second(cached.Score(ctx, "résumé", changed)) },
				func() error { model.digest = "b"; return second(cached.Score(ctx, "résumé", posting("1"))) },
			} {
				require.NoError(t, ask())
				require.EqualValues(t, i+2, model.calls.Load())
			}
		})
	}
}

func TestCachedInMemoryDropsTheOldest(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", score: 55}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, nil, &scorer.CachedOptions{Entries: 3}))
	ask := func(id int) (asked bool) {
		before := model.calls.Load()
		require.NoError(t, second(cached.Score(t.Context(), "résumé", posting(fmt.Sprint(id)))))
		return model.calls.Load() > before
	}
	for id := range 5 {
		require.True(t, ask(id))
	}
	for _, id := range []int{2, 3, 4} {
		require.False(t, ask(id), "one of the last three")
	}
	require.True(t, ask(0), "dropped")
	require.True(t, ask(2), "dropped for the one before")
	require.False(t, ask(4))
}

func TestCachedKeepsNoErrors(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", score: 55, err: scorer.ErrReply}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, nil, nil))
	_, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrReply)
	model.err = nil
	a, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.NoError(t, err)
	require.Equal(t, 55, a.Score)
}

func TestCachedFailsWhileItsScorerCannotBeIdentified(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", err: scorer.ErrUnavailable}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, nil, nil))
	_, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.Zero(t, model.calls.Load())
}

func TestCachedRefusesAScorerWhoseAnswersCannotBeNamed(t *testing.T) {
	t.Parallel()
	nameless := forge.ScorerFunc((&script{}).Score)
	model := &script{name: "model"}
	fallback := must[*scorer.Fallback](t)(scorer.NewFallback(model, model, nil))
	for _, c := range []struct {
		name   string
		scorer scorer.Scorer
	}{
		{"a function", nameless},
		{"a fallback", fallback},
		{"a cascade with a function", must[*scorer.Cascade](t)(scorer.NewCascade(nameless, model, nil))},
		{"a cascade with a fallback", must[*scorer.Cascade](t)(scorer.NewCascade(model, fallback, nil))},
	} {
		_, err := scorer.NewCached(c.scorer, nil, nil)
		require.ErrorContains(t, err, "Identity", c.name)
	}
	o := &scorer.CachedOptions{Identity: "mine/3"}
	named := must[*scorer.Cached](t)(scorer.NewCached(nameless, nil, o))
	id, err := named.Identity(t.Context())
	require.NoError(t, err)
	require.Equal(t, "mine/3", id)
}

// A broken cache fails at everything.
type broken struct{}

func (broken) Load(context.Context, string) (enrich.Assessment, bool, error) {
	return enrich.Assessment{}, false, errors.New("disk on fire")
}

func (broken) Save(context.Context, string, enrich.Assessment) error {
	return errors.New("disk on fire")
}

func TestCachedAsksTheScorerIfTheCacheIsBroken(t *testing.T) {
	t.Parallel()
	var told []string
	model := &script{name: "model", score: 55}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, broken{}, &scorer.CachedOptions{
		OnError: func(err error) { told = append(told, err.Error()) },
	}))
	a, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.NoError(t, err)
	require.Equal(t, 55, a.Score)
	require.Equal(t, []string{"load an assessment: disk on fire", "save an assessment: disk on fire"}, told)
}
