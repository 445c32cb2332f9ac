package promise

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// exactTail is the tail by its definition, in rational numbers.
func exactTail(size, good, drawn, k int) float64 {
	choose := func(n, k int) *big.Int {
		if k < 0 || k > n {
			return new(big.Int)
		}
		return new(big.Int).Binomial(int64(n), int64(k))
	}
	sum := new(big.Int)
	for x := 0; x <= k; x++ {
		sum.Add(sum, new(big.Int).Mul(choose(good, x), choose(size-good, drawn-x)))
	}
	p, _ := new(big.Rat).SetFrac(sum, choose(size, drawn)).Float64()
	return p
}

func drawStratum(t *rapid.T, most int) stratum {
	size := rapid.IntRange(0, most).Draw(t, "size")
	drawn := rapid.IntRange(0, size).Draw(t, "drawn")
	return stratum{size, drawn, rapid.IntRange(0, drawn).Draw(t, "good")}
}

func TestTailIsThatOfADrawWithoutReplacement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStratum(t, 300)
		good := rapid.IntRange(0, s.size).Draw(t, "all good")
		require.InDelta(t, exactTail(s.size, good, s.drawn, s.good),
			math.Exp(logTail(s.size, good, s.drawn, s.good)), 1e-9)
	})
	require.Zero(t, logTail(2_000_000, 1_000_000, 1_000_000, 999_999), "no overflow far above the mean")
}

func TestBoundOfOneStratumIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStratum(t, 120)
		want := s.good
		for g := s.good; g <= s.size-(s.drawn-s.good); g++ {
			if s.drawn == 0 || exactTail(s.size, g, s.drawn, s.good) > 0.025 {
				want = g
			}
		}
		require.Equal(t, want, mostGood([]stratum{s}, 0.025))
	})
	// With 8 good ones among 100, none of 30 is good with 92!/62! · 70!/100! = 0.0507, with 9 with 0.034.
	require.Equal(t, 8, mostGood([]stratum{{100, 30, 0}}, 0.05))
}

func TestBoundsOfSeveralStrataAreNeverBelowTheBestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawStratum(t, 25), drawStratum(t, 25)
		informed := 0
		for _, s := range []stratum{a, b} {
			if s.drawn > 0 && s.drawn < s.size {
				informed++
			}
		}
		limit, want := fisherLimit(informed, 0.025), 0
		for i := a.good; i <= a.size-(a.drawn-a.good); i++ {
			for j := b.good; j <= b.size-(b.drawn-b.good); j++ {
				sum := logTail(a.size, i, a.drawn, a.good) + logTail(b.size, j, b.drawn, b.good)
				if sum > limit {
					want = max(want, i+j)
				}
			}
		}
		require.GreaterOrEqual(t, mostGood([]stratum{a, b}, 0.025), max(want, a.good+b.good))
		require.LessOrEqual(t, mostGood([]stratum{a, b}, 0.025), want+1, "and hardly above it")
		require.LessOrEqual(t, leastGood([]stratum{a, b}, 0.025), a.good+b.good+a.size-a.drawn+b.size-b.drawn)
	})
}

func TestFisherLimitIsTheQuantileOfChiSquared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n        int
		quantile float64 // of chi squared with 2n degrees of freedom at 0.975, from tables
	}{{1, 7.378}, {2, 11.143}, {3, 14.449}, {5, 20.483}, {10, 34.170}} {
		require.InDelta(t, -c.quantile/2, fisherLimit(c.n, 0.025), 0.001)
	}
}
