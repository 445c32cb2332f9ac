package ats

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/pay"
)

// A wage is pay in figures.
type wage struct {
	min, max         float64 // 0: not stated
	currency, period string  // the period in the provider's word
	words            string  // as the provider writes it; empty: it gives figures only
}

// setPay notes the pay. Several ranges in one currency and period become the one that covers them.
// Figures that no job pays are left out, and the words stay.
func (j *job) setPay(wages ...wage) {
	var words []string
	var all []pay.Range
	for _, w := range wages {
		r := pay.Range{
			Min: max(w.min, 0), Max: max(w.max, 0), Currency: strings.ToUpper(w.currency),
			Period: pay.Unit(w.period),
		}
		if r.Min == 0 && r.Max == 0 {
			continue
		}
		words = append(words, cmp.Or(w.words, wordsOf(r)))
		all = append(all, r)
	}
	j.set(enrich.AttrSalary, strings.Join(slices.Compact(words), "; "))
	if len(all) == 0 {
		return
	}
	whole := all[0]
	for _, r := range all[1:] {
		if r.Currency != whole.Currency || r.Period != whole.Period {
			return
		}
		whole.Min = min(whole.Min, r.Min)
		if endless := whole.Max == 0 || r.Max == 0; endless {
			whole.Max = 0
		} else {
			whole.Max = max(whole.Max, r.Max)
		}
	}
	if whole.Plausible() {
		facts.SetFigures(j.facts, whole)
	}
}

// setPayIn notes the pay that a text states.
func (j *job) setPayIn(text string) {
	var wages []wage
	for _, s := range pay.Find(text) {
		r := s.Range
		wages = append(wages, wage{r.Min, r.Max, r.Currency, r.Period, s.Words})
	}
	j.setPay(wages...)
}

func wordsOf(r pay.Range) string {
	lo, hi := r.Figures()
	s := hi
	switch {
	case hi == "":
		s = "from " + lo
	case lo == "":
		s = "up to " + hi
	case lo != hi:
		s = lo + " – " + hi
	}
	if r.Currency != "" {
		s += " " + r.Currency
	}
	if r.Period != "" {
		s += " per " + r.Period
	}
	return s
}

// periodIn returns the first period that a code or a title names: "per-year-salary", "1 YEAR",
// "Annual base salary".
func periodIn(s string) string {
	apart := func(r rune) bool { return r != '/' && (r < 'a' || r > 'z') }
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), apart) {
		if period := pay.Unit(word); period != "" {
			return period
		}
		if word == "annual" || word == "annually" || word == "annum" {
			return pay.Year
		}
	}
	return ""
}
