package advert

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

// A visibility knows, tag by tag, whether a browser would show what comes next. Text that only a machine can see is how a
// page lies to it. It counts open elements instead of building a tree, so that its cost does not depend on depth.
type visibility struct {
	hiddenBy atom.Atom         // the element that hides what comes; 0: nothing does
	shown    map[atom.Atom]int // open elements outside of it
	inside   map[atom.Atom]int // open elements within it
}

func (v *visibility) hidden() bool { return v.hiddenBy != 0 }

// enter notes a start tag and reports whether the element is shown.
func (v *visibility) enter(t html.Token) bool {
	tag := t.DataAtom
	if v.hidden() && v.ends(tag) {
		v.hiddenBy = 0
	}
	// "<div/>" opens a div like "<div>": browsers heed the slash in drawings and formulas only.
	empty := elements.Void(tag) || t.Type == html.SelfClosingTagToken && (tag == atom.Svg || tag == atom.Math)
	switch {
	case v.hidden():
		if !empty {
			v.inside[tag]++
		}
		return false
	case empty:
		return !unseen(t)
	case unseen(t):
		v.hiddenBy, v.inside = tag, map[atom.Atom]int{}
		if tag == 0 {
			v.hiddenBy = unknownElement
		}
		return false
	}
	v.shown[tag]++
	return true
}

// unknownElement stands for a hidden element whose name is not one of HTML's.
const unknownElement = ^atom.Atom(0)

// leave notes an end tag and reports whether it is one of a shown element.
func (v *visibility) leave(tag atom.Atom) bool {
	switch {
	case !v.hidden():
		v.shown[tag] = max(v.shown[tag]-1, 0)
		return true
	case v.inside[tag] > 0:
		v.inside[tag]--
		return false
	case tag == v.hiddenBy, tag == 0 && v.hiddenBy == unknownElement:
		v.hiddenBy = 0
		return false
	case v.shown[tag] > 0 && v.endsWith(tag):
		v.hiddenBy = 0
		v.shown[tag]--
		return true
	default:
		return false
	}
}

// ends reports whether a start tag ends the hidden element by itself: the next item ends an item, and a block a paragraph.
func (v *visibility) ends(tag atom.Atom) bool {
	switch v.hiddenBy {
	case atom.Li:
		return tag == atom.Li && v.inside[atom.Ul]+v.inside[atom.Ol] == 0
	case atom.P:
		return elements.EndsParagraph(tag)
	case atom.Td, atom.Th, atom.Tr:
		return (tag == atom.Tr || v.hiddenBy != atom.Tr && (tag == atom.Td || tag == atom.Th)) && v.inside[atom.Table] == 0
	case atom.Dt, atom.Dd:
		return (tag == atom.Dt || tag == atom.Dd) && v.inside[atom.Dl] == 0
	}
	return false
}

// endsWith reports whether the end of an element around the hidden one ends that too. The end of an inline element does not
// end a block in it.
func (v *visibility) endsWith(tag atom.Atom) bool {
	switch v.hiddenBy {
	case atom.Td, atom.Th, atom.Tr:
		return tag == atom.Tr || tag == atom.Table
	case atom.Template, atom.Object, atom.Select, atom.Svg, atom.Math, atom.Caption, unknownElement:
		return false
	}
	return block(tag) || !block(v.hiddenBy)
}

func block(tag atom.Atom) bool {
	switch tag {
	case atom.Tr, atom.Caption, atom.Body, atom.Html:
		return true
	}
	return elements.EndsParagraph(tag)
}

// unseen reports whether a browser shows nothing of the element.
func unseen(t html.Token) bool {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object,
		atom.Select, atom.Textarea, atom.Canvas, atom.Audio, atom.Video, atom.Math, atom.Datalist, atom.Noframes, atom.Noembed:
		return true
	}
	closed := t.DataAtom == atom.Dialog
	for _, a := range t.Attr {
		switch {
		case a.Key == "hidden":
			return true
		case a.Key == "style" && unseenStyle(a.Val):
			return true
		case a.Key == "open":
			closed = false
		}
	}
	return closed
}

// unseenStyle knows the inline styles by which pages hide text. Style sheets are not read: a scraper gets none.
func unseenStyle(style string) bool {
	clipped, flat := false, false
	for declaration := range strings.SplitSeq(strings.ToLower(withoutComments(style)), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(property) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility", "content-visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		case "font-size", "opacity":
			if isZero(value) {
				return true
			}
		case "color":
			if value == "transparent" {
				return true
			}
		case "left", "top", "right", "bottom", "text-indent":
			if farAway(value) {
				return true
			}
		case "overflow":
			clipped = clipped || value == "hidden" || value == "clip"
		case "height", "max-height", "width", "max-width":
			flat = flat || isZero(value)
		}
	}
	return clipped && flat
}

func withoutComments(style string) string {
	before, after, found := strings.Cut(style, "/*")
	if !found {
		return style
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		_, after, _ = strings.Cut(after, "*/")
		before, after, found = strings.Cut(after, "/*")
	}
	b.WriteString(before)
	return b.String()
}

// number reads the number that a length begins with.
func number(value string) (float64, bool) {
	end := strings.IndexFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' })
	if end < 0 {
		end = len(value)
	}
	n, err := strconv.ParseFloat(value[:end], 64)
	return n, err == nil
}

func isZero(value string) bool {
	n, ok := number(value)
	return ok && n == 0
}

// farAway reports whether a length moves text out of the window.
func farAway(value string) bool {
	n, ok := number(value)
	return ok && n <= -500
}
