package scorer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/scorertest"
)

func TestConstructorsNameTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	s := &script{}
	for _, c := range []struct {
		field string
		err   error
	}{
		{"cheap", second(scorer.NewCascade(nil, s, nil))},
		{"model", second(scorer.NewCascade(s, nil, nil))},
		{"CascadeOptions.Margin", second(scorer.NewCascade(s, s, &scorer.CascadeOptions{Margin: 101}))},
		{"CascadeOptions.Margin", second(scorer.NewCascade(s, s, &scorer.CascadeOptions{Margin: -1}))},
		{"model", second(scorer.NewNearGate(nil, nil))},
		{"NearGateOptions.Band", second(scorer.NewNearGate(s, &scorer.NearGateOptions{Band: -1}))},
		{
			"NearGateOptions.Temperature",
			second(scorer.NewNearGate(s, &scorer.NearGateOptions{Temperature: math.NaN()})),
		},
		{
			"NearGateOptions.Seeds",
			second(scorer.NewNearGate(s, &scorer.NearGateOptions{Seeds: [2]int{7, 7}})),
		},
		{"scorer", second(scorer.NewCached(nil, nil, nil))},
		{"CachedOptions.Entries", second(scorer.NewCached(s, nil, &scorer.CachedOptions{Entries: -1}))},
		{"first", second(scorer.NewFallback(nil, s, nil))},
		{"second", second(scorer.NewFallback(s, nil, nil))},
		{"scorer", second(scorer.NewCalibrated(nil, scorer.Calibration{By: "x"}))},
		{"by", second(scorer.NewCalibrated(s, scorer.Calibration{}))},
		{"FallbackOptions.Rest", second(scorer.NewFallback(s, s, &scorer.FallbackOptions{Rest: -1}))},
	} {
		var problem *lead.FieldError
		require.ErrorAs(t, c.err, &problem, c.field)
		require.Equal(t, c.field, problem.Field)
	}
}

func TestIdentityNamesEverySetting(t *testing.T) {
	t.Parallel()
	a, b := &script{name: "a"}, &script{name: "b"}
	at40 := must[gate.Gate](t)(gate.New(40))
	seen := make(map[string]bool)
	for _, s := range []scorer.Identifier{
		a, b,
		must[*scorer.Cascade](t)(scorer.NewCascade(a, b, nil)),
		must[*scorer.Cascade](t)(scorer.NewCascade(b, a, nil)),
		must[*scorer.Cascade](t)(scorer.NewCascade(a, b, &scorer.CascadeOptions{Margin: 10})),
		must[*scorer.Cascade](t)(scorer.NewCascade(a, b, &scorer.CascadeOptions{Gate: at40})),
		must[*scorer.Cascade](t)(scorer.NewCascade(a, b, &scorer.CascadeOptions{RejectOnly: true})),
		must[*scorer.Calibrated](t)(scorer.NewCalibrated(a, scorer.Calibration{By: "x"})),
		must[*scorer.Calibrated](t)(scorer.NewCalibrated(a, scorer.Calibration{By: "y"})),
		must[*scorer.NearGate](t)(scorer.NewNearGate(a, nil)),
		must[*scorer.NearGate](t)(scorer.NewNearGate(b, nil)),
		must[*scorer.NearGate](t)(scorer.NewNearGate(a, &scorer.NearGateOptions{Band: 6})),
		must[*scorer.NearGate](t)(scorer.NewNearGate(a, &scorer.NearGateOptions{Seeds: [2]int{3, 4}})),
		must[*scorer.NearGate](t)(scorer.NewNearGate(a, &scorer.NearGateOptions{Temperature: 1})),
	} {
		id, err := s.Identity(t.Context())
		require.NoError(t, err)
		require.False(t, seen[id], "two scorers with one identity: %s", id)
		seen[id] = true
	}
}

