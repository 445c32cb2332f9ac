package promise

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A stratum is a part of the rejected jobs out of which an audit drew at random.
type stratum struct{ size, drawn, good int }

// mostGood returns the upper bound, at confidence 1-alpha, of the number of good jobs in all strata
// together, and leastGood the lower one.
//
// For one stratum it is the exact bound of a hypergeometric count: the largest number of good jobs
// with which so few would be drawn with a probability above alpha (Clopper and Pearson, Biometrika
// 26, 1934, with the distribution of a draw without replacement as in Buonaccorsi, The American
// Statistician 41, 1987). For several it is the largest total that some split over the strata
// explains, where the tail probabilities of the strata are combined by Fisher's method (Statistical
// Methods for Research Workers, 1932; for audits: Ottoboni and others, arXiv 1809.04235). Tail
// probabilities of counts are stochastically larger than uniform ones, so that the combination stays
// conservative.
func mostGood(strata []stratum, alpha float64) int {
	bound, informed := 0, 0
	for _, s := range strata {
		bound += s.good
		switch {
		case s.drawn == 0:
			bound += s.size // nothing is known: each can be good
		case s.drawn < s.size:
			informed++
		}
	}
	limit := fisherLimit(informed, alpha)
	if informed <= 1 { // no split to look for
		for _, s := range strata {
			if s.drawn > 0 {
				more := s.size - s.drawn
				bound += sort.Search(more, func(i int) bool {
					return logTail(s.size, s.good+i+1, s.drawn, s.good) <= limit
				})
			}
		}
		return bound
	}
	var slopes []float64
	for _, s := range strata {
		if s.drawn > 0 {
			slopes = appendSlopes(slopes, s, limit)
		}
	}
	// The split of a total that makes the product of the tails largest takes the flattest slopes
	// first. Where the logarithm of a tail is not concave this overstates the product, which makes
	// the bound larger and never too small.
	slices.SortFunc(slopes, func(a, b float64) int { return cmp.Compare(b, a) })
	sum := 0.0
	for _, slope := range slopes {
		if sum += slope; sum <= limit {
			break
		}
		bound++
	}
	return bound
}

func leastGood(strata []stratum, alpha float64) int {
	size := 0
	others := make([]stratum, len(strata))
	for i, s := range strata {
		size += s.size
		others[i] = stratum{size: s.size, drawn: s.drawn, good: s.drawn - s.good}
	}
	return size - mostGood(others, alpha)
}

// appendSlopes appends by how much the logarithm of the tail falls with each good job more than were
// drawn, as far as it can matter.
func appendSlopes(slopes []float64, s stratum, limit float64) []float64 {
	last := 0.0
	for good := s.good + 1; good <= s.size-(s.drawn-s.good); good++ {
		tail := logTail(s.size, good, s.drawn, s.good)
		slopes = append(slopes, tail-last)
		if last = tail; tail <= limit {
			break
		}
	}
	return slopes
}

// logTail returns the logarithm of the probability that at most k of the good jobs among size are
// among those drawn without replacement.
func logTail(size, good, drawn, k int) float64 {
	if k >= min(good, drawn) {
		return 0
	}
	if drawn-k > size-good {
		return math.Inf(-1) // there are not so many others
	}
	// The terms from k downwards, each as a multiple of the one for k.
	sum, multiple := 1.0, 1.0
	for x := k; x > max(0, drawn-(size-good)) && multiple > sum*1e-18; x-- {
		multiple *= float64(x) * float64(size-good-drawn+x) / (float64(good-x+1) * float64(drawn-x+1))
		sum += multiple
	}
	if math.IsInf(sum, 1) {
		return 0 // k is far above what can be expected
	}
	one := logChoose(good, k) + logChoose(size-good, drawn-k) - logChoose(size, drawn)
	return min(0, one+math.Log(sum))
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// fisherLimit returns the logarithm of the product of n independent uniform numbers that is undercut
// with probability alpha. The distribution is the one of chi squared with 2n degrees of freedom.
func fisherLimit(n int, alpha float64) float64 {
	low, high := 0.0, 1000.0+float64(10*n)
	for range 100 {
		x := (low + high) / 2
		term, sum := 1.0, 0.0
		for j := range n {
			if j > 0 {
				term *= x / float64(j)
			}
			sum += term
		}
		if math.Log(sum)-x > math.Log(alpha) {
			low = x
		} else {
			high = x
		}
	}
	return -high
}
