package scorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
)

func TestCascadeAsksTheModelOnlyNearTheGate(t *testing.T) {
	t.Parallel()
	rejectOnly := &scorer.CascadeOptions{RejectOnly: true}
	narrow := &scorer.CascadeOptions{Gate: must[gate.Gate](t)(gate.New(40)), Margin: 5}
	for _, c := range []struct {
		name  string
		cheap *script
		opts  *scorer.CascadeOptions
		model bool
	}{
		{"clearly junk", &script{score: 9}, nil, false},
		{"at the lower margin", &script{score: 10}, nil, true},
		{"below the gate", &script{score: 29}, nil, true},
		{"at the gate", &script{score: 30}, nil, true},
		{"below the upper margin", &script{score: 49}, nil, true},
		{"clearly a match", &script{score: 50}, nil, false},
		{"a low score that nothing backs", &script{score: 0, unverified: true}, nil, true},
		{"a high score that nothing backs", &script{score: 90, unverified: true}, nil, true},
		{"clearly a match, and only rejections are cheap", &script{score: 100}, rejectOnly, true},
		{"clearly junk, and only rejections are cheap", &script{score: 0}, rejectOnly, false},
		{"another gate and margin, inside", &script{score: 35}, narrow, true},
		{"another gate and margin, outside", &script{score: 34}, narrow, false},
		{"a reply that is not usable", &script{err: scorer.ErrReply}, nil, true},
		{"a posting that the cheap scorer cannot read", &script{err: scorer.ErrPosting}, nil, true},
		{"a posting that is too long for it", &script{err: scorer.ErrTooLong}, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cheap, model := c.cheap, &script{name: "model", score: 77}
			cheap.name = "cheap"
			cascade := must[*scorer.Cascade](t)(scorer.NewCascade(cheap, model, c.opts))
			a, err := cascade.Score(t.Context(), "résumé", posting("1"))
			require.NoError(t, err)
			if c.model {
				require.Equal(t, "model/1", a.By)
				require.Equal(t, 77, a.Score)
			} else {
				require.Equal(t, "cheap/1", a.By)
				require.Equal(t, c.cheap.score, a.Score)
				require.Zero(t, model.calls.Load())
			}
		})
	}
}

func TestCascadeDoesNotHideACheapScorerThatIsDown(t *testing.T) {
	t.Parallel()
	model := &script{name: "model"}
	cascade := must[*scorer.Cascade](t)(scorer.NewCascade(&script{err: scorer.ErrUnavailable}, model, nil))
	_, err := cascade.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.Zero(t, model.calls.Load())
}