// combinators are one of each, around two scorers. Every one asks its last scorer for what its
// first cannot judge.
func combinators(tb testing.TB, cheap scorer.Scorer, model scorer.Sampler) []struct {
	name   string
	scorer scorer.Scorer
} {
	tb.Helper()
	return []struct {
		name   string
		scorer scorer.Scorer
	}{
		{"cascade", must[*scorer.Cascade](tb)(scorer.NewCascade(cheap, model, nil))},
		{"neargate", must[*scorer.NearGate](tb)(scorer.NewNearGate(model, nil))},
		{"cached", must[*scorer.Cached](tb)(scorer.NewCached(model, nil, nil))},
		{
			"calibrated",
			must[*scorer.Calibrated](tb)(scorer.NewCalibrated(model, scorer.Calibration{By: "hash/1"})),
		},
		{"fallback", must[*scorer.Fallback](tb)(scorer.NewFallback(cheap, model, nil))},
		{"fallback around cached", must[*scorer.Fallback](tb)(scorer.NewFallback(
			must[*scorer.Cached](tb)(scorer.NewCached(model, nil, nil)), cheap, nil))},
	}
}

func TestBindReadsTheResumeOnce(t *testing.T) {
	t.Parallel()
	for i := range combinators(t, &script{}, &script{name: "x"}) {
		for _, kind := range []string{"binders", "plain scorers"} {
			cheap := &script{name: "cheap", score: 30}
			model := &script{name: "model", score: 30, again: scores(31, 32)}
			var inner scorer.Scorer = cheap
			var sampler scorer.Sampler = model
			if kind == "binders" {
				inner, sampler = binder{cheap}, binder{model}
			}
			c := combinators(t, inner, sampler)[i]
			t.Run(c.name+" of "+kind, func(t *testing.T) {
				t.Parallel()
				s, err := scorer.Bind(c.scorer, "mine")
				require.NoError(t, err)
				for _, given := range []string{"mine", "another", ""} {
					model.asked = nil
					_, err := s.Score(t.Context(), given, posting(given))
					require.NoError(t, err)
				}
				asked := append(cheap.resumes, model.resumes...)
				require.NotEmpty(t, asked)
				for _, resume := range asked {
					require.Equal(t, "mine", resume, "one bound scorer never judges two résumés")
				}
				if kind == "binders" {
					require.LessOrEqual(t, cheap.binds.Load()+model.binds.Load(), int32(2))
					_, err = scorer.Bind(c.scorer, "")
					require.ErrorIs(t, err, scorer.ErrUnavailable, "refused before the first posting")
				}
			})
		}
	}
}

func TestBindKeepsTheIdentityThatAnswersAreCachedBy(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", score: 70}
	cached := must[*scorer.Cached](t)(scorer.NewCached(binder{model}, nil, nil))
	require.NoError(t, second(cached.Score(t.Context(), "mine", posting("1"))))
	mine := must[scorer.Scorer](t)(scorer.Bind(cached, "mine"))
	require.NoError(t, second(mine.Score(t.Context(), "", posting("1"))))
	require.EqualValues(t, 1, model.calls.Load(), "bound and unbound share their answers")
	other := must[scorer.Scorer](t)(scorer.Bind(cached, "another"))
	require.NoError(t, second(other.Score(t.Context(), "mine", posting("1"))))
	require.EqualValues(t, 2, model.calls.Load())
}

func TestBindKeepsUnverified(t *testing.T) {
	t.Parallel()
	unverified := &script{name: "x", score: 5, unverified: true}
	for _, c := range combinators(t, unverified, unverified) {
		s := must[scorer.Scorer](t)(scorer.Bind(c.scorer, "mine"))
		for range 2 {
			a, err := s.Score(t.Context(), "", posting("1"))
			require.NoError(t, err, c.name)
			require.True(t, a.Unverified, c.name)
			decision := gate.Gate{}.Decide(a, enrich.Data{Description: "Text."})
			require.Equal(t, lead.Matched, decision.Status, c.name)
		}
	}
}

func TestSuiteHoldsForEveryCombinator(t *testing.T) {
	t.Parallel()
	for i, c := range combinators(t, &suiteScorer{}, &suiteScorer{}) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scorertest.Run(t, func(tb testing.TB) forge.Scorer {
				tb.Helper()
				return combinators(tb, &suiteScorer{}, &suiteScorer{})[i].scorer
			})
		})
	}
}
