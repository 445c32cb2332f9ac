package advert

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextFromHTML turns a fragment of HTML into plain text: paragraphs and line breaks stay, list
// items become lines that begin with "- " or their number, a line in bold is set apart like a
// heading, and scripts, styles, comments and what a reader cannot see are left out. What opens at a
// click can be seen. Markup and line ends that the site escaped once too often are read as what
// they were.
//
// It reads the fragment as a stream, in time and memory linear in its size, however deep or broken
// the markup is.
func TextFromHTML(fragment string) string {
	if plain := unescape(fragment); plain != fragment {
		fragment = keepLines(plain)
	}
	return textOf(fragment)
}

func textOf(fragment string) string {
	fragment = breakLines(withoutCDATA(fragment))
	w := textWriter{visibility: newVisibility(fragment)}
	w.read(fragment, 0)
	return w.text()
}

// read writes the text of a fragment. depth is how often the fragment was escaped.
func (w *textWriter) read(fragment string, depth int) {
	z := html.NewTokenizer(strings.NewReader(fragment))
	var a attributes
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			if w.hidden() {
				continue
			}
			whole := depth > 0 || len(z.Raw()) == len(fragment)
			w.node(string(z.Text()), whole, depth)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, has := z.TagName()
			tag := atom.Lookup(name)
			a.read(z, tag, has)
			if w.enter(tag, &a, kind == html.SelfClosingTagToken) {
				w.open(tag, a.number)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case tag == atom.Br: // "</br>" breaks a line like "<br>"
				if !w.hidden() {
					w.open(tag, "")
				}
			case w.leave(tag):
				w.close(tag)
			}
		}
	}
}

// node writes the text of one node, which may be escaped markup. whole: the page has no other
// markup.
func (w *textWriter) node(text string, whole bool, depth int) {
	if w.code == 0 && strings.IndexByte(text, '&') >= 0 {
		text = overEscaped(text)
	}
	if depth < maxEncodings && w.code == 0 && wasMarkup(text, whole) {
		scopes := len(w.scopes)
		w.read(keepLines(text), depth+1)
		for len(w.scopes) > scopes { // what it left open ends with it
			w.pop()
		}
		return
	}
	if w.control > 0 && strings.TrimSpace(text) != "" {
		w.control--
	}
	w.words(withoutInvisible(text))
}
