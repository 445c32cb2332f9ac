// Package pay reads what a text says a job pays: "45.000 – 60.000 EUR", "4-6 LPA", "from £31,000 a
// year". It gives figures only where the text can be read in one way. A number that is wrong by a
// factor of a thousand is worse than none, because the words stand beside it anyway.
package pay

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/internal/fold"
)

// The periods of a [Range].
const (
	Hour  = "hour"
	Day   = "day"
	Week  = "week"
	Month = "month"
	Year  = "year"
)

// A Range is what a job pays in one period.
type Range struct {
	Min, Max float64 // equal if the text names one amount; 0: no such bound
	Currency string  // ISO 4217; empty if the text does not say
	Period   string  // [Hour] … [Year]; empty if the text does not say
}

// Figures returns the bounds in decimal digits without separators: "15.5", "1200000". A bound that
// is not there is empty.
func (r Range) Figures() (lo, hi string) { return figure(r.Min), figure(r.Max) }

func figure(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// maxBytes is how long a text about pay can be. A longer one is prose, in which numbers mean many
// things.
const maxBytes = 300

// Parse reads a text about pay. Currency (ISO 4217) and period are what holds where the text does
// not say; both can be empty. A "$" without a country is a dollar of the assumed currency, or a US
// dollar. It returns false if the text has no figures, if they can be read in more than one way, or
// if no job pays so: then its words are all that can be shown.
func Parse(text, currency, period string) (Range, bool) {
	if len(text) > maxBytes {
		return Range{}, false
	}
	p := parser{tokens: scan(phrases.Replace(fold.Text(text)))}
	if !p.read() {
		return Range{}, false
	}
	r, ok := p.amounts()
	if !ok {
		return Range{}, false
	}
	if r.Currency, ok = p.currency(currency); !ok {
		return Range{}, false
	}
	r.Period = cmp.Or(p.period(), period)
	found, strange := p.evidence()
	if found == 0 && (currency == "" || strange > 0) || !r.Plausible() {
		return Range{}, false
	}
	return r, true
}

// Unit returns the period that a word or code names, such as "YEAR", "ANN", "P1M", "pro Stunde" or
// "/hr"; empty if it names none, or more than one.
func Unit(s string) string {
	s = strings.TrimSpace(fold.Text(s))
	if period, ok := codes[s]; ok {
		return period
	}
	var found string
	for _, t := range scan(s) {
		period := periods[t.word]
		switch {
		case perWords[t.word], t.symbol('/'), t.symbol('.'):
		case period == "", found != "":
			return ""
		default:
			found = period
		}
	}
	return found
}

// Plausible reports whether a job could pay so. It finds a thousand that is missing or too many.
func (r Range) Plausible() bool {
	scale, known := scales[fold.Text(r.Currency)]
	if !known {
		scale = 1
	}
	lo, hi := r.Min/scale, r.Max/scale
	if lo == 0 {
		lo = hi
	}
	if hi == 0 {
		hi = lo
	}
	const widest = 30 // times the lower bound
	if lo <= 0 || hi > widest*lo {
		return false
	}
	var least, most float64 // in US dollars, about
	switch r.Period {
	case Hour:
		least, most = 0.2, 1500
	case Day:
		least, most = 2, 10_000
	case Week:
		least, most = 10, 30_000
	case Month:
		least, most = 40, 60_000
	case Year:
		least, most = 300, 5_000_000
	default: // below it may be thousands, or what an hour pays
		least, most = 300, 5_000_000
		if scale > 10 {
			least = 50
		}
	}
	if !known {
		most *= 20_000
	}
	return lo >= least && hi <= most
}
