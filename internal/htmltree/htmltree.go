// Package htmltree reads a page of a board into a tree for goquery, in time and memory linear in
// the page's size, whatever the page holds.
//
// html.Parse of golang.org/x/net builds the tree that a browser would, and that tree is not bounded
// by its source: a page of 100 kB that opens 200 formatting elements once, and 8,000 blocks after
// them, becomes a tree of 260 MB, because the standard has every block repeat the formatting. It
// also gives up on pages nested deeper than 512. A page comes from a stranger, so this package uses
// the same tokenizer and node type and leaves the repair of misnested formatting out: each tag
// makes at most one node, and nesting below a limit is flat. For the markup that boards serve both
// give the same text and the same elements, which a test checks page by page.
package htmltree

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

const (
	// MaxDepth is how deep a tree goes. Elements below it become siblings; boards stay under 50.
	MaxDepth = 256
	// MaxAttributes is how many attributes an element keeps; boards stay under 30.
	MaxAttributes = 64
)

// A Tree is a page. Its root is a document node whose children are what the page began with; html,
// head and body are there only if the page has them.
type Tree struct {
	Root    *html.Node
	Partial bool // the page ended within a tag
	open    []element
}

// Cut reports whether the page ended before n did: the rest of n never arrived.
func (t *Tree) Cut(n *html.Node) bool {
	for _, o := range t.open {
		if o.Node == n {
			return true
		}
	}
	return false
}

// Parse reads a page, which should be UTF-8. Every input is a page. Empty comments and the document
// type are left out, and white space between elements is one space; inside pre it is kept.
func Parse(page []byte) *Tree {
	b := builder{z: html.NewTokenizer(bytes.NewReader(page)), names: map[string]string{}}
	root := &html.Node{Type: html.DocumentNode}
	b.stack = append(b.stack, element{Node: root})
	for {
		switch b.z.Next() {
		case html.ErrorToken: // the end: a reader over bytes does not fail
			return &Tree{Root: root, Partial: len(b.z.Raw()) > 0, open: b.stack[1:]}
		case html.TextToken:
			b.text(b.z.Text())
		case html.CommentToken:
			if text := b.z.Text(); len(text) > 0 {
				b.add(html.CommentNode, 0, string(text))
			}
		case html.StartTagToken:
			b.start(false)
		case html.SelfClosingTagToken:
			b.start(true)
		case html.EndTagToken:
			name, _ := b.z.TagName()
			b.end(atom.Lookup(name), name)
		}
	}
}

// An element is open; its role decides which tags close it and which cannot reach past it.
type element struct {
	*html.Node
	role role
}

type builder struct {
	z       *html.Tokenizer
	stack   []element // open elements, the document first
	below   int       // elements open below MaxDepth, which are not on the stack
	open    [3]int    // of these on the stack: p, a, li
	foreign int       // depth of the stack at the outermost svg or math; 0: none

	nodes   []html.Node      // allocated ahead; so that a page is few allocations
	attrs   []html.Attribute // likewise
	scratch []html.Attribute
	// of attributes that package atom does not know: a page has few, many times each
	names map[string]string
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1].Node }

func (b *builder) add(kind html.NodeType, a atom.Atom, data string) *html.Node {
	if len(b.nodes) == 0 {
		b.nodes = make([]html.Node, 64)
	}
	n := &b.nodes[0]
	b.nodes = b.nodes[1:]
	n.Type, n.DataAtom, n.Data = kind, a, data
	b.top().AppendChild(n)
	return n
}

func (b *builder) text(text []byte) {
	if len(text) == 0 {
		return
	}
	if len(bytes.TrimLeft(text, " \t\r\n\f")) == 0 && !b.inside(atom.Pre) {
		if last := b.top().LastChild; last == nil || last.Type != html.TextNode {
			b.add(html.TextNode, 0, " ")
		}
		return
	}
	b.add(html.TextNode, 0, string(text))
}

func (b *builder) inside(a atom.Atom) bool {
	for _, n := range b.stack {
		if n.DataAtom == a {
			return true
		}
	}
	return false
}

func (b *builder) start(selfClosing bool) {
	name, hasAttr := b.z.TagName()
	a := atom.Lookup(name)
	data := a.String()
	if a == 0 {
		data = string(name)
	}
	if b.foreign == 0 {
		b.closeImplied(a)
	} else {
		b.z.NextIsNotRawText() // a title within svg is an element like any other
	}
	n := b.add(html.ElementNode, a, data)
	if hasAttr {
		n.Attr = b.attributes()
	}
	if b.foreign == 0 && elements.Void(a) || b.foreign > 0 && selfClosing {
		return
	}
	if len(b.stack) > MaxDepth {
		b.below++
		return
	}
	b.stack = append(b.stack, element{n, roleOf(a)})
	b.count(a, 1)
	if b.foreign == 0 && (a == atom.Svg || a == atom.Math) && !selfClosing {
		b.foreign = len(b.stack)
	}
	if selfClosing && (a == atom.Svg || a == atom.Math) {
		b.pop(len(b.stack) - 1)
	}
}

// attributes reads the tag's attributes; of two with one name the first counts.
func (b *builder) attributes() []html.Attribute {
	b.scratch = b.scratch[:0]
	for more := true; more; {
		var key, val []byte
		key, val, more = b.z.TagAttr()
		if len(b.scratch) == MaxAttributes {
			break
		}
		if len(key) == 0 || b.has(key) {
			continue
		}
		b.scratch = append(b.scratch, html.Attribute{Key: b.name(key), Val: string(val)})
	}
	n := len(b.scratch)
	if n == 0 {
		return nil
	}
	if len(b.attrs) < n {
		b.attrs = make([]html.Attribute, 2*MaxAttributes)
	}
	kept := b.attrs[:n:n]
	b.attrs = b.attrs[n:]
	copy(kept, b.scratch)
	return kept
}

const maxNames = 256

func (b *builder) name(key []byte) string {
	if a := atom.Lookup(key); a != 0 {
		return a.String()
	}
	name, known := b.names[string(key)]
	if !known {
		name = string(key)
		if len(b.names) < maxNames {
			b.names[name] = name
		}
	}
	return name
}

func (b *builder) has(key []byte) bool {
	for i := range b.scratch {
		if b.scratch[i].Key == string(key) {
			return true
		}
	}
	return false
}

// end closes the nearest open element of that name, and all within it, unless what is open in
// between keeps it out of reach.
func (b *builder) end(a atom.Atom, name []byte) {
	if b.below > 0 {
		if !elements.Void(a) {
			b.below--
		}
		return
	}
	out := keptOutBy(a)
	for i := len(b.stack) - 1; i > 0; i-- {
		n := b.stack[i]
		if n.DataAtom == a && (a != 0 || n.Data == string(name)) {
			b.pop(i)
			return
		}
		if n.role&out != 0 {
			return
		}
	}
}

// pop leaves i elements open.
func (b *builder) pop(i int) {
	for _, n := range b.stack[i:] {
		b.count(n.DataAtom, -1)
	}
	b.stack = b.stack[:i]
	if i < b.foreign {
		b.foreign = 0
	}
}

func (b *builder) count(a atom.Atom, by int) {
	switch a {
	case atom.P:
		b.open[0] += by
	case atom.A:
		b.open[1] += by
	case atom.Li:
		b.open[2] += by
	}
}
