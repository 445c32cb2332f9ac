package pay

import "github.com/agent-forge/forge/internal/fold"

// amounts makes a range of the one or two amounts, if what stands around them allows it.
func (p *parser) amounts() (Range, bool) {
	var at []int
	for i, q := range p.parts {
		if q.kind == amount {
			at = append(at, i)
		}
	}
	if len(at) == 0 || len(at) > 2 {
		return Range{}, false
	}
	first, last := at[0], at[len(at)-1]
	if !p.periodFits(first, last) || p.isBonus(first, last) {
		return Range{}, false
	}
	if len(at) == 2 {
		if !p.joined(first, last) {
			return Range{}, false
		}
		return span(p.parts[first], p.parts[last])
	}
	value, ok := p.parts[first].value(p.parts[first].factor)
	if !ok {
		return Range{}, false
	}
	most, least := p.bounds(first)
	switch {
	case most && least:
		return Range{}, false
	case most:
		return Range{Max: value}, true
	case least:
		return Range{Min: value}, true
	}
	return Range{Min: value, Max: value}, true
}

// value returns an amount times a factor, which is its own or its neighbour's.
func (a part) value(factor float64) (float64, bool) {
	switch n := a.number; {
	case len(n) == 0 || n[0] == 0:
		return 0, false
	case len(n) == 1 || factor == 1:
		return rounded(n[0] * factor), true
	case factor >= 1e5:
		return rounded(n[1] * factor), true
	case factor == 1e4 && !a.dotted:
		return rounded(n[0] * factor), true
	default: // "45.000k" is thousands twice, or three decimals
		return 0, false
	}
}

// rounded leaves out what binary fractions add: 3.55 lakh is 355,000.
func rounded(f float64) float64 {
	const cents = 100
	if f > 1e12 {
		return f
	}
	return float64(int64(f*cents+0.5)) / cents
}

// span is a range of two amounts. A multiplier counts for a neighbour that has none and is not
// written in full: "45-60k", "80k-120".
func span(a, b part) (Range, bool) {
	lo, okLo := a.value(a.factor)
	hi, okHi := b.value(b.factor)
	if !okLo || !okHi {
		return Range{}, false
	}
	const full = 1000
	switch {
	case a.factor == 1 && b.factor > 1 && lo < full:
		if carried, ok := a.value(b.factor); ok && carried <= hi {
			lo = carried
		} else if b.factor > 1e3 || lo*100 < hi { // "500-1k" is as it stands
			return Range{}, false
		}
	case a.factor > 1 && b.factor == 1 && hi < full:
		if hi, okHi = b.value(a.factor); !okHi {
			return Range{}, false
		}
	}
	return Range{Min: lo, Max: hi}, lo <= hi
}

// joined reports whether what stands between two amounts makes a range of them.
func (p *parser) joined(first, last int) bool {
	opened, closed := false, false
	for _, q := range p.parts[:first] {
		opened = opened || q.kind == between
	}
	for _, q := range p.parts[first+1 : last] {
		switch q.kind {
		case separator, atMost:
			closed = true
		case conjunct:
			closed = closed || opened
		case money, period, aboutPay:
		case mark:
			if q.code == "," || q.code == ";" || q.code == "|" {
				return false
			}
		default:
			return false
		}
	}
	return closed
}

// bounds reports what the words around a single amount make of it.
func (p *parser) bounds(at int) (most, least bool) {
	for i, q := range p.parts {
		switch q.kind {
		case atMost:
			most = true
		case atLeast:
			least = true
		case separator:
			most = most || i < at && leading[q.code]
		}
	}
	return most, least
}

// leading are separators that make an upper bound of the amount after them.
var leading = set("to bis do tot hasta fino ate až til till до")

// periodFits notes the period. It returns false if there are two, or if one stands apart from the
// amounts, where it can be that of something else: "80,000, paid monthly".
func (p *parser) periodFits(first, last int) bool {
	for i, q := range p.parts {
		if q.kind != period {
			continue
		}
		if p.period() != q.code {
			return false
		}
		from, to := i, i
		switch {
		case i < first:
			to = first
		case i > last:
			from = last
		}
		for _, between := range p.parts[from:to] {
			if between.kind == other || between.kind == bonus {
				return false
			}
		}
	}
	return true
}

// period returns the first period that is named; empty if none is.
func (p *parser) period() string {
	for _, q := range p.parts {
		if q.kind == period {
			return q.code
		}
	}
	return ""
}

// isBonus reports whether the amounts are those of a bonus: the word stands before them, or after
// them without anything that separates it.
func (p *parser) isBonus(first, last int) bool {
	for _, q := range p.parts[:first] {
		if q.kind == bonus {
			return true
		}
	}
	for _, q := range p.parts[last+1:] {
		switch q.kind {
		case bonus:
			return true
		case added, mark, conjunct, atLeast:
			return false
		}
	}
	return false
}

// currency returns the one that the text names, or the assumed one. It returns false if it names
// two.
func (p *parser) currency(assumed string) (string, bool) {
	var code, family string
	for _, q := range p.parts {
		switch {
		case q.kind != money:
		case families[q.code] != nil:
			if family != "" && family != q.code {
				return "", false
			}
			family = q.code
		case code != "" && code != q.code:
			return "", false
		default:
			code = q.code
		}
	}
	switch members := families[family]; {
	case family == "" && code == "":
		return assumed, true
	case family == "":
		return code, true
	case code != "":
		return code, members[fold.Text(code)]
	case members[fold.Text(assumed)]:
		return assumed, true
	case family[len(family)-1] == '?':
		return family[:len(family)-1], true
	}
	return "", true
}

// evidence counts what shows that the numbers are about money.
func (p *parser) evidence() (found, strange int) {
	for _, q := range p.parts {
		switch {
		case q.kind == money, q.kind == period, q.kind == amount && q.factor > 1:
			found++
		case q.kind == other:
			strange++
		}
	}
	return found, strange
}
