package advert

import (
	"strings"
	"unicode"
)

// endRequirements notes where sentences about pay, equal opportunity or privacy begin in part of a
// line that requirements stand in.
func (s *splitter) endRequirements(i, from, to int, item bool) {
	text := s.lineText(i)
	for at := from; at < to && asks(s.kind); {
		end := sentenceEnd(text[:to], at)
		if kind := closing(text[at:end], item); kind != SectionOther {
			asked := s.kind
			s.mark(s.lines[i].start+at, kind)
			if item || s.items == 0 { // the list goes on, or has yet to come
				s.resume = asked
			}
			return
		}
		at = end
	}
}

// asks reports whether a section of a kind states what a posting asks for.
func asks(kind SectionKind) bool { return kind == SectionRequirements || kind == SectionPreferred }

// sentenceEnd returns where the next sentence begins.
func sentenceEnd(text string, from int) int {
	for at := from; ; {
		i := strings.IndexByte(text[at:], ' ')
		if i < 0 {
			return len(text)
		}
		at += i + 1
		if at-from >= 2 && strings.IndexByte(".!?", text[at-2]) >= 0 {
			return at
		}
	}
}

const (
	minSentenceBytes = 24  // a shorter one says nothing of this kind, or is a heading
	maxSentenceBytes = 600 // are looked at
)

// closing returns the kind of section that a sentence begins by itself, SectionOther if none. Every
// item of a list of requirements can name such things, so it takes more there.
func closing(sentence string, item bool) SectionKind {
	if len(sentence) < minSentenceBytes && !isRange(sentence) {
		return SectionOther
	}
	if len(sentence) > maxSentenceBytes {
		sentence = sentence[:maxSentenceBytes]
	}
	var pay, rights signs
	for at, found := range words().sentences.in(sentence) {
		if found.kind == SectionBenefits {
			pay.add(at, found.open)
		} else {
			rights.add(at, found.open)
		}
	}
	switch {
	case rights.plain || rights.n > 1 && !item:
		return SectionLegal
	case pay.n > 0 && namesSum(sentence), (pay.plain || pay.n > 1) && !item, isRange(sentence):
		return SectionBenefits
	}
	return SectionOther
}

// signs are the phrases of one kind in a sentence.
type signs struct {
	n, end int  // phrases, and the word at which the last one ends
	plain  bool // one of them says it all
}

func (s *signs) add(at span, plain bool) {
	if at.start >= s.end {
		s.n++
	}
	s.end = at.end
	s.plain = s.plain || plain
}

const currencies = "$€£₹¥₽₴₺₪₩"

var currencyCodes = map[string]bool{
	"USD": true, "EUR": true, "EURO": true, "GBP": true, "CHF": true, "CAD": true, "AUD": true, "SGD": true,
	"INR": true, "RS": true, "LPA": true, "LAKH": true, "LAKHS": true,
	"PLN": true, "ZŁ": true, "CZK": true, "KČ": true, "SEK": true, "DKK": true, "NOK": true, "KR": true,
}

// namesSum reports whether a sentence names a sum of money.
func namesSum(sentence string) bool {
	if !strings.ContainsAny(sentence, "0123456789") {
		return false
	}
	if strings.ContainsAny(sentence, currencies) {
		return true
	}
	for field := range strings.FieldsSeq(sentence) {
		if currencyCodes[strings.ToUpper(strings.Trim(field, ".,;:()/-–0123456789"))] {
			return true
		}
	}
	return false
}

// isRange reports whether a sentence begins with a range of money: "$70,000 - $90,000 a year".
func isRange(sentence string) bool {
	if !strings.ContainsRune(currencies, firstRune(sentence)) || sentence == "" {
		return false
	}
	low, high := 0, 0
	rest := strings.TrimLeftFunc(sentence, func(r rune) bool { return !unicode.IsDigit(r) })
	low = len(rest) - len(strings.TrimLeft(rest, "0123456789,.kKmM "))
	rest = strings.TrimLeft(rest[low:], "-–—to ")
	rest = strings.TrimLeft(rest, currencies)
	high = len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	return low > 0 && high > 0
}
