package htmltree

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Attr returns the value of an attribute; empty if n has none of that name.
func Attr(n *html.Node, name string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return n.Attr[i].Val
		}
	}
	return ""
}

// HasClass reports whether an element has a class.
func HasClass(n *html.Node, class string) bool { return Holds(Attr(n, "class"), class) }

// Holds reports whether a class attribute names a class.
func Holds(classes, class string) bool {
	for rest := classes; ; {
		i := strings.Index(rest, class)
		if i < 0 {
			return false
		}
		end := i + len(class)
		if (i == 0 || space(rest[i-1])) && (end == len(rest) || space(rest[end])) {
			return true
		}
		rest = rest[end:]
	}
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// Text returns the text of an element as it is in the source; nil has none.
func Text(n *html.Node) string {
	switch {
	case n == nil || n.FirstChild == nil:
		return ""
	case n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode:
		return n.FirstChild.Data
	}
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// Within reports whether n is outer, or inside of it.
func Within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

// Blank reports whether there is no element in a node, and no word.
func Blank(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode || c.Type == html.TextNode && strings.ContainsFunc(c.Data, isInk) {
			return false
		}
	}
	return true
}

func isInk(r rune) bool { return !unicode.IsSpace(r) }

// ErrTooLong means that an element holds more markup than the caller takes.
var ErrTooLong = errors.New("htmltree: the element is too long")

// Inner returns the markup inside an element, or [ErrTooLong] if it is longer than most bytes.
func Inner(n *html.Node, most int) (string, error) {
	b := markupBuffer{room: most}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			return "", err
		}
	}
	return b.markup.String(), nil
}

// A markupBuffer takes markup up to a limit. It has the methods that html.Render looks for, so that
// Render makes no buffer of its own for each call.
type markupBuffer struct {
	markup strings.Builder
	room   int
}

func (b *markupBuffer) Write(p []byte) (int, error) { return b.WriteString(string(p)) }

func (b *markupBuffer) WriteByte(c byte) error {
	if b.markup.Len() == b.room {
		return ErrTooLong
	}
	return b.markup.WriteByte(c)
}

func (b *markupBuffer) WriteString(s string) (int, error) {
	if b.markup.Len()+len(s) > b.room {
		return 0, ErrTooLong
	}
	return b.markup.WriteString(s)
}
