package advert

// A match is what the words of a heading say.
type match struct {
	kind       SectionKind
	known      bool // a phrase was found
	whole      bool // the words say nothing else, so that they are no sentence
	open       bool // other words of a title can stand around the phrase
	start, end int  // of the phrase, in words
	words      int  // counted if a phrase was found
}

const maxHeadingWords = 9

// matchOf finds the longest phrase in a heading; of two that are equally long, the more telling
// kind counts. A text of too many words is no heading.
func matchOf(text string) match {
	m := match{whole: true}
	noun := match{start: -1}
	var covered uint64 // a bit for each word that belongs to a phrase
	var open [SectionLegal + 1]bool
	for at, found := range words().headings.in(text) {
		if at.end > maxHeadingWords {
			return match{}
		}
		covered |= 1<<at.end - 1<<at.start
		open[found.kind] = open[found.kind] || found.open
		length, longest := at.end-at.start, m.end-m.start
		if length > longest || length == longest && weight(found.kind) > weight(m.kind) {
			m.kind, m.known, m.start, m.end = found.kind, true, at.start, at.end
		}
		if length == 1 && found.open && asks(found.kind) {
			noun = match{kind: found.kind, start: at.start, end: at.end}
		}
	}
	if !m.known {
		return match{}
	}
	var room [longWord]byte
	for word, rest := nextWord(text, room[:]); len(word) > 0; word, rest = nextWord(rest, room[:]) {
		if m.words == maxHeadingWords {
			return match{}
		}
		if covered&(1<<m.words) == 0 && !words().filler[string(word)] {
			m.whole = false
		}
		m.words++
	}
	if noun.end == m.words && m.end < m.words && weight(m.kind) < weight(noun.kind) {
		m.kind, m.start, m.end = noun.kind, noun.start, noun.end // "Work schedule requirements"
	}
	m.open = open[m.kind] || m.start == 0 && m.end >= 3 // "What you'll bring to Acme"
	return m
}

// countWords returns the number of words in a text, at most limit.
func countWords(text string, limit int) int {
	var room [longWord]byte
	for n := range limit {
		word, rest := nextWord(text, room[:])
		if len(word) == 0 {
			return n
		}
		text = rest
	}
	return limit
}

// atEdge reports whether a match's phrase begins or ends the heading.
func (m match) atEdge() bool { return m.start == 0 || m.end == m.words }

// tells reports whether a heading that ends in a colon is about its phrase, and does not only name
// it.
func (m match) tells() bool { return m.whole || weight(m.kind) > 1 || 2*(m.end-m.start) >= m.words }

// weight orders kinds for a heading that names two: "Responsibilities and requirements" states
// requirements.
func weight(k SectionKind) int {
	switch k {
	case SectionPreferred:
		return 3
	case SectionRequirements:
		return 2
	case SectionOther:
		return 0
	default:
		return 1
	}
}
