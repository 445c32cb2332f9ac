package scorer_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lru"
	"github.com/agent-forge/forge/scorer/scorertest"
	"github.com/agent-forge/forge/scorer/sqlitecache"
)

// A script is a scorer that answers as it is told and counts its calls.
type script struct {
	name   string
	score  int
	again  []int // scores of Sample, in turn
	err    error
	calls  atomic.Int32
	mu     sync.Mutex
	asked  []scorer.Sampling
	digest string
}

func (s *script) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	s.calls.Add(1)
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case s.err != nil:
		return enrich.Assessment{}, s.err
	case resume == "":
		return enrich.Assessment{}, fmt.Errorf("%w: the résumé is blank", scorer.ErrUnavailable)
	}
	return enrich.Assessment{Score: s.score, Reasoning: "As scripted.", By: s.name + "/1", MissingSkills: []string{"Rust"}}, nil
}

func (s *script) Sample(_ context.Context, _ string, _ enrich.Posting, how scorer.Sampling) (enrich.Assessment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, how)
	if len(s.again) < len(s.asked) {
		return enrich.Assessment{}, fmt.Errorf("%w: scripted", scorer.ErrReply)
	}
	return enrich.Assessment{Score: s.again[len(s.asked)-1], Reasoning: "Again.", By: s.name + "/1"}, nil
}

func (s *script) Identity(context.Context) (string, error) {
	if errors.Is(s.err, scorer.ErrUnavailable) {
		return "", s.err
	}
	return s.name + "/1 " + s.digest, nil
}

func posting(id string) enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{Source: "board", ExternalID: id, Title: "Nurse", URL: "https://board.example/" + id},
		Data: enrich.Data{Description: "Care for people.", Attributes: map[string]string{"b": "2", "a": "1"}},
	}
}

func must[T any](tb testing.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		require.NoError(tb, err)
		return v
	}
}

func TestConstructorsNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := &script{}
	cache := must[*lru.Cache](t)(lru.New(nil))
	for field, err := range map[string]error{
		"cheap":                       second(scorer.NewCascade(nil, s, nil)),
		"model":                       second(scorer.NewCascade(s, nil, nil)),
		"CascadeOptions.Margin":       second(scorer.NewCascade(s, s, &scorer.CascadeOptions{Margin: 101})),
		"NearGateOptions.Band":        second(scorer.NewNearGate(s, &scorer.NearGateOptions{Band: -1})),
		"NearGateOptions.Temperature": second(scorer.NewNearGate(s, &scorer.NearGateOptions{Temperature: math.NaN()})),
		"NearGateOptions.Seeds":       second(scorer.NewNearGate(s, &scorer.NearGateOptions{Seeds: [2]int{7, 7}})),
		"scorer":                      second(scorer.NewCached(nil, cache, nil)),
		"cache":                       second(scorer.NewCached(s, nil, nil)),
		"first":                       second(scorer.NewFallback(nil, s, nil)),
		"second":                      second(scorer.NewFallback(s, nil, nil)),
	} {
		var problem *lead.FieldError
		require.ErrorAs(t, err, &problem, field)
		require.Equal(t, field, problem.Field)
	}
}

func second[T any](_ T, err error) error { return err }

func TestCascadeAsksTheModelOnlyNearTheGate(t *testing.T) {
	t.Parallel()
	at40 := must[gate.Gate](t)(gate.New(40))
	for _, c := range []struct {
		name  string
		cheap int
		opts  *scorer.CascadeOptions
		model bool
	}{
		{"clearly junk", 9, nil, false},
		{"at the lower margin", 10, nil, true},
		{"below the gate", 29, nil, true},
		{"at the gate", 30, nil, true},
		{"below the upper margin", 49, nil, true},
		{"clearly a match", 50, nil, false},
		{"clearly a match, but only rejections are cheap", 100, &scorer.CascadeOptions{RejectOnly: true}, true},
		{"clearly junk, and only rejections are cheap", 0, &scorer.CascadeOptions{RejectOnly: true}, false},
		{"another gate and margin, inside", 35, &scorer.CascadeOptions{Gate: at40, Margin: 5}, true},
		{"another gate and margin, outside", 34, &scorer.CascadeOptions{Gate: at40, Margin: 5}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cheap, model := &script{name: "cheap", score: c.cheap}, &script{name: "model", score: 77}
			cascade := must[*scorer.Cascade](t)(scorer.NewCascade(cheap, model, c.opts))
			m, err := cascade.Score(t.Context(), "résumé", posting("1"))
			require.NoError(t, err)
			if c.model {
				require.Equal(t, "model/1", m.By)
				require.Equal(t, 77, m.Score)
			} else {
				require.Equal(t, "cheap/1", m.By)
				require.Equal(t, c.cheap, m.Score)
				require.Zero(t, model.calls.Load())
			}
		})
	}
}

