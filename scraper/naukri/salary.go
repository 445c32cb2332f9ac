package naukri

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Keys of attributes beside those of package enrich: what salaries are in figures, per year, without separators.
const (
	AttrSalaryMin      = "salary_min"      // "225000"
	AttrSalaryMax      = "salary_max"      // "600000"
	AttrSalaryCurrency = "salary_currency" // "INR"
)

// A salary is what the board shows, and in figures where that can be read. Max is 0 where it cannot.
type salary struct {
	label    string
	min, max int64
	currency string
}

var amountPattern = regexp.MustCompile(`(?i)([\d,]+(?:\.\d+)?)\s*(k|thousand|lacs?|lakhs?|l|crores?|cr)?\b`)

// parseSalary reads "27.5-40 Lacs PA", "50,000-80,000 PA", "80,000-3 Lacs", "1-1.5 Cr". A unit counts for the amounts before
// it that have none, unless they are whole rupees already. A lakh is 100,000 and a crore is 10,000,000.
func parseSalary(label string) salary {
	s := salary{label: strings.Join(strings.Fields(label), " ")}
	switch lower := strings.ToLower(s.label); {
	case lower == "", strings.Contains(lower, "not disclosed"), strings.Contains(lower, "confidential"):
		return salary{}
	case strings.ContainsAny(lower, "$") || strings.Contains(lower, "usd"):
		s.currency = "USD"
	default:
		s.currency = "INR"
	}
	if strings.Contains(strings.ToLower(s.label), "month") {
		return s // per year is what the figures are
	}
	var amounts []float64
	factor := 0.0 // of the amount to the right
	for _, m := range reversed(amountPattern.FindAllStringSubmatch(s.label, 3)) {
		plainNumber := strings.Contains(m[1], ",")
		f, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		if err != nil {
			return s
		}
		switch unit := strings.ToLower(m[2]); {
		case unit == "k", unit == "thousand":
			factor = 1e3
		case strings.HasPrefix(unit, "l"):
			factor = 1e5
		case strings.HasPrefix(unit, "c"):
			factor = 1e7
		case factor == 0, plainNumber, f >= 1000:
			amounts = append(amounts, f)
			continue
		}
		amounts = append(amounts, f*factor)
	}
	if len(amounts) == 0 || len(amounts) > 2 {
		return s
	}
	lo, hi := math.Round(amounts[len(amounts)-1]), math.Round(amounts[0])
	if lo <= hi && hi > 0 && hi < 1e12 {
		s.min, s.max = int64(lo), int64(hi)
	}
	return s
}

func reversed(m [][]string) [][]string {
	out := make([][]string, 0, len(m))
	for i := len(m) - 1; i >= 0; i-- {
		out = append(out, m[i])
	}
	return out
}

// salaryOf is a salary in figures, as the board's JSON gives it beside a label that may be blank.
func salaryOf(label string, lo, hi int64, currency string) salary {
	if hi <= 0 || lo > hi || lo < 0 {
		return parseSalary(label)
	}
	if currency == "" {
		currency = "INR"
	}
	if label = strings.Join(strings.Fields(label), " "); label == "" {
		label = strings.TrimPrefix(amount(lo, currency)+"-"+amount(hi, currency), amount(hi, currency)+"-")
	}
	return salary{label: label, min: lo, max: hi, currency: currency}
}

// amount writes rupees as the board does, and other money in figures.
func amount(n int64, currency string) string {
	lakhs := func(n int64, unit int64, name string) string {
		return strconv.FormatFloat(math.Round(float64(n)/float64(unit)*100)/100, 'f', -1, 64) + name
	}
	switch {
	case currency != "INR":
		return currency + " " + strconv.FormatInt(n, 10)
	case n >= 1e7:
		return lakhs(n, 1e7, " Cr")
	case n >= 1e5:
		return lakhs(n, 1e5, " Lacs")
	default:
		return strconv.FormatInt(n, 10)
	}
}

// set writes a salary into attributes.
func (s salary) set(attributes map[string]string) {
	if s.max == 0 {
		return
	}
	attributes[AttrSalaryMin] = strconv.FormatInt(s.min, 10)
	attributes[AttrSalaryMax] = strconv.FormatInt(s.max, 10)
	attributes[AttrSalaryCurrency] = s.currency
}
