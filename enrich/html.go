package enrich

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextFromHTML turns a fragment of HTML into plain text: paragraphs and line breaks stay, list items become lines that
// begin with "- " or their number, and scripts, styles, comments and elements that a browser would not show are left out.
// It reads the fragment as a stream, in time and memory linear in its size, however deep or broken the markup is.
func TextFromHTML(fragment string) string {
	var w textWriter
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.text()
		case html.TextToken:
			if w.hidden == 0 {
				w.words(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z.Token())
		case html.EndTagToken:
			w.close(z.Token().DataAtom)
		}
	}
}

const maxListDepth = 8 // deeper lists are indented no further

// A textWriter collects text and remembers the white space that is owed before the next word.
type textWriter struct {
	b        strings.Builder
	newlines int    // owed: 1 ends the line, 2 leaves one blank line
	space    bool   // owed between two words
	marker   string // of a list item whose first word has not come yet
	lists    []int  // for each open list: -1 unordered, else the last number used
	pre      int    // depth of <pre>

	hidden   int // depth inside the element named by hiddenBy; 0: shown
	hiddenBy atom.Atom
}

func (w *textWriter) text() string { return strings.TrimSpace(w.b.String()) }

func (w *textWriter) words(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.newlines = max(w.newlines, 1)
			}
			if line = strings.TrimRight(line, " \t\r"); line != "" {
				w.write(line)
			}
		}
		return
	}
	if s == "" {
		return
	}
	fields := strings.Fields(s)
	if len(fields) == 0 {
		w.space = true
		return
	}
	if isSpace(s[0]) {
		w.space = true
	}
	w.write(strings.Join(fields, " "))
	w.space = isSpace(s[len(s)-1])
}

func (w *textWriter) write(s string) {
	if w.b.Len() > 0 {
		for range w.newlines {
			w.b.WriteByte('\n')
		}
		if w.newlines == 0 && w.space && w.marker == "" {
			w.b.WriteByte(' ')
		}
	}
	w.newlines, w.space = 0, false
	w.b.WriteString(w.marker)
	w.marker = ""
	w.b.WriteString(s)
}

func (w *textWriter) open(t html.Token) {
	if w.hidden > 0 {
		if t.DataAtom != w.hiddenBy || t.Type == html.SelfClosingTagToken {
			return
		}
		if t.DataAtom != atom.P && t.DataAtom != atom.Li {
			w.hidden++
			return
		}
		w.hidden = 0 // a new paragraph or item ends the last one
	}
	if unseen(t) {
		if t.Type != html.SelfClosingTagToken && !void(t.DataAtom) {
			w.hidden, w.hiddenBy = 1, t.DataAtom
		}
		return
	}
	switch t.DataAtom {
	case atom.Br:
		w.newlines = min(w.newlines+1, 2)
	case atom.Ul, atom.Ol:
		w.newlines = max(w.newlines, 1)
		if len(w.lists) == 0 {
			w.newlines = 2
		}
		start := -1
		if t.DataAtom == atom.Ol {
			start = 0
		}
		w.lists = append(w.lists, start)
	case atom.Li:
		w.newlines = max(w.newlines, 1)
		w.marker = w.item()
	case atom.Pre:
		w.newlines = 2
		w.pre++
	case atom.Td, atom.Th:
		w.space = true
	default:
		w.newlines = max(w.newlines, gap(t.DataAtom))
	}
}

func (w *textWriter) close(tag atom.Atom) {
	if w.hidden > 0 {
		if tag == w.hiddenBy {
			w.hidden--
		}
		return
	}
	switch tag {
	case atom.Ul, atom.Ol:
		if len(w.lists) > 0 {
			w.lists = w.lists[:len(w.lists)-1]
		}
		w.newlines = max(w.newlines, 1)
		if len(w.lists) == 0 {
			w.newlines = 2
		}
		w.marker = ""
	case atom.Li:
		w.newlines = max(w.newlines, 1)
		w.marker = ""
	case atom.Pre:
		w.pre = max(w.pre-1, 0)
		w.newlines = 2
	case atom.Td, atom.Th:
		w.space = true
	default:
		w.newlines = max(w.newlines, gap(tag))
	}
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
		atom.Fieldset, atom.Address, atom.Nav, atom.Caption, atom.Figcaption:
		return 1
	default:
		return 0
	}
}

// unseen reports whether a browser shows nothing of the element. Text that only a machine can see is how a page lies to it.
func unseen(t html.Token) bool {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object,
		atom.Select, atom.Textarea, atom.Canvas, atom.Audio, atom.Video, atom.Math:
		return true
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			for _, off := range []string{"display:none", "visibility:hidden", "font-size:0;", "font-size:0px", "opacity:0;"} {
				if strings.Contains(style+";", off) {
					return true
				}
			}
		}
	}
	return false
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
