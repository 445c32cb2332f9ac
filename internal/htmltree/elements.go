package htmltree

import (
	"slices"

	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

// closeImplied closes what a start tag ends without an end tag: a paragraph at a block, an item at
// the next item (https://html.spec.whatwg.org/multipage/syntax.html#optional-tags), and a link at
// the next link.
func (b *builder) closeImplied(a atom.Atom) {
	if b.open[0] > 0 && elements.EndsParagraph(a) {
		b.closeNearest(atom.Button, atom.P)
	}
	switch a {
	case atom.Li:
		if b.open[2] > 0 {
			b.closeNearest(atom.Ul, atom.Li)
		}
	case atom.A:
		if b.open[1] > 0 {
			b.closeNearest(0, atom.A)
		}
	case atom.Dd, atom.Dt:
		b.closeNearest(atom.Dl, atom.Dd, atom.Dt)
	case atom.Option, atom.Optgroup:
		b.closeNearest(atom.Select, atom.Option)
	case atom.Td, atom.Th:
		b.closeNearest(atom.Tr, atom.Td, atom.Th)
	case atom.Tr:
		b.closeNearest(atom.Table, atom.Tr)
	case atom.Tbody, atom.Thead, atom.Tfoot:
		b.closeNearest(atom.Table, atom.Tbody, atom.Thead, atom.Tfoot)
	case atom.Body:
		b.closeNearest(atom.Html, atom.Head)
	}
}

// closeNearest closes the nearest open element of these, unless one that owns such elements, or a
// table, stands between.
func (b *builder) closeNearest(owner atom.Atom, names ...atom.Atom) {
	if b.below > 0 {
		return
	}
	out := fence | table
	if owner == atom.Ul {
		out |= list
	}
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i]
		if slices.Contains(names, open.DataAtom) {
			b.pop(i)
			return
		}
		if open.role&out != 0 || open.DataAtom == owner {
			return
		}
	}
}

// A role is what an open element means for the tags that follow it.
type role uint8

const (
	blockRole role = 1 << iota // a phrase's end tag does not reach past it
	list                       // nor an item's
	button                     // nor a paragraph's
	table                      // nor any
	fence                      // nor any
)

func roleOf(a atom.Atom) role {
	var r role
	if block(a) {
		r = blockRole
	}
	switch a {
	case atom.Ul, atom.Ol, atom.Menu:
		r |= list
	case atom.Button:
		r |= button
	case atom.Table:
		r |= table
	case atom.Html, atom.Template:
		r |= fence
	}
	return r
}

// keptOutBy returns the roles of open elements past which an end tag does not reach: a link's does
// not end a block around which it was opened, and nothing within a table ends what is around it.
func keptOutBy(end atom.Atom) role {
	out := fence | table
	if !block(end) {
		out |= blockRole
	}
	switch end {
	case atom.Li:
		out |= list
	case atom.P:
		out |= button
	}
	return out
}

func block(a atom.Atom) bool {
	switch a {
	case atom.Body, atom.Head, atom.Button, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Thead,
		atom.Tfoot, atom.Caption, atom.Select, atom.Iframe, atom.Object, atom.Noscript, atom.Html,
		atom.Template, atom.Textarea, atom.Title:
		return true
	}
	return elements.EndsParagraph(a)
}
