package advert

import (
	"cmp"

	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

// A visibility knows, tag by tag, whether a reader can see what comes next, at once or after a
// click. Text that only a machine can see is how a page lies to it. It counts open elements instead
// of building a tree, so that its cost does not depend on depth.
//
// A scope is opened by each element that changes what can be seen, and holds the elements within
// that change nothing.
type visibility struct {
	scopes []scope           // the page itself first
	inner  map[atom.Atom]int // open elements in all scopes but the first, and those that opened them
	page   *targets          // of the page's controls

	// control is the number of texts that can still come before the part that the last control
	// opens.
	control int
}

type scope struct {
	by     atom.Atom         // the element that opened it; unknownElement if its name is not one of HTML's
	inside map[atom.Atom]int // open elements in it
	look
}

// A look is how text is set.
type look struct {
	state       state
	ink, ground string // colours of the text and behind it, blank where the page does not say
}

// hidden reports whether text is not seen.
func (l look) hidden() bool {
	return l.state&^accordion != 0 || l.ink != "" && l.ink == l.ground
}

// A state says why text is not seen. The properties that an element inherits can be taken back by
// an element within; gone cannot.
type state uint8

const (
	gone        state = 1 << iota // not displayed, or out of sight
	tiny                          // set in no size
	transparent                   // set in no colour
	invisible                     // visibility: hidden
	indented                      // moved out of the window
	accordion                     // no reason: what is hidden in here opens at a click
)

const unknownElement = ^atom.Atom(0)

func newVisibility(page string) visibility {
	return visibility{
		scopes: []scope{{inside: map[atom.Atom]int{}}},
		inner:  map[atom.Atom]int{},
		page:   &targets{page: page},
	}
}

func (v *visibility) top() *scope { return &v.scopes[len(v.scopes)-1] }

// hidden reports whether text that comes now is not seen.
func (v *visibility) hidden() bool { return v.top().hidden() }

// enter notes a start tag and reports whether the element has a place on the page.
func (v *visibility) enter(tag atom.Atom, a *attributes, selfClosing bool) bool {
	for len(v.scopes) > 1 && v.top().endsBefore(tag) {
		v.pop()
	}
	top := v.top()
	now := top.look
	if now.state&gone == 0 {
		now = v.lookOf(tag, a, now)
		if a.isControl() {
			v.control = 2 // its own text, and none after it
		}
	}
	// "<div/>" opens a div like "<div>": browsers heed the slash in drawings and formulas only.
	empty := elements.Void(tag) || selfClosing && (tag == atom.Svg || tag == atom.Math)
	switch {
	case empty:
	case now != top.look:
		by := tag
		if by == 0 {
			by = unknownElement
		}
		v.scopes = append(v.scopes, scope{by: by, look: now})
		v.inner[tag]++
	default:
		top.open(tag)
		if len(v.scopes) > 1 {
			v.inner[tag]++
		}
	}
	return now.state&gone == 0
}

func (s *scope) open(tag atom.Atom) {
	if s.inside == nil {
		s.inside = map[atom.Atom]int{}
	}
	s.inside[tag]++
}

// leave notes an end tag and reports whether it is one of an element that has a place on the page.
func (v *visibility) leave(tag atom.Atom) bool {
	if tag == atom.Button {
		v.control = 1
	}
	for {
		top := v.top()
		shown := top.state&gone == 0
		switch {
		case top.inside[tag] > 0:
			top.inside[tag]--
			if len(v.scopes) > 1 {
				v.inner[tag]--
			}
			return shown
		case len(v.scopes) == 1:
			return true
		case top.by == tag, tag == 0 && top.by == unknownElement:
			v.pop()
			return shown
		case v.isOpen(tag) && top.endsWith(tag): // and so does the scope
			v.pop()
		default:
			return shown
		}
	}
}

func (v *visibility) isOpen(tag atom.Atom) bool {
	return v.scopes[0].inside[tag] > 0 || v.inner[tag] > 0
}

func (v *visibility) pop() {
	top := v.top()
	for tag, n := range top.inside {
		v.inner[tag] -= n
	}
	if top.by == unknownElement {
		top.by = 0
	}
	v.inner[top.by]--
	v.scopes = v.scopes[:len(v.scopes)-1]
}

// endsBefore reports whether a start tag ends the element by itself: the next item ends an item,
// and a block a paragraph.
func (s *scope) endsBefore(tag atom.Atom) bool {
	switch s.by {
	case atom.Li:
		return tag == atom.Li && s.inside[atom.Ul]+s.inside[atom.Ol] == 0
	case atom.P:
		return elements.EndsParagraph(tag)
	case atom.Td, atom.Th, atom.Tr:
		next := tag == atom.Tr || s.by != atom.Tr && (tag == atom.Td || tag == atom.Th)
		return next && s.inside[atom.Table] == 0
	case atom.Dt, atom.Dd:
		return (tag == atom.Dt || tag == atom.Dd) && s.inside[atom.Dl] == 0
	}
	return false
}

// endsWith reports whether the end of an element around this one ends it too. The end of an inline
// element does not end a block in it.
func (s *scope) endsWith(tag atom.Atom) bool {
	switch s.by {
	case atom.Td, atom.Th, atom.Tr:
		return tag == atom.Tr || tag == atom.Table
	case atom.Template, atom.Object, atom.Select, atom.Svg, atom.Math, atom.Caption, unknownElement:
		return false
	}
	return isBlock(tag) || !isBlock(s.by)
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.Tr, atom.Caption, atom.Body, atom.Html:
		return true
	}
	return elements.EndsParagraph(tag)
}

// lookOf returns how text is set within an element, if it is set like around around it.
func (v *visibility) lookOf(tag atom.Atom, a *attributes, around look) look {
	now := around
	switch tag {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Template, atom.Svg, atom.Math,
		atom.Iframe, atom.Object, atom.Select, atom.Textarea, atom.Canvas, atom.Audio, atom.Video,
		atom.Datalist, atom.Noframes, atom.Noembed:
		now.state |= gone
		return now
	case atom.Dialog:
		if !a.open {
			now.state |= gone
			return now
		}
	}
	if a.none {
		return now
	}
	if opensParts(a.class) {
		now.state |= accordion
	}
	folded := a.hidden
	if a.style != "" {
		s := readStyle(a.style)
		if s.gone {
			now.state |= gone
			return now
		}
		now.state = now.state&^s.clears | s.sets
		now.ink, now.ground = cmp.Or(s.ink, now.ink), cmp.Or(s.ground, now.ground)
		folded = folded || s.folded
	}
	if folded && !v.openable(tag, a, now.state) {
		now.state |= gone
	}
	return now
}
