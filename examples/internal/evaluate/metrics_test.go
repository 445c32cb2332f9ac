package evaluate

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// of makes judged pairs of scores and labels; good is label 2 and above. All are of one résumé.
func of(scoresAndLabels ...int) []judged {
	var js []judged
	for i := 0; i < len(scoresAndLabels); i += 2 {
		js = append(js, judged{
			pair: pair{Line: i/2 + 1, Label: scoresAndLabels[i+1]}, Score: scoresAndLabels[i],
			Good: scoresAndLabels[i+1] >= 2,
		})
	}
	return js
}

func TestAUROCIsTheChanceThatAGoodPairScoresHigher(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 1, auroc(of(90, 3, 80, 2, 10, 0, 5, 1)), 1e-12)
	require.InDelta(t, 0, auroc(of(1, 3, 2, 2, 10, 0, 50, 1)), 1e-12)
	require.InDelta(t, 0.5, auroc(of(50, 3, 50, 2, 50, 0)), 1e-12)
	require.InDelta(t, 0.75, auroc(of(90, 3, 40, 2, 60, 0, 10, 0)), 1e-12)
	require.True(t, math.IsNaN(auroc(of(90, 3))), "there is nothing to tell apart")
}

func TestNDCGRewardsTheBestRankingAndSharesTies(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 1, ndcg(10)(of(90, 3, 50, 2, 10, 0)), 1e-12)
	// Gains 0, 3, 7 against 7, 3, 0 at discounts 1, 1/log2(3), 1/2.
	d := 1 / math.Log2(3)
	require.InDelta(t, (3*d+7*0.5)/(7+3*d), ndcg(10)(of(90, 0, 50, 2, 10, 3)), 1e-12)
	// A tie is the mean of its orders.
	require.InDelta(
		t, (ndcg(10)(of(90, 3, 80, 0))+ndcg(10)(of(80, 3, 90, 0)))/2, ndcg(10)(of(50, 3, 50, 0)), 1e-12,
	)
	require.InDelta(t, 0, ndcg(1)(of(90, 0, 50, 3)), 1e-12)

	two := of(90, 3, 10, 0)
	other := of(90, 0, 10, 3)
	for i := range other {
		other[i].Query = 1
	}
	require.InDelta(t, (1+d)/2, ndcg(10)(append(two, other...)), 1e-12, "the mean over résumés")
}

func TestRejectionIsCountedAtTheGate(t *testing.T) {
	t.Parallel()
	js := of(90, 3, 20, 2, 29, 0, 5, 0, 30, 1)
	require.InDelta(t, 2.0/3, rejectionPrecision(30)(js), 1e-12)
	require.InDelta(t, 2.0/3, rejectionRecall(30)(js), 1e-12)
	require.InDelta(t, 0.5, recall(30)(js), 1e-12)
	require.True(t, math.IsNaN(rejectionPrecision(0)(js)), "nothing is below 0")
}

func TestTheBootstrapIsRepeatableAndHoldsTheValue(t *testing.T) {
	t.Parallel()
	var js []judged
	for q := range 30 {
		for _, j := range of(80-q, 3, 40+q%25, 0, q, 0) {
			j.Query = q
			js = append(js, j)
		}
	}
	a, b := bootstrap(js, auroc, 500, 1), bootstrap(js, auroc, 500, 1)
	require.Equal(t, a, b)
	require.Less(t, a.Low, auroc(js))
	require.Greater(t, a.High, auroc(js))
	require.NotEqual(t, a, bootstrap(js, auroc, 500, 2))

	var few []judged
	for _, j := range js {
		if j.Query%5 == 0 {
			few = append(few, j)
		}
	}
	wide := bootstrap(few, auroc, 500, 1)
	require.Greater(t, wide.High-wide.Low, a.High-a.Low, "fewer résumés tell less")
	require.True(t, math.IsNaN(bootstrap(of(90, 3), auroc, 100, 1).Low))
}

func TestFewRésumésAreResampledPairByPair(t *testing.T) {
	t.Parallel()
	require.Len(t, clustersOf(of(1, 1, 2, 2, 3, 3)), 3)
}
