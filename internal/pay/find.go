package pay

import (
	"regexp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/internal/fold"
)

// A Stated range is one that a text states, in figures and in the text's own words.
type Stated struct {
	Range Range
	Words string
}

// maxStated bounds the ranges that are read from one text. An advert for a place of work in each
// state of a country states about fifty.
const maxStated = 60

var (
	codesOfMoney = strings.Split(
		"USD EUR GBP CAD AUD NZD SGD HKD CHF SEK NOK DKK PLN CZK INR JPY BRL MXN ZAR ILS AED", " ")
	moneyPart = `(?:(?:(?:US|CA|C|AU|A|NZ|S|HK)?\$|[€£¥₹]|\b(?:` +
		strings.Join(codesOfMoney, "|") + `)\b)\s?)`
	boundPart = moneyPart + `?` + amountPart + `(?:\s?` + moneyPart + `)?` + periodPart

	// rangeIn finds two amounts with money beside one of them, and what follows them.
	rangeIn = regexp.MustCompile(boundPart + `\s?(?:-|–|—|−|‒|to\b|bis\b|à\b)\s?` + boundPart)
	sign    = regexp.MustCompile(`(?i)` + moneyPart)
	// label names pay. It stands before the range, in its sentence or as its heading.
	label = regexp.MustCompile(`(?i)\b(salar(?:y|ies)|wages?|remuneration|compensation|` +
		`(?:base|hourly|annual|starting|gross) (?:pay|rate)|pay(?:ing)? (?:range|rate|scale|band|grade)|` +
		`(?:jahres|monats)?gehalt(?:sspanne|sband)?|vergütung|stundenlohn|salaire|rémunération|salario|` +
		`retribución|ral|sala(?:ris)|wynagrodzenie)(?:$|[^\pL])`)
	// otherPay is what is paid beside the salary, or with it.
	otherPay = regexp.MustCompile(`(?i)\b(ote|on[- ]target|commissions?|bonus(?:es)?|equity|stock|rsus?|` +
		`total (?:target |cash |annual )*(?:compensation|comp|cash|rewards)|incentives?|quota|revenue|` +
		`budget|stipend|allowance|equivalent|provision|prämie)\b`)
	periodBefore = regexp.MustCompile(
		`(?i)\b(annual|annualized|yearly|hourly|monthly|weekly|daily)\b(?:\W+\w+){0,2}?\W+` +
			`(?:salary|salaries|pay|wages?|rate|compensation|range)\b`)
	besides     = regexp.MustCompile(`(?i)\b(?:plus|and|with|eligible|in addition|as well)\b|\+`)
	within      = regexp.MustCompile(`(?i)\binclu[ds]`)
	sentenceEnd = regexp.MustCompile(`[.!?;]\s+`)
)

const (
	signs = "$€£¥₹"
	// amountPart has at least two digits, so that "5 - 10 USD" in a text about prices is not read.
	amountPart = `\d[\d.,'’\x{00a0}\x{202f}]*\d\s?(?:[kK]\b)?`
	periodPart = `(?i:\s?(?:/|per|an?|p\.)\s?` +
		`(?:hour|hr|h|year|yr|annum|a|month|mo|week|day|jahr|monat|stunde)\b)?`
)

// Find returns the pay ranges that a text of many sentences states, in its order. A range counts if
// its sentence, or the short line before it, names the pay, and if the sentence names nothing else
// that is paid: bonuses, equity and on-target earnings are no salary.
func Find(text string) []Stated {
	var found []Stated
	heading := ""
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		ranges := rangesIn(line)
		for _, at := range ranges {
			if s, ok := statedAt(line, heading, at); ok && len(found) < maxStated {
				found = append(found, s)
			}
		}
		if ranges == nil { // else the heading holds for the next line, too
			heading = line
		}
	}
	return found
}

func rangesIn(line string) [][]int {
	hasCode := func(code string) bool { return strings.Contains(line, code) }
	if !strings.ContainsAny(line, "0123456789") ||
		!strings.ContainsAny(line, signs) && !slices.ContainsFunc(codesOfMoney, hasCode) {
		return nil
	}
	return rangeIn.FindAllStringIndex(line, -1)
}

// statedAt reads the range at a place of a line.
func statedAt(line, heading string, at []int) (Stated, bool) {
	before, after := line[:at[0]], line[at[1]:]
	if ends := sentenceEnd.FindAllStringIndex(before, -1); ends != nil {
		before = before[ends[len(ends)-1][1]:]
	}
	if end := sentenceEnd.FindStringIndex(after); end != nil {
		after = after[:end[0]]
	}
	words := strings.TrimSpace(line[at[0]:at[1]])
	const longest = 100 // bytes of a heading
	named := before
	if !label.MatchString(before) && len(heading) <= longest {
		named = heading + " " + before
	}
	if !sign.MatchString(words) || !label.MatchString(named) || otherPay.MatchString(named) ||
		notSalary(after) {
		return Stated{}, false
	}
	r, ok := Parse(words, "", "")
	if m := periodBefore.FindStringSubmatch(named); ok && r.Period == "" && m != nil {
		r.Period = Unit(strings.TrimSuffix(fold.Text(m[1]), "ized"))
	}
	return Stated{r, words}, ok && r.Min > 0 && r.Max > 0 && r.Plausible()
}

// notSalary reports whether what follows a range says that it holds more than the salary. What is
// paid beside it ("plus bonus") does not.
func notSalary(after string) bool {
	m := otherPay.FindStringIndex(after)
	if m == nil {
		return false
	}
	between := after[:m[0]]
	return !besides.MatchString(between) || within.MatchString(between)
}
