package advert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inline finds the headings within a line, from an offset on, and what ends requirements in it.
func (s *splitter) inline(i, from int, item bool) {
	text, start := s.lineText(i), s.lines[i].start
	if item || !mayHoldHeading(text[from:]) {
		s.endRequirements(i, from, len(text), item)
		return
	}
	for {
		h, ok := nextHeading(text, from)
		if !ok {
			break
		}
		s.endRequirements(i, from, h.start, false)
		s.begin(start, h)
		from = h.body
	}
	s.endRequirements(i, from, len(text), false)
}

// mayHoldHeading is a quick look: a heading within a line ends in a colon or is in capitals.
func mayHoldHeading(text string) bool {
	if strings.IndexByte(text, ':') >= 0 || strings.Contains(text, wideColon) {
		return true
	}
	capitals := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'A' && c <= 'Z':
			if capitals++; capitals >= minCapitals {
				return true
			}
		case c != ' ' && c != '&':
			capitals = 0
		}
	}
	return false
}

const (
	minCapitals    = 8 // of a heading in capitals within a line
	maxInlineBytes = 80
	maxInlineWords = 7
)

// nextHeading returns the first heading in text from an offset on: "Requirements:" after the end of
// a sentence or after a word in lower case, or "REQUIREMENTS" before words that are not in
// capitals.
func nextHeading(text string, from int) (heading, bool) {
	capitals := -1 // where a run of words in capitals begins
	for at := from; at < len(text); {
		size := strings.IndexByte(text[at:], ' ')
		if size < 0 {
			size = len(text) - at
		}
		word := text[at : at+size]
		if capitals >= 0 && !isCapitals(word) {
			if h, ok := capitalHeading(text, capitals, at); ok {
				return h, true
			}
			capitals = -1
		} else if capitals < 0 && isCapitals(word) {
			capitals = at
		}
		if h, ok := colonWithin(text, from, at, at+size); ok {
			return h, true
		}
		at += size + 1
	}
	return heading{}, false
}

// isCapitals reports whether a word is in capitals, or stands between such words.
func isCapitals(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !unicode.IsUpper(r) && r != '&' && r != '\'' && r != '’' && r != '/' && r != '-'
	})
}

// capitalHeading reads text[start:end], words in capitals, as a heading.
func capitalHeading(text string, start, end int) (heading, bool) {
	name := strings.TrimRight(text[start:end], " &-/")
	if len(name) < minCapitals || len(name) > maxInlineBytes {
		return heading{}, false
	}
	m := matchOf(name)
	h := heading{kind: m.kind, known: true, start: start, end: start + len(name), body: end}
	return h, m.known && m.whole
}

// colonWithin looks for a colon in the word text[at:end] that ends a heading.
func colonWithin(text string, from, at, end int) (heading, bool) {
	for ; at < end; at++ {
		size := 1
		switch {
		case text[at] == ':':
			if at+1 < end && isWord(firstRune(text[at+1:])) {
				continue // an address, a time
			}
		case strings.HasPrefix(text[at:], wideColon):
			size = len(wideColon)
		default:
			continue
		}
		if h, ok := headingBefore(text, from, at); ok {
			h.end, h.body = at+size, at+size
			return h, true
		}
	}
	return heading{}, false
}

// headingBefore returns the longest name of a section that ends at an offset.
func headingBefore(text string, from, end int) (heading, bool) {
	from = max(from, end-maxInlineBytes)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from++
	}
	var best heading
	for start, n := end, 0; start > from && n < maxInlineWords; n++ {
		start = wordStart(text, from, start)
		name := text[start:end]
		before := strings.TrimRight(text[:start], " *_")
		m := matchOf(name)
		fits := m.whole && canFollow(before)
		if m.open && m.end == m.words && isTitleCase(name) { // "Oven Requirements:"
			fits = fits || before == "" || oneOf(lastRune(before), ".!?;•|")
		}
		if fits && isCapital(name) {
			best = heading{kind: m.kind, known: true, start: start}
		}
		if start > from && oneOf(lastRune(strings.TrimRight(text[from:start], " ")), nameEnds) {
			break // names do not reach over the end of a sentence
		}
	}
	return best, best.known
}

const nameEnds = ".!?;:•|。！？；"

// wordStart returns where the word before an offset begins.
func wordStart(text string, from, end int) int {
	before := strings.TrimRight(text[from:end], " ")
	i := strings.LastIndexAny(before, " "+nameEnds)
	if i < 0 {
		return from
	}
	_, size := utf8.DecodeRuneInString(before[i:])
	return from + i + size
}

// isCapital reports whether a name begins with a capital, or with a letter that has none.
func isCapital(name string) bool {
	first := firstRune(strings.TrimLeft(name, "*_([#"))
	return isWord(first) && !unicode.IsLower(first)
}

// canFollow reports whether a heading can follow text: the text ends, or its last words are no part
// of the same title. "Place: Ulm Skills: some" has two headings, "Regulatory Skills: some" has one.
func canFollow(before string) bool {
	if last := lastRune(before); last == 0 || !unicode.IsLetter(last) {
		return true
	}
	for n := 0; n < maxInlineWords; n++ {
		space := strings.LastIndexByte(before, ' ')
		if unicode.IsLower(firstRune(before[space+1:])) {
			return n == 0
		}
		before = strings.TrimRight(before[:max(space, 0)], " ")
		if last := lastRune(before); !unicode.IsLetter(last) {
			return last == ':'
		}
	}
	return false
}
