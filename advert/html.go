package advert

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextFromHTML turns a fragment of HTML into plain text: paragraphs and line breaks stay, list items become lines that
// begin with "- " or their number, and scripts, styles, comments and elements that a browser would not show are left out.
// It reads the fragment as a stream, in time and memory linear in its size, however deep or broken the markup is.
func TextFromHTML(fragment string) string {
	w := textWriter{visibility: visibility{shown: map[atom.Atom]int{}}}
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.text()
		case html.TextToken:
			if !w.hidden() {
				w.words(strings.Map(dropInvisible, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if w.enter(t) {
				w.open(t.DataAtom)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); w.leave(tag) {
				w.close(tag)
			}
		}
	}
}

// dropInvisible leaves out characters that no reader sees and that would split a word or hide one: soft hyphens, zero-width
// spaces and the tag block, in which whole sentences can be written unseen.
func dropInvisible(r rune) rune {
	switch {
	case r == '\u00ad', r == '\u200b', r == '\u2060', r == '\ufeff', r >= 0xe0000 && r <= 0xe007f:
		return -1
	}
	return r
}

const maxListDepth = 8 // deeper lists are indented no further

// A textWriter collects text and remembers the white space that is owed before the next word.
type textWriter struct {
	visibility
	b        strings.Builder
	newlines int    // owed: 1 ends the line, 2 leaves one blank line
	space    bool   // owed between two words
	marker   string // of a list item whose first word has not come yet
	lists    []int  // for each open list: -1 unordered, else the last number used
	pre      int    // depth of <pre>
}

func (w *textWriter) text() string { return strings.TrimSpace(w.b.String()) }

func (w *textWriter) words(s string) {
	if w.pre > 0 {
		w.lines(s)
		return
	}
	fields := strings.Fields(s)
	if len(fields) == 0 {
		w.space = w.space || s != ""
		return
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	w.space = w.space || unicode.IsSpace(first)
	w.write(strings.Join(fields, " "))
	w.space = unicode.IsSpace(last)
}

// lines writes preformatted text, whose line breaks and indentation count.
func (w *textWriter) lines(s string) {
	first := true
	for line := range strings.SplitSeq(s, "\n") {
		if !first {
			w.newlines, w.space = min(w.newlines+1, 2), false
		}
		first = false
		text := strings.TrimRightFunc(line, unicode.IsSpace)
		if text != "" {
			w.write(text)
		}
		w.space = w.space || len(text) < len(line)
	}
}

func (w *textWriter) write(s string) {
	if w.b.Len() > 0 {
		for range w.newlines {
			w.b.WriteByte('\n')
		}
		if w.newlines == 0 && w.space {
			w.b.WriteByte(' ')
		}
	}
	w.newlines, w.space = 0, false
	w.b.WriteString(w.marker)
	w.marker = ""
	w.b.WriteString(s)
}

func (w *textWriter) open(tag atom.Atom) {
	switch tag {
	case atom.Br:
		w.newlines = min(w.newlines+1, 2)
	case atom.Ul, atom.Ol:
		w.owe(2)
		start := -1
		if tag == atom.Ol {
			start = 0
		}
		w.lists = append(w.lists, start)
		w.marker = ""
	case atom.Li:
		w.owe(1)
		w.marker = w.item()
	case atom.Pre:
		w.owe(2)
		w.pre++
	case atom.Td, atom.Th:
		w.space = true
	default:
		w.owe(gap(tag))
	}
}

func (w *textWriter) close(tag atom.Atom) {
	switch tag {
	case atom.Ul, atom.Ol:
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
		w.owe(2)
	case atom.Td, atom.Th:
		w.space = true
	default:
		w.owe(gap(tag))
	}
}

// owe asks for line ends before the next word. A paragraph in a list is a line, so that items stand close; between a marker
// and its text there is nothing.
func (w *textWriter) owe(newlines int) {
	switch {
	case w.marker != "":
		return
	case len(w.lists) > 0:
		newlines = min(newlines, 1)
	}
	w.newlines = max(w.newlines, newlines)
}

// item returns what stands before the next list item's text.
func (w *textWriter) item() string {
	if len(w.lists) == 0 {
		return "- "
	}
	indent := strings.Repeat("  ", min(len(w.lists)-1, maxListDepth))
	last := &w.lists[len(w.lists)-1]
	if *last < 0 {
		return indent + "- "
	}
	*last++
	return indent + strconv.Itoa(*last) + ". "
}

// gap is how many newlines an element's edges owe: 0 inline, 1 a line of its own, 2 a paragraph.
func gap(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Blockquote, atom.Hr, atom.Dl,
		atom.Section, atom.Article:
		return 2
	case atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Figure, atom.Form,
		atom.Fieldset, atom.Address, atom.Nav, atom.Caption, atom.Figcaption, atom.Details, atom.Summary:
		return 1
	default:
		return 0
	}
}
