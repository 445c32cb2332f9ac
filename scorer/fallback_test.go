package scorer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer"
)

func TestFallbackStepsInOnlyForAnOutage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		model *script
		want  error
		by    string
	}{
		{"the model answers", &script{score: 60}, nil, "model/1"},
		{"the model is down", &script{err: scorer.ErrUnavailable}, nil, "fallback/lexical/1"},
		{"the model crashes", &script{err: scorer.ErrCrashed}, nil, "fallback/lexical/1"},
		{"the reply is not usable", &script{err: scorer.ErrReply}, scorer.ErrReply, ""},
		{"the posting is too long", &script{err: scorer.ErrTooLong}, scorer.ErrTooLong, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			model, lexical := c.model, &script{name: "lexical", score: 40, unverified: true}
			model.name = "model"
			f := must[*scorer.Fallback](t)(scorer.NewFallback(model, lexical, nil))
			a, err := f.Score(t.Context(), "résumé", posting("1"))
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.by, a.By)
			require.Equal(t, lexical.calls.Load() == 1, a.Unverified)
		})
	}
}

func TestFallbackDoesNotStepInForACallerWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lexical := &script{name: "lexical"}
	down := &script{err: fmt.Errorf("%w: %w", scorer.ErrUnavailable, context.Canceled)}
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
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			model := &script{name: "model", err: c.err}
			f := must[*scorer.Fallback](t)(scorer.NewFallback(model, &script{name: "lexical"},
				&scorer.FallbackOptions{Rest: c.rest, Now: func() time.Time { return now }}))
			score := func() { require.NoError(t, second(f.Score(t.Context(), "résumé", posting("1")))) }
			score()
			require.EqualValues(t, 1, model.calls.Load())
			now = now.Add(c.after - time.Nanosecond)
			score()
			require.EqualValues(t, 1, model.calls.Load(), "asked while it rests")
			now = now.Add(time.Nanosecond)
			score()
			require.EqualValues(t, 2, model.calls.Load())
		})
	}
}
