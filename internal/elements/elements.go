// Package elements holds what the HTML standard says of elements by name, for those who read pages
// as a stream or into a tree.
package elements

import "golang.org/x/net/html/atom"

// Void reports whether an element has no content and no end tag
// (https://html.spec.whatwg.org/multipage/syntax.html#void-elements). The obsolete param is one of
// them.
func Void(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// EndsParagraph reports whether a start tag ends a paragraph that is open. These elements begin on
// a line of their own. Rows and cells of a table are not among them.
func EndsParagraph(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details,
		atom.Dialog, atom.Dir, atom.Dd, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption,
		atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P,
		atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Ul:
		return true
	}
	return false
}