func TestCascadeLeavesWhatTheCheapScorerCannotJudgeToTheModel(t *testing.T) {
	t.Parallel()
	for _, err := range []error{scorer.ErrReply, scorer.ErrTooLong} {
		cascade := must[*scorer.Cascade](t)(scorer.NewCascade(&script{err: err}, &script{name: "model", score: 60}, nil))
		m, err := cascade.Score(t.Context(), "résumé", posting("1"))
		require.NoError(t, err)
		require.Equal(t, "model/1", m.By)
	}
	model := &script{name: "model"}
	cascade := must[*scorer.Cascade](t)(scorer.NewCascade(&script{err: scorer.ErrUnavailable}, model, nil))
	_, err := cascade.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.Zero(t, model.calls.Load())
}

func TestNearGateTakesTheMedianOfThree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		first       int
		again       []int
		want, asked int
		reasoning   string
	}{
		{"below the band", 24, nil, 24, 0, "As scripted."},
		{"at its lower edge, and both doubt it", 25, []int{40, 41}, 40, 2, "Again."},
		{"at the gate, and both confirm it", 30, []int{30, 31}, 30, 2, "As scripted."},
		{"between the two others", 31, []int{10, 90}, 31, 2, "As scripted."},
		{"above the others", 35, []int{10, 12}, 12, 2, "Again."},
		{"above the band", 36, nil, 36, 0, "As scripted."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			model := &script{score: c.first, again: c.again}
			near := must[*scorer.NearGate](t)(scorer.NewNearGate(model, nil))
			m, err := near.Score(t.Context(), "résumé", posting("1"))
			require.NoError(t, err)
			require.Equal(t, c.want, m.Score)
			require.Equal(t, c.reasoning, m.Reasoning, "the match is the one that got the median, whole")
			require.Len(t, model.asked, c.asked)
			if c.asked > 0 {
				require.Equal(t, []scorer.Sampling{{Temperature: 0.5, Seed: 1}, {Temperature: 0.5, Seed: 2}}, model.asked)
			}
		})
	}
}

func TestNearGateFailsIfAFurtherScoreFails(t *testing.T) {
	t.Parallel()
	near := must[*scorer.NearGate](t)(scorer.NewNearGate(&script{score: 30, again: []int{30}}, nil))
	m, err := near.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrReply)
	require.Zero(t, m)
}

func TestCachedAsksOncePerIdentityResumeAndPosting(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	file := must[*sqlitecache.Cache](t)(sqlitecache.Open(ctx, filepath.Join(t.TempDir(), "m.db"), nil))
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	for name, cache := range map[string]scorer.Cache{"memory": must[*lru.Cache](t)(lru.New(nil)), "file": file} {
		model := &script{name: "model", score: 55, digest: "a"}
		cached := must[*scorer.Cached](t)(scorer.NewCached(model, cache, nil))
		first, err := cached.Score(ctx, "résumé", posting("1"))
		require.NoError(t, err, name)
		first.MissingSkills[0] = "overwritten"
		for range 3 {
			m, err := cached.Score(ctx, "résumé", posting("1"))
			require.NoError(t, err)
			require.Equal(t, enrich.Assessment{Score: 55, Reasoning: "As scripted.", By: "model/1", MissingSkills: []string{"Rust"}}, m, name)
		}
		require.EqualValues(t, 1, model.calls.Load())

		changed := posting("1")
		changed.Data.Requirements = "A diploma."
		for want, ask := range []func() error{
			func() error { return second(cached.Score(ctx, "another résumé", posting("1"))) },
			func() error { return second(cached.Score(ctx, "résumé", posting("2"))) },
			func() error { return second(cached.Score(ctx, "résumé", changed)) },
			func() error { model.digest = "b"; return second(cached.Score(ctx, "résumé", posting("1"))) },
		} {
			require.NoError(t, ask())
			require.EqualValues(t, want+2, model.calls.Load(), name)
		}
	}
}

func TestCachedKeepsNoErrors(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", score: 55, err: scorer.ErrReply}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, must[*lru.Cache](t)(lru.New(nil)), nil))
	_, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrReply)
	model.err = nil
	m, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.NoError(t, err)
	require.Equal(t, 55, m.Score)
}

func TestCachedFailsWhileItsScorerCannotBeIdentified(t *testing.T) {
	t.Parallel()
	model := &script{name: "model", err: scorer.ErrUnavailable}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, must[*lru.Cache](t)(lru.New(nil)), nil))
	_, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.Zero(t, model.calls.Load())
}

