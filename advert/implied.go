package advert

import "slices"

const fewestItems = 3 // of a list that states requirements by itself

// findImplied looks for requirements in a posting that names none: a list most of whose items ask
// for something. A short line above it is its heading.
func (s *splitter) findImplied() {
	for _, m := range s.marks {
		if asks(m.kind) {
			return
		}
	}
	for i := 0; i < len(s.lines); i++ {
		first, asked := i, 0
		for ; i < len(s.lines) && s.isItem(i); i++ {
			if asksFor(s.lineText(i)) {
				asked++
			}
		}
		if i-first >= fewestItems && 2*asked >= i-first {
			s.imply(first, i)
		}
	}
}

// asksFor reports whether an item of a list asks for something.
func asksFor(item string) bool {
	for range words().asks.in(item) {
		return true
	}
	return false
}

// imply makes a section of the lines from first to end, unless it is known what they are.
func (s *splitter) imply(first, end int) {
	begin, last := s.lines[first].start, s.lines[end-1].end
	at := s.marksUpTo(begin)
	around := &s.marks[at-1]
	switch {
	case around.kind == SectionBenefits, around.kind == SectionLegal, s.marksUpTo(last) > at:
		return
	case first > 0 && s.lines[first-1].start < around.body: // directly below a heading
		if !around.known {
			around.kind = SectionRequirements
		}
	default:
		list := mark{start: begin, head: begin, body: begin, kind: SectionRequirements}
		name := s.lineText(first - 1)
		if name != "" && len(name) <= maxHeadingBytes && !oneOf(lastRune(name), ".,;!?") {
			list.start, list.head = s.lines[first-1].start, s.lines[first-1].end
		}
		s.marks = slices.Insert(
			s.marks, at, list, mark{start: last, head: last, body: last, kind: around.kind},
		)
	}
}

// marksUpTo returns how many sections begin at an offset or before it.
func (s *splitter) marksUpTo(offset int) int {
	n, _ := slices.BinarySearchFunc(
		s.marks, offset+1, func(m mark, offset int) int { return m.start - offset },
	)
	return n
}
