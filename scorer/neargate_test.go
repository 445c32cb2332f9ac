package scorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

func TestNearGateTakesTheMedianOfThree(t *testing.T) {
	t.Parallel()
	doubt := enrich.Assessment{Score: 3, Unverified: true}
	for _, c := range []struct {
		name        string
		first       *script
		want, asked int
		reasoning   string
	}{
		{"below the band", &script{score: 24}, 24, 0, "As scripted."},
		{"at its lower edge, and both doubt it", &script{score: 25, again: scores(40, 41)}, 40, 2, "Again."},
		{"at the gate, and both agree", &script{score: 30, again: scores(30, 31)}, 30, 2, "As scripted."},
		{"between the two others", &script{score: 31, again: scores(10, 90)}, 31, 2, "As scripted."},
		{"above the others", &script{score: 35, again: scores(10, 12)}, 12, 2, "Again."},
		{"above the band", &script{score: 36}, 36, 0, "As scripted."},
		{"near and unverified", &script{score: 30, unverified: true}, 30, 0, "As scripted."},
		{"low and unverified", &script{score: 2, unverified: true}, 2, 0, "As scripted."},
		{
			"below the gate, and one of the others is unverified",
			&script{score: 28, again: []enrich.Assessment{doubt, {Score: 50}}}, 3, 2, "Again.",
		},
		{
			"below the gate, and both others are unverified",
			&script{score: 28, again: []enrich.Assessment{doubt, doubt}}, 3, 2, "Again.",
		},
		{
			"below the gate twice, and unverified once",
			&script{score: 28, again: []enrich.Assessment{doubt, {Score: 26}}}, 28, 2, "As scripted.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			model := c.first
			near := must[*scorer.NearGate](t)(scorer.NewNearGate(model, nil))
			a, err := near.Score(t.Context(), "résumé", posting("1"))
			require.NoError(t, err)
			require.Equal(t, c.want, a.Score)
			require.Equal(t, c.want == 3 || c.first.unverified, a.Unverified)
			require.Equal(t, c.reasoning, a.Reasoning, "the assessment is the one that got the median, whole")
			require.Len(t, model.asked, c.asked)
			if c.asked > 0 {
				require.Equal(t, []scorer.Sampling{{Temperature: 0.5, Seed: 1}, {Temperature: 0.5, Seed: 2}},
					model.asked)
			}
		})
	}
}

func TestNearGateFailsIfAFurtherScoreFails(t *testing.T) {
	t.Parallel()
	near := must[*scorer.NearGate](t)(scorer.NewNearGate(&script{score: 30, again: scores(30)}, nil))
	a, err := near.Score(t.Context(), "résumé", posting("1"))
	require.ErrorIs(t, err, scorer.ErrReply)
	require.Zero(t, a)
}
