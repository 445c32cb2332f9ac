package jobposting

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/internal/pay"
)

// A Salary is what a posting says of the pay.
type Salary struct {
	// "65000 - 75000 USD per year"; the page's own words where they can be read in several ways
	Words string
	Range pay.Range // the figures; zero if the words can be read in several ways
}

const maxSalaries = 20

// salaries reads baseSalary, and estimatedSalary where there is none.
func (d *document) salaries(o object) []Salary {
	for _, k := range []string{"baseSalary", "estimatedSalary"} {
		var out []Salary
		for _, e := range list(o[k]) {
			for _, s := range d.amounts(e, said(o["salaryCurrency"])) {
				if s.Words != "" && len(out) < maxSalaries {
					out = append(out, s)
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// amounts reads a number, a text, or a MonetaryAmount whose values are numbers, texts or
// QuantitativeValues.
func (d *document) amounts(v any, currency string) []Salary {
	o := d.object(v)
	if o == nil {
		return []Salary{salary(amount(v), amount(v), currency, "")}
	}
	currency = cmp.Or(said(o["currency"]), said(o["priceCurrency"]), currency)
	values := list(o["value"])
	if len(values) == 0 {
		values = []any{o} // the amounts stand in the MonetaryAmount itself
	}
	var out []Salary
	for _, value := range values {
		unit := firstText(o["unitText"], o["unitCode"], o["duration"])
		q := d.object(value)
		if q == nil {
			out = append(out, salary(amount(value), amount(value), currency, unit))
			continue
		}
		lo, hi := amount(q["minValue"]), amount(q["maxValue"])
		if lo == "" && hi == "" {
			lo = cmp.Or(amount(q["value"]), amount(q["median"]), amount(q["price"]))
			hi = lo
		}
		unit = cmp.Or(firstText(q["unitText"], q["unitCode"]), unit)
		out = append(out, salary(lo, hi, cmp.Or(currency, said(q["currency"])), unit))
	}
	return out
}

// salary writes a salary for people. Its bounds are numbers or texts; equal ones are a single
// amount.
func salary(lo, hi, currency, unit string) Salary {
	words := slices.Compact(slices.DeleteFunc([]string{lo, hi}, func(s string) bool { return s == "" }))
	if len(words) == 0 {
		return Salary{}
	}
	period := pay.Unit(unit)
	r, ok := pay.Parse(strings.Join(words, " - "), currency, period)
	switch {
	case !ok:
		period = cmp.Or(period, strings.ToLower(unit))
	case lo == "":
		r.Min, currency, period = 0, r.Currency, r.Period
	case hi == "":
		r.Max, currency, period = 0, r.Currency, r.Period
	default:
		currency, period = r.Currency, r.Period
	}
	if ok {
		lo, hi = r.Figures()
	}
	s := lo
	switch {
	case lo == "":
		s = "up to " + hi
	case hi == "":
		s = "from " + lo
	case lo != hi:
		s += " - " + hi
	}
	if currency != "" && !strings.Contains(s, currency) {
		s += " " + currency
	}
	if period != "" {
		s += " per " + period
	}
	return Salary{Words: s, Range: r}
}

// amount returns a number as it is written, or a text. 0 is how sites say that they do not say.
func amount(v any) string {
	s := said(v)
	if _, isNumber := v.(json.Number); isNumber && strings.ContainsAny(s, "eE") {
		if f, err := strconv.ParseFloat(s, 64); err == nil && f < 1e12 {
			s = strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && !(f > 0 && f < 1e12) {
		return ""
	}
	return s
}
