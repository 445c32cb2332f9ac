package advert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxHeadingBytes = 120

// A heading is text on a line that begins a section, at these offsets.
type heading struct {
	kind             SectionKind
	known            bool // kind was recognised
	start, end, body int  // body: where the section's own text begins
}

// headingAt returns the heading that a line begins with, or that it is.
func (s *splitter) headingAt(i int, item bool) (heading, bool) {
	text := s.lineText(i)
	if before, after, found := cutColon(text); found {
		return colonHeading(text, before, after, item)
	}
	if item {
		return heading{}, false
	}
	if h, ok := dashHeading(text); ok {
		return h, true
	}
	if len(text) > maxHeadingBytes || oneOf(lastRune(text), ".,;!。") {
		return heading{}, false
	}
	h := heading{known: true, end: len(text), body: len(text)}
	m := matchOf(text)
	switch {
	case m.known && (m.whole || isEmphasised(text)), m.open && m.atEdge() && s.isTitle(i, m):
		h.kind = m.kind
		return h, true
	case aboutSomeone(text):
		h.kind = SectionCompany
		return h, true
	}
	return heading{}, false
}

// colonHeading reads a line that holds a colon: all of it may be a heading, or what stands before
// the colon.
func colonHeading(text, before, after string, item bool) (heading, bool) {
	if len(before) > maxHeadingBytes {
		return heading{}, false
	}
	m := matchOf(before)
	if strings.Trim(after, " *_-–") == "" { // nobody ends a sentence with a colon
		if n := countWords(before, maxHeadingWords+1); n == 0 || n > maxHeadingWords {
			return heading{}, false
		}
		h := heading{kind: m.kind, known: m.known && m.tells(), end: len(text), body: len(text)}
		return h, !item || m.known && m.whole && m.kind != SectionOther
	}
	title := m.open && m.atEdge() && isTitleCase(before)
	if item || !m.known ||
		!m.whole && !title { // "Requirements: five years of Go", but not "Note: five years"
		return heading{}, false
	}
	body := strings.TrimLeft(after, " *_")
	return heading{kind: m.kind, known: true, end: len(text) - len(after), body: len(text) - len(body)}, true
}

// dashHeading reads "Requirements – five years of Go".
func dashHeading(text string) (heading, bool) {
	start := text[:min(len(text), maxInlineBytes)]
	for _, dash := range [...]string{" – ", " — ", " - "} {
		name, _, found := strings.Cut(start, dash)
		if !found || strings.ContainsAny(name, "0123456789") {
			continue
		}
		if m := matchOf(name); m.known && m.whole && isTelling(name) {
			end := len(name) + len(dash)
			return heading{kind: m.kind, known: true, end: end - 1, body: end}, true
		}
	}
	return heading{}, false
}

// isTelling reports whether a name of a section is not a word that stands in sentences too.
func isTelling(name string) bool {
	const long = 8
	return len(name) >= long || strings.ContainsRune(name, ' ') || name[0] >= utf8.RuneSelf
}

// isTitle reports whether a line that holds a name of a section, among other words, is set like a
// title: its words are capitalised, or it stands alone above a list.
func (s *splitter) isTitle(i int, m match) bool {
	alone := s.lines[i].alone
	if isTitleCase(s.lineText(i)) {
		return alone || asks(m.kind) || m.end-m.start > 2
	}
	return alone && s.isItem(i+1) && (s.kind != SectionPreferred || m.kind != SectionRequirements)
}

const wideColon = "：" // of East Asian text

// cutColon cuts a line at its first colon.
func cutColon(line string) (before, after string, found bool) {
	before, after, found = strings.Cut(line, ":")
	if wide := strings.Index(before, wideColon); wide >= 0 {
		return line[:wide], line[wide+len(wideColon):], true
	}
	return before, after, found
}

// isItem reports whether a line is an item of a list. A symbol marks items where it stands before
// several lines in a row, and else decorates a heading.
func (s *splitter) isItem(i int) bool {
	text := s.lineText(i)
	first, size := utf8.DecodeRuneInString(text)
	rest := text[size:]
	switch first {
	case '•', '·', '▪', '‣', '⁃', '◦', '∙', '\uf0b7':
		return true
	case '-', '–', '—', '*', '+', '~', 'o', '§':
		return strings.HasPrefix(rest, " ") || first == '-' && unicode.IsLetter(firstRune(rest))
	}
	if first < utf8.RuneSelf || size == 0 || !unicode.IsSymbol(first) && first != '»' {
		return false
	}
	if firstRune(s.lineText(i-1)) == first {
		return true
	}
	return firstRune(s.lineText(i+1)) == first && !matchOf(text).whole
}

// isEmphasised reports whether a line is set as a heading: in capitals, bold or with a number sign.
func isEmphasised(line string) bool {
	last := line[len(line)-1]
	switch line[0] {
	case '#':
		return true
	case '*', '_', '=':
		return last == line[0]
	}
	return strings.ContainsFunc(line, unicode.IsUpper) && !strings.ContainsFunc(line, unicode.IsLower)
}

// isTitleCase reports whether all longer words of a line begin with a capital.
func isTitleCase(line string) bool {
	const short = 3
	capitals := false
	for field := range strings.FieldsSeq(line) {
		field = strings.TrimLeftFunc(field, func(r rune) bool { return !isWord(r) })
		first := firstRune(field)
		if len(field) > short && unicode.IsLower(first) {
			return false
		}
		capitals = capitals || unicode.IsUpper(first)
	}
	return capitals
}

// aboutSomeone recognises "About Acme Robotics" but not "About ten years of Go".
func aboutSomeone(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	switch strings.ToLower(first) {
	case "about", "über", "sobre":
	case "life":
		if !strings.HasPrefix(text, "Life at ") {
			return false
		}
	default:
		return false
	}
	n := 0
	for field := range strings.FieldsSeq(text) {
		first := firstRune(strings.TrimLeftFunc(field, func(r rune) bool { return !isWord(r) }))
		if unicode.IsLower(first) && field != "at" || unicode.IsDigit(first) {
			return false
		}
		n++
	}
	return n > 1 && n < 6
}
