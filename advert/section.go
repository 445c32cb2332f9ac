package advert

import "strings"

// A SectionKind says what a part of a posting is about.
type SectionKind int

// The kinds of section, the zero value first. Requirements and Preferred decide a match; Benefits,
// Company and Legal say nothing about who fits.
const (
	SectionOther SectionKind = iota
	SectionResponsibilities
	SectionRequirements
	SectionPreferred
	SectionBenefits
	SectionCompany
	SectionLegal
)

// A Section is one part of a posting: its heading as written and the text below it. The heading is
// blank for what stands before the first heading, and for sentences about pay, equal opportunity or
// privacy that follow requirements without one.
type Section struct {
	Kind          SectionKind
	Heading, Text string
}

// Sections splits a posting's plain text at its headings, in order, losing nothing. These are
// headings:
//
//   - a short line that says nothing but the name of a known kind of section: "What you'll need",
//     "## Ihr Profil"
//   - a title that holds such a name: "Oven Requirements" - such a name and a colon, anywhere on a
//
// line - a short line that ends in a colon; if it names no known kind, it continues the kind above
// it
//
// Requirements also end where sentences about pay, equal opportunity or privacy begin. If no
// heading names requirements, a list states them if half of its items ask for something. The rest
// of a text without headings is a section of [SectionOther].
func Sections(text string) []Section {
	s := splitter{text: strings.ReplaceAll(text, "\r\n", "\n")}
	s.split()
	sections := make([]Section, 0, len(s.marks))
	for i, m := range s.marks {
		end := len(s.text)
		if i+1 < len(s.marks) {
			end = s.marks[i+1].start
		}
		section := Section{
			Kind:    m.kind,
			Heading: s.text[m.start:m.head],
			Text:    strings.TrimSpace(s.text[m.body:end]),
		}
		if section.Heading != "" || section.Text != "" {
			sections = append(sections, section)
		}
	}
	return sections
}

// RequirementsOf returns the sections of a posting that state what it asks for, required and
// preferred, in the posting's order and with their headings; blank if the posting has no such
// section.
func RequirementsOf(text string) string {
	var parts []string
	for _, s := range Sections(text) {
		if asks(s.Kind) && s.Text != "" {
			parts = append(parts, strings.TrimSpace(s.Heading+"\n"+s.Text))
		}
	}
	return strings.Join(parts, "\n\n")
}

// A splitter finds where sections begin.
type splitter struct {
	text  string
	lines []line // that are not blank
	marks []mark
	kind  SectionKind // of the section that is open

	items  int         // of lists in it so far
	resume SectionKind // that a list goes back to if its next item follows; SectionOther: none
}

// A line is where a line stands in the text, without the white space around it.
type line struct {
	start, end int
	alone      bool // a blank line stands before it, or nothing
}

// A mark is where a section begins: its heading ends at head, and its text begins at body.
type mark struct {
	start, head, body int
	kind              SectionKind
	known             bool // its heading named the kind
}

func (s *splitter) split() {
	s.findLines()
	s.mark(0, SectionOther)
	for i, l := range s.lines {
		item := s.isItem(i)
		if h, ok := s.headingAt(i, item); ok {
			s.begin(l.start, h)
			s.inline(i, h.body, false)
			continue
		}
		if item && s.resume != SectionOther {
			s.mark(l.start, s.resume)
		}
		s.resume = SectionOther
		s.inline(i, 0, item)
		if item {
			s.items++
		}
	}
	s.findImplied()
}

func (s *splitter) findLines() {
	s.lines = make([]line, 0, strings.Count(s.text, "\n")+1)
	alone := true
	for start := 0; start < len(s.text); {
		end := strings.IndexByte(s.text[start:], '\n')
		if end < 0 {
			end = len(s.text) - start
		}
		raw := s.text[start : start+end]
		if text := strings.TrimSpace(raw); text == "" {
			alone = true
		} else {
			at := start
			if !strings.HasPrefix(raw, text) {
				at += strings.Index(raw, text)
			}
			s.lines = append(s.lines, line{start: at, end: at + len(text), alone: alone})
			alone = false
		}
		start += end + 1
	}
}

// lineText returns the text of a line; blank if there is no such line.
func (s *splitter) lineText(i int) string {
	if i < 0 || i >= len(s.lines) {
		return ""
	}
	return s.text[s.lines[i].start:s.lines[i].end]
}

// begin notes a heading; its offsets count from the start of its line.
func (s *splitter) begin(line int, h heading) {
	if h.known {
		s.kind = h.kind
	}
	s.items, s.resume = 0, SectionOther
	s.marks = append(s.marks, mark{
		start: line + h.start, head: line + h.end, body: line + h.body, kind: s.kind, known: h.known,
	})
}

// mark notes a section without a heading.
func (s *splitter) mark(at int, kind SectionKind) {
	s.kind = kind
	s.marks = append(s.marks, mark{start: at, head: at, body: at, kind: kind})
}
