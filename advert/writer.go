package advert

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

const maxListDepth = 8 // deeper lists are indented no further

// A textWriter collects text and remembers the white space that is owed before the next word.
type textWriter struct {
	visibility
	b        []byte
	line     int    // where the last line begins in b
	newlines int    // owed: 1 ends the line, 2 leaves one blank line
	space    bool   // owed between two words
	marker   string // of a list item whose first word has not come yet
	lists    []list // that are open
	pre      int    // depth of pre
	code     int    // depth of pre, code and the like
	bold     int    // depth of b and strong
	mixed    bool   // the last line is not all bold
	item     bool   // the last line is an item of a list
	cells    int    // of the row so far
	label    label
}

type list struct {
	ordered bool
	last    int // number used
}

func (w *textWriter) text() string { return string(bytes.TrimSpace(w.b)) }

// words writes text in which white space is a space.
func (w *textWriter) words(s string) {
	if w.pre > 0 {
		w.lines(s)
		return
	}
	for {
		line, rest, more := strings.Cut(s, lineBreak)
		w.run(line)
		if !more {
			return
		}
		w.open(atom.Br, "")
		s = rest
	}
}

// run writes words of one line.
func (w *textWriter) run(s string) {
	first := true
	for field := range strings.FieldsSeq(s) {
		if first {
			w.space = w.space || unicode.IsSpace(firstRune(s))
			w.begin(field)
			first = false
		} else {
			w.b = append(w.b, ' ')
		}
		w.b = append(w.b, field...)
	}
	if first {
		w.space = w.space || s != ""
	} else {
		w.space = unicode.IsSpace(lastRune(s))
	}
}

// lines writes preformatted text, whose line breaks and indentation count.
func (w *textWriter) lines(s string) {
	for i, line := range strings.Split(strings.ReplaceAll(s, lineBreak, "\n"), "\n") {
		if i > 0 {
			w.newlines, w.space = min(w.newlines+1, 2), false
		}
		text := strings.TrimRightFunc(line, unicode.IsSpace)
		if text != "" {
			w.begin(text)
			w.b = append(w.b, text...)
		}
		w.space = w.space || len(text) < len(line)
	}
}

// begin writes what stands before the next words.
func (w *textWriter) begin(next string) {
	if len(w.b) > 0 {
		w.settleLabel(next)
		switch {
		case w.newlines > 0:
			w.endLine()
		case w.space:
			w.b = append(w.b, ' ')
		}
	}
	w.newlines, w.space = 0, false
	w.mixed = w.mixed || w.bold == 0
	w.item = w.item || w.marker != ""
	w.b = append(w.b, w.marker...)
	w.marker = ""
	w.label.begin(len(w.b))
}

// endLine ends a line. A title in bold becomes a paragraph of its own.
func (w *textWriter) endLine() {
	if w.isTitle(w.b[w.line:]) {
		if w.line > 1 && w.b[w.line-2] != '\n' {
			w.b = slices.Insert(w.b, w.line, '\n')
		}
		w.newlines = 2
	}
	for range w.newlines {
		w.b = append(w.b, '\n')
	}
	w.line, w.mixed, w.item = len(w.b), false, false
}

// isTitle reports whether the last line is a title that names a section among other words. That it
// is set in bold is lost in plain text, and nothing else tells it from a sentence.
func (w *textWriter) isTitle(line []byte) bool {
	if w.mixed || w.item || len(w.lists) > 0 || w.pre > 0 || len(line) > maxHeadingBytes {
		return false
	}
	if bytes.IndexByte(line, ' ') < 0 || oneOf(rune(line[len(line)-1]), ".,;:") {
		return false
	}
	m := matchOf(string(line))
	return m.open && !m.whole && m.atEdge()
}

// open notes a start tag; number is what a list or an item begins to count with.
func (w *textWriter) open(tag atom.Atom, number string) {
	switch tag {
	case atom.Br:
		w.newlines = min(w.newlines+1, 2)
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		w.owe(2)
		l := list{ordered: tag == atom.Ol}
		if n, err := strconv.Atoi(number); err == nil {
			l.last = n - 1
		}
		w.lists = append(w.lists, l)
		w.marker = ""
	case atom.Li:
		w.owe(1)
		w.marker = w.nextMarker(number)
	case atom.Pre:
		w.owe(2)
		w.pre++
		w.code++
	case atom.Code, atom.Kbd, atom.Samp:
		w.code++
	case atom.B, atom.Strong:
		if w.bold++; w.bold == 1 {
			w.label = label{awaited: true}
		}
	case atom.Tr:
		w.owe(1)
		w.cells = 0
	case atom.Td, atom.Th:
		w.space = true
		if w.cells++; w.cells == 1 {
			w.label = label{awaited: true, cell: true}
		} else if w.label.cell {
			w.label.end(len(w.b))
		}
	default:
		w.owe(gap(tag))
	}
}

func (w *textWriter) close(tag atom.Atom) {
	switch tag {
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		if len(w.lists) > 0 {
			w.lists = w.lists[:len(w.lists)-1]
		}
		w.owe(2)
		w.marker = ""
	case atom.Li:
		w.owe(1)
		w.marker = ""
	case atom.Pre:
		w.pre = max(w.pre-1, 0)
		w.code = max(w.code-1, 0)
		w.owe(2)
	case atom.Code, atom.Kbd, atom.Samp:
		w.code = max(w.code-1, 0)
	case atom.B, atom.Strong:
		if w.bold = max(w.bold-1, 0); w.bold == 0 && !w.label.cell {
			w.label.end(len(w.b))
		}
	case atom.Td, atom.Th:
		w.space = true
		if w.label.cell {
			w.label.end(len(w.b))
		}
	default:
		w.owe(gap(tag))
	}
}

// owe asks for line ends before the next word. A paragraph in a list is a line, so that items stand
// close; between a marker and its text there is nothing.
func (w *textWriter) owe(newlines int) {
	switch {
	case w.marker != "":
		return
	case len(w.lists) > 0:
		newlines = min(newlines, 1)
	}
	w.newlines = max(w.newlines, newlines)
}

// nextMarker returns what stands before the next list item's text.
func (w *textWriter) nextMarker(number string) string {
	if len(w.lists) == 0 {
		return "- "
	}
	indent := strings.Repeat("  ", min(len(w.lists)-1, maxListDepth))
	l := &w.lists[len(w.lists)-1]
	if !l.ordered {
		return indent + "- "
	}
	l.last++
	if n, err := strconv.Atoi(number); err == nil {
		l.last = n
	}
	return indent + strconv.Itoa(l.last) + ". "
}

// gap is how many newlines an element's edges owe: 0 inline, 1 a line of its own, 2 a paragraph.
func gap(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Blockquote, atom.Hr,
		atom.Dl, atom.Section, atom.Article:
		return 2
	case atom.Tr, atom.Caption, atom.Legend:
		return 1
	}
	if elements.EndsParagraph(tag) {
		return 1
	}
	return 0
}
