package evaluate

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/agent-forge/forge/gate"
)

// A report prints what was measured. It keeps the first error of its writer.
type report struct {
	w    io.Writer
	o    options
	gate gate.Gate
	keep int
	err  error
}

func (r *report) line(format string, args ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.w, format+"\n", args...)
	}
}

func (r *report) print(res result, s *measured) {
	threshold := r.gate.Threshold()
	js := res.Judged
	r.line("%d pairs of %d résumés, %d worth keeping (label %d and above), judged by %s",
		len(js), queries(js), res.good(), r.keep, strings.Join(slices.Sorted(maps.Keys(res.By)), ", "))
	if len(res.Failed) > 0 {
		r.line("%d pairs could not be judged and are left out: lines %s", len(res.Failed), lines(res.Failed))
	}
	r.line("")
	r.figures(js, rows(threshold))
	r.lost(js, threshold)
	r.breakdown(res)
	r.histogram(js)
	r.cascade(js, s)
}

// A row is one figure with what it means.
type row struct {
	name string
	f    figure
	what string
}

func (r *report) figures(js []judged, rows []row) {
	t := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "\tvalue\t95 % interval\t") // errors come from Flush
	for _, row := range rows {
		i := bootstrap(js, row.f, r.o.resamples, r.o.seed)
		_, _ = fmt.Fprintf(
			t, "%s\t%s\t%s to %s\t%s\n", row.name, number(row.f(js)), number(i.Low), number(i.High), row.what,
		)
	}
	if err := t.Flush(); r.err == nil {
		r.err = err
	}
	r.line("")
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "none"
	}
	return fmt.Sprintf("%.3f", v)
}

func (r *report) lost(js []judged, threshold int) {
	var lost, kept []int
	rejected := 0
	for _, j := range js {
		if j.rejected(threshold) {
			rejected++
		}
		switch {
		case j.Good && j.rejected(threshold):
			lost = append(lost, j.Line)
		case !j.Good && !j.rejected(threshold):
			kept = append(kept, j.Line)
		}
	}
	r.line("At the gate of %d: %d rejected, %d kept.", threshold, rejected, len(js)-rejected)
	r.line(
		"Good jobs lost: %d (lines %s). Others kept: %d (lines %s).", len(lost), lines(lost), len(kept),
		lines(kept),
	)
	r.line("")
}

func lines(ns []int) string {
	if len(ns) == 0 {
		return "none"
	}
	const most = 20
	var list []string
	for _, n := range ns[:min(len(ns), most)] {
		list = append(list, fmt.Sprint(n))
	}
	if len(ns) > most {
		list = append(list, "…")
	}
	return strings.Join(list, " ")
}

// histogram shows how scores spread, the good and the others side by side.
func (r *report) histogram(js []judged) {
	const bins, width = 10, 40
	var good, others [bins]int
	most := 1
	for _, j := range js {
		b := min(j.Score/(100/bins), bins-1)
		if j.Good {
			good[b]++
		} else {
			others[b]++
		}
		most = max(most, good[b], others[b])
	}
	bar := func(n int) string { return strings.Repeat("█", (n*width+most-1)/most) }
	r.line("Score    worth keeping")
	for b := range bins {
		r.line("%3d-%-3d  %4d %s", b*10, b*10+9+b/9, good[b], bar(good[b]))
	}
	r.line("         others")
	for b := range bins {
		r.line("%3d-%-3d  %4d %s", b*10, b*10+9+b/9, others[b], bar(others[b]))
	}
	r.line("")
}

// cascade shows what a cheap scorer saves and loses before a model.
func (r *report) cascade(js []judged, s *measured) {
	if s.calls != nil {
		r.line("The model was asked %d times for %d pairs.", s.calls.Load(), len(js))
	}
	if s.cheap == nil {
		r.line("")
		return
	}
	if s.calls == nil {
		r.line(
			"Before a model, with the margin of scorer.Cascade at this gate, whatever the model would " +
				"say of the rest:",
		)
	}
	threshold := r.gate.Threshold()
	r.figures(js, []row{
		{
			"model calls saved", share(func(judged) bool { return true }, s.cheap),
			"the share of pairs that the cheap score decides",
		},
		{
			"good jobs lost",
			share(func(j judged) bool { return j.Good },
				func(j judged) bool { return s.cheap(j) && j.Score < threshold }),
			"by a cheap rejection",
		},
		{
			"others let through",
			share(func(j judged) bool { return !j.Good },
				func(j judged) bool { return s.cheap(j) && j.Score >= threshold }),
			"by a cheap match",
		},
	})
}

func (r *report) checks(checks []check) {
	r.line("Checks without labels:")
	t := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "\tpromise\truns\tbroken\tmean move\tworst wrong move\t") // errors come from Flush
	for _, c := range checks {
		_, _ = fmt.Fprintf(
			t, "%s\t%s\t%d\t%d\t%+.1f\t%d\t\n", c.Name, c.Promise, c.Runs, c.Broken, c.Mean, c.Worst,
		)
	}
	if err := t.Flush(); r.err == nil {
		r.err = err
	}
	r.line("")
}

func queries(js []judged) int {
	seen := make(map[int]bool)
	for _, j := range js {
		seen[j.Query] = true
	}
	return len(seen)
}