func TestCachedRefusesAScorerWhoseAnswersCannotBeNamed(t *testing.T) {
	t.Parallel()
	cache := must[*lru.Cache](t)(lru.New(nil))
	nameless := forge.ScorerFunc((&script{}).Score)
	model := &script{name: "model"}
	for name, s := range map[string]scorer.Scorer{
		"a function":                   nameless,
		"a fallback":                   must[*scorer.Fallback](t)(scorer.NewFallback(model, model, nil)),
		"a cascade that holds one":     must[*scorer.Cascade](t)(scorer.NewCascade(nameless, model, nil)),
		"a fallback inside of cascade": must[*scorer.Cascade](t)(scorer.NewCascade(model, must[*scorer.Fallback](t)(scorer.NewFallback(model, model, nil)), nil)),
	} {
		_, err := scorer.NewCached(s, cache, nil)
		require.ErrorContains(t, err, "Identity", name)
	}
	named := must[*scorer.Cached](t)(scorer.NewCached(nameless, cache, &scorer.CachedOptions{Identity: "mine/3"}))
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

func TestABrokenCacheCostsCallsAndNothingElse(t *testing.T) {
	t.Parallel()
	var told []string
	model := &script{name: "model", score: 55}
	cached := must[*scorer.Cached](t)(scorer.NewCached(model, broken{}, &scorer.CachedOptions{OnError: func(err error) { told = append(told, err.Error()) }}))
	m, err := cached.Score(t.Context(), "résumé", posting("1"))
	require.NoError(t, err)
	require.Equal(t, 55, m.Score)
	require.Equal(t, []string{"load a match: disk on fire", "save a match: disk on fire"}, told)
}

func TestIdentitiesNameEverySetting(t *testing.T) {
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

func TestFallbackStepsInOnlyForAnOutage(t *testing.T) {
	t.Parallel()
	lexical := &script{name: "lexical", score: 40}
	for err, want := range map[error]error{scorer.ErrUnavailable: nil, scorer.ErrReply: scorer.ErrReply, scorer.ErrTooLong: scorer.ErrTooLong} {
		f := must[*scorer.Fallback](t)(scorer.NewFallback(&script{name: "model", err: err}, lexical, nil))
		m, got := f.Score(t.Context(), "résumé", posting("1"))
		require.ErrorIs(t, got, want)
		if want == nil {
			require.Equal(t, "fallback/lexical/1", m.By)
		}
	}
	f := must[*scorer.Fallback](t)(scorer.NewFallback(&script{name: "model", score: 60}, lexical, nil))
	m, err := f.Score(t.Context(), "résumé", posting("1"))
	require.NoError(t, err)
	require.Equal(t, "model/1", m.By)
}

func TestFallbackDoesNotStepInForACallerWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lexical := &script{name: "lexical"}
	down := forge.ScorerFunc(func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
		return enrich.Assessment{}, fmt.Errorf("%w: %w", scorer.ErrUnavailable, ctx.Err())
	})
	f := must[*scorer.Fallback](t)(scorer.NewFallback(down, lexical, nil))
	_, err := f.Score(ctx, "résumé", posting("1"))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, lexical.calls.Load())
}

// busy is an outage that says how long it will last.
type busy struct{ wait time.Duration }

func (busy) Error() string               { return "busy" }
func (busy) Unwrap() error               { return scorer.ErrUnavailable }
func (b busy) RetryAfter() time.Duration { return b.wait }

func TestFallbackLeavesAModelThatIsDownAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		rest  time.Duration
		err   error
		after time.Duration
	}{
		{"the default", 0, scorer.ErrUnavailable, 30 * time.Second},
		{"as configured", time.Hour, scorer.ErrUnavailable, time.Hour},
		{"as the model asked", 0, busy{2 * time.Minute}, 2 * time.Minute},
		{"asked every time", -1, scorer.ErrUnavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			model := &script{name: "model", err: c.err}
			f := must[*scorer.Fallback](t)(scorer.NewFallback(model, &script{name: "lexical"}, &scorer.FallbackOptions{Rest: c.rest, Now: func() time.Time { return now }}))
			score := func() { require.NoError(t, second(f.Score(t.Context(), "résumé", posting("1")))) }
			score()
			require.EqualValues(t, 1, model.calls.Load())
			if c.after > 0 {
				now = now.Add(c.after - time.Nanosecond)
				score()
				require.EqualValues(t, 1, model.calls.Load(), "asked while it rests")
				now = now.Add(time.Nanosecond)
			}
			score()
			require.EqualValues(t, 2, model.calls.Load())
		})
	}
}

func TestCombinatorsPassTheSuiteAroundAScorerThatDoes(t *testing.T) {
	t.Parallel()
	inner := func() *suiteScorer { return &suiteScorer{} }
	for name, open := range map[string]scorertest.Open{
		"cascade": func(tb testing.TB) forge.Scorer {
			tb.Helper()
			return must[*scorer.Cascade](tb)(scorer.NewCascade(inner(), inner(), nil))
		},
		"neargate": func(tb testing.TB) forge.Scorer {
			tb.Helper()
			return must[*scorer.NearGate](tb)(scorer.NewNearGate(inner(), nil))
		},
		"cached": func(tb testing.TB) forge.Scorer {
			tb.Helper()
			return must[*scorer.Cached](tb)(scorer.NewCached(inner(), must[*lru.Cache](tb)(lru.New(nil)), nil))
		},
		"fallback": func(tb testing.TB) forge.Scorer {
			tb.Helper()
			return must[*scorer.Fallback](tb)(scorer.NewFallback(inner(), inner(), nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scorertest.Run(t, open)
		})
	}
}
