package advert

import (
	"bytes"
	"strings"
	"unicode"
)

// A label is text that can head what comes after it on the line: words in bold, or the first cell
// of a row.
type label struct {
	awaited     bool // its first word has not come yet
	cell        bool
	ended       bool // nothing has come after it
	start, stop int  // in the text
}

func (l *label) begin(at int) {
	if l.awaited {
		l.awaited, l.start = false, at
	} else if l.ended {
		*l = label{}
	}
}

func (l *label) end(at int) {
	l.ended = !l.awaited
	l.stop = at
}

// settleLabel gives a label that names a section a line of its own: "<b>Requirements</b> Two years"
// has no other sign that a section begins there. next is the word that comes after it.
func (w *textWriter) settleLabel(next string) {
	l := w.label
	if !l.ended {
		return
	}
	w.label = label{}
	if w.newlines > 0 || w.item || l.stop-l.start > maxHeadingBytes {
		return
	}
	text := string(w.b[l.start:l.stop])
	if unicode.IsLower(firstRune(text)) {
		return
	}
	name, colon := strings.CutSuffix(text, ":")
	if m := matchOf(name); !m.known || !m.whole || l.cell && !m.headsCell(next) {
		return
	}
	colon = colon || next[0] == ':'
	if !colon && !l.cell && !beginsLine(next) && !oneOf(firstRune(next), "-–—•") {
		return
	}
	if l.start > w.line {
		before := bytes.TrimRight(w.b[w.line:l.start], " ")
		if !colon && !oneOf(lastRune(string(before)), ".!?:;)…") {
			return
		}
		w.b = append(append(w.b[:w.line+len(before)], '\n'), text...)
		w.line, w.mixed = len(w.b)-len(text), false
	}
	if !colon {
		w.newlines = 1
	}
}

// headsCell reports whether a cell that names a section heads the next one, and is not the name of
// a fact: "Salary 10 €".
func (m match) headsCell(next string) bool {
	return m.kind != SectionOther && (m.kind != SectionBenefits || unicode.IsLetter(firstRune(next)))
}
