package evaluate

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A judged pair is what the figures are made of.
type judged struct {
	pair
	Score int
	By    string
	Good  bool // worth keeping

	Unverified bool // the scorer could not judge; the gate keeps the job
}

// rejected reports whether the gate drops the job.
func (j judged) rejected(threshold int) bool { return j.Score < threshold && !j.Unverified }

// A figure is computed from judged pairs; NaN where they do not define it.
type figure func([]judged) float64

// auroc is the chance that a good pair scores above one that is not, ties counting half: the
// Mann-Whitney statistic (https://doi.org/10.1016/j.patrec.2005.10.010, section 7).
func auroc(js []judged) float64 {
	var above, pairs float64
	for _, g := range js {
		if !g.Good {
			continue
		}
		for _, b := range js {
			if b.Good {
				continue
			}
			pairs++
			switch {
			case g.Score > b.Score:
				above++
			case g.Score == b.Score:
				above += 0.5
			}
		}
	}
	return above / pairs
}

// ndcg returns nDCG@k, the mean over résumés that have any label above 0: gain 2^label - 1,
// discount log2(rank + 1). Pairs of one score share their ranks evenly, so that the order of the
// file does not count (https://doi.org/10.1007/978-3-540-78646-7_38).
func ndcg(k int) figure {
	return func(js []judged) float64 {
		byQuery := make(map[int][]judged)
		var order []int
		for _, j := range js {
			if byQuery[j.Query] == nil {
				order = append(order, j.Query)
			}
			byQuery[j.Query] = append(byQuery[j.Query], j)
		}
		var sum float64
		n := 0
		for _, q := range order {
			list := byQuery[q]
			best := dcg(list, k, func(j judged) int { return j.Label })
			if best == 0 {
				continue
			}
			sum += dcg(list, k, func(j judged) int { return j.Score }) / best
			n++
		}
		return sum / float64(n)
	}
}

func dcg(list []judged, k int, rank func(judged) int) float64 {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b judged) int { return rank(b) - rank(a) })
	var sum float64
	for i := 0; i < len(list); {
		j, gain, discount := i, 0.0, 0.0
		for ; j < len(list) && rank(list[j]) == rank(list[i]); j++ {
			gain += math.Exp2(float64(list[j].Label)) - 1
			if j < k {
				discount += 1 / math.Log2(float64(j)+2)
			}
		}
		sum += gain / float64(j-i) * discount
		i = j
	}
	return sum
}

// rejectionPrecision is the share of the rejected that deserved it; rejectionRecall the share of
// those who deserved it that were rejected; recall the share of the good that were kept.
func rejectionPrecision(threshold int) figure {
	return share(func(j judged) bool { return j.rejected(threshold) }, func(j judged) bool { return !j.Good })
}

func rejectionRecall(threshold int) figure {
	return share(func(j judged) bool { return !j.Good }, func(j judged) bool { return j.rejected(threshold) })
}

func recall(threshold int) figure {
	return share(func(j judged) bool { return j.Good }, func(j judged) bool { return !j.rejected(threshold) })
}

// share returns which part of those that are one thing are another thing, too.
func share(of, are func(judged) bool) figure {
	return func(js []judged) float64 {
		n, m := 0, 0
		for _, j := range js {
			if !of(j) {
				continue
			}
			n++
			if are(j) {
				m++
			}
		}
		return float64(m) / float64(n)
	}
}

// An interval holds the middle 95 % of what a figure is in resamples.
type interval struct{ Low, High float64 }

// fewQueries is below how many résumés the pairs are resampled one by one.
const fewQueries = 5

// bootstrap resamples n times and returns the percentile interval of f (Efron,
// https://doi.org/10.1214/aos/1176344552). It draws whole résumés with all their pairs, because the
// pairs of one résumé are not independent.
func bootstrap(js []judged, f figure, n int, seed uint64) interval {
	clusters := clustersOf(js)
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable on purpose
	values := make([]float64, 0, n)
	for range n {
		var drawn []judged
		for q := range clusters {
			drawn = appendAs(drawn, clusters[rng.IntN(len(clusters))], q)
		}
		if v := f(drawn); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return middle(values)
}

func clustersOf(js []judged) [][]judged {
	byQuery := make(map[int]int)
	var clusters [][]judged
	for _, j := range js {
		i, seen := byQuery[j.Query]
		if !seen {
			i = len(clusters)
			byQuery[j.Query] = i
			clusters = append(clusters, nil)
		}
		clusters[i] = append(clusters[i], j)
	}
	if len(clusters) >= fewQueries {
		return clusters
	}
	clusters = nil
	for _, j := range js {
		clusters = append(clusters, []judged{j})
	}
	return clusters
}
