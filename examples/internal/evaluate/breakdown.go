package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
)

// A group is the pairs of one language or one trade.
type group struct {
	name                 string
	pairs, good, others  int
	kept, dropped        int // of the good at the gate, of the others
	unverified, unjudged int
	judged               []judged
}

// groupsBy sorts every pair into the group that name says, in the order of names. Pairs without a
// name are left out.
func groupsBy(r result, threshold int, name func(pair) string) []*group {
	groups := make(map[string]*group)
	of := func(p pair) *group {
		n := name(p)
		if groups[n] == nil {
			groups[n] = &group{name: n}
		}
		groups[n].pairs++
		return groups[n]
	}
	for _, j := range r.Judged {
		g := of(j.pair)
		g.judged = append(g.judged, j)
		passes := j.Unverified || j.Score >= threshold
		switch {
		case j.Good:
			g.good++
			if passes {
				g.kept++
			}
		default:
			g.others++
			if !passes {
				g.dropped++
			}
		}
		if j.Unverified {
			g.unverified++
		}
	}
	for _, p := range r.Unjudged {
		of(p).unjudged++
	}
	delete(groups, "")
	return slices.SortedFunc(
		maps.Values(groups), func(a, b *group) int { return cmp.Compare(a.name, b.name) },
	)
}

// breakdown prints what the gate does in each language and in each trade.
func (r *report) breakdown(res result) {
	for _, by := range []struct {
		title string
		name  func(pair) string
	}{
		{"language", func(p pair) string { return p.Language }},
		{"trade", func(p pair) string { return p.Trade }},
	} {
		groups := groupsBy(res, r.gate.Threshold(), by.name)
		if len(groups) < 2 {
			continue
		}
		t := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintf(
			t, "%s\tpairs\tgood kept\tothers dropped\tAUROC\tcannot judge\t\n", by.title,
		) // errors come from Flush
		for _, g := range groups {
			_, _ = fmt.Fprintf(
				t, "%s\t%d\t%s\t%s\t%s\t%s\t\n", g.name, g.pairs, part(g.kept, g.good),
				part(g.dropped, g.others), number(auroc(g.judged)), part(g.unverified+g.unjudged, g.pairs),
			)
		}
		if err := t.Flush(); r.err == nil {
			r.err = err
		}
		r.line("")
	}
}

func part(n, of int) string {
	if of == 0 {
		return "none"
	}
	return fmt.Sprintf("%d/%d", n, of)
}
