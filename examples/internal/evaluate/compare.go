package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"text/tabwriter"
)

// A difference is how much one scorer is better than another at a figure, on the same pairs.
type difference struct {
	A, B float64
	interval
}

// certain reports whether zero lies outside the interval.
func (d difference) certain() bool { return d.Low > 0 || d.High < 0 }

// common returns the pairs that both scorers judged, in one order.
func common(a, b []judged) (as, bs []judged) {
	byLine := make(map[int]judged, len(b))
	for _, j := range b {
		byLine[j.Line] = j
	}
	for _, j := range a {
		if other, ok := byLine[j.Line]; ok {
			as, bs = append(as, j), append(bs, other)
		}
	}
	return as, bs
}

// paired resamples n times and returns the percentile interval of f(as) - f(bs). Each resample
// draws the same résumés, with all their pairs, for both scorers, so that what is hard for both
// does not widen the interval.
func paired(as, bs []judged, f figure, n int, seed uint64) difference {
	clustersA, clustersB := clustersOf(as), clustersOf(bs)
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable on purpose
	values := make([]float64, 0, n)
	for range n {
		var drawnA, drawnB []judged
		for q := range clustersA {
			i := rng.IntN(len(clustersA))
			drawnA, drawnB = appendAs(drawnA, clustersA[i], q), appendAs(drawnB, clustersB[i], q)
		}
		if v := f(drawnA) - f(drawnB); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return difference{A: f(as), B: f(bs), interval: middle(values)}
}

// appendAs appends a cluster as the q-th résumé: one that is drawn twice counts as two.
func appendAs(list, cluster []judged, q int) []judged {
	for _, j := range cluster {
		j.Query = q
		list = append(list, j)
	}
	return list
}

// middle returns the middle 95 % of the values.
func middle(values []float64) interval {
	if len(values) == 0 {
		return interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	at := func(p float64) float64 { return values[int(math.Round(p*float64(len(values)-1)))] }
	return interval{at(0.025), at(0.975)}
}

// rows are the figures of a scorer alone, of which two are compared, too.
func rows(threshold int) []row {
	return []row{
		{"AUROC", auroc, "a good pair scores above another"},
		{"nDCG@10", ndcg(10), "the ranking of each résumé's postings"},
		{
			"precision of rejection", rejectionPrecision(threshold),
			fmt.Sprintf("of those below %d, the share that is not worth keeping", threshold),
		},
		{
			"recall of rejection", rejectionRecall(threshold),
			fmt.Sprintf("of those not worth keeping, the share below %d", threshold),
		},
		{"recall of good jobs", recall(threshold), "what the gate leaves of the good"},
	}
}

// compare prints how the scorer that was measured differs from another, named so, on the pairs that
// both judged.
func (r *report) compare(js, others []judged, name string) {
	as, bs := common(js, others)
	r.line("Against %s, on the %d pairs that both judged:", name, len(as))
	t := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "\tthis\tthe other\tdifference, 95 % interval\t") // errors come from Flush
	for _, row := range rows(r.gate.Threshold()) {
		d := paired(as, bs, row.f, r.o.resamples, r.o.seed)
		verdict := "no clear difference"
		switch {
		case d.certain() && d.Low > 0:
			verdict = "better"
		case d.certain():
			verdict = "worse"
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%+.3f (%+.3f to %+.3f)\t%s\n", row.name, number(d.A), number(d.B),
			d.A-d.B, d.Low, d.High, verdict)
	}
	if err := t.Flush(); r.err == nil {
		r.err = err
	}
	r.line("")
}
