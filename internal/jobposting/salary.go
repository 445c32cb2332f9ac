package jobposting

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A Salary is one MonetaryAmount, each field as the page writes it. Min or Max is blank where there is no such bound.
type Salary struct {
	Min, Max string // "65000"; the same for a single amount
	Currency string // ISO 4217 most often; blank: the page does not say
	Unit     string // "year", "month", "week", "day", "hour", or another word in lower case; blank: the page does not say
}

// String returns the salary for people: "65000 - 75000 USD per year".
func (s Salary) String() string {
	amount := s.Min
	switch {
	case s.Min == "" && s.Max != "":
		amount = "up to " + s.Max
	case s.Max == "" && s.Min != "":
		amount = "from " + s.Min
	case s.Max != s.Min:
		amount += " - " + s.Max
	}
	if amount == "" {
		return ""
	}
	if s.Currency != "" {
		amount += " " + s.Currency
	}
	if s.Unit != "" {
		amount += " per " + s.Unit
	}
	return amount
}

func joinSalaries(ss []Salary) string {
	var parts []string
	for _, s := range ss {
		parts = append(parts, s.String())
	}
	return strings.Join(parts, "; ")
}

const maxSalaries = 20

// salaries reads baseSalary, and estimatedSalary where there is none.
func (d *document) salaries(o object) []Salary {
	for _, k := range []string{"baseSalary", "estimatedSalary"} {
		var out []Salary
		for _, e := range list(o[k]) {
			for _, s := range d.amounts(e, text(o["salaryCurrency"])) {
				if s.String() != "" && len(out) < maxSalaries {
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

// amounts reads a number, a text, or a MonetaryAmount whose values are numbers, texts or QuantitativeValues.
func (d *document) amounts(v any, currency string) []Salary {
	o := d.object(v)
	if o == nil {
		a := amount(v)
		return []Salary{{Min: a, Max: a, Currency: currency}}
	}
	if c := firstText(o["currency"], o["priceCurrency"]); c != "" {
		currency = c
	}
	values := list(o["value"])
	if len(values) == 0 {
		values = []any{o} // the amounts stand in the MonetaryAmount itself
	}
	var out []Salary
	for _, value := range values {
		s := Salary{Currency: currency, Unit: unit(firstText(o["unitText"], o["unitCode"], o["duration"]))}
		if q := d.object(value); q != nil {
			s.Min, s.Max = amount(q["minValue"]), amount(q["maxValue"])
			if s.Min == "" && s.Max == "" {
				single := firstText(amount(q["value"]), amount(q["median"]), amount(q["price"]))
				s.Min, s.Max = single, single
			}
			if u := firstText(q["unitText"], q["unitCode"]); u != "" {
				s.Unit = unit(u)
			}
			if c := firstText(q["currency"]); s.Currency == "" {
				s.Currency = c
			}
		} else {
			a := amount(value)
			s.Min, s.Max = a, a
		}
		out = append(out, s)
	}
	return out
}

// amount returns a positive number as it is written, or a text. 0 is how sites say that they do not say.
func amount(v any) string {
	switch v.(type) {
	case string, json.Number:
		s := text(v)
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			if !(f > 0) || math.IsInf(f, 0) {
				return ""
			}
			if strings.ContainsAny(s, "eE") {
				return strconv.FormatFloat(f, 'f', -1, 64)
			}
			if whole, ok := strings.CutSuffix(strings.TrimRight(s, "0"), "."); ok {
				return whole // 65000.00
			}
		}
		return s
	default:
		return ""
	}
}

func unit(s string) string {
	s = strings.ToLower(s)
	switch s {
	case "ann", "annual", "annually", "yearly", "yr", "p1y":
		return "year"
	case "mon", "monthly", "p1m":
		return "month"
	case "wee", "weekly", "p1w":
		return "week"
	case "daily", "p1d":
		return "day"
	case "hur", "hourly", "hr", "pt1h":
		return "hour"
	}
	return s
}
