package advert

import "iter"

// A phraseSet holds phrases as a tree of words. Most words of a text begin no phrase, which two of
// their letters tell.
type phraseSet struct {
	root   phraseNode
	starts [32]uint32 // a bit for each pair of letters that a phrase begins with
}

// A phraseNode is where the words of a phrase lead to from the root of a set.
type phraseNode struct {
	next map[string]*phraseNode
	ends bool        // a phrase ends here
	kind SectionKind // of the section that it heads
	open bool        // it was written with a star
}

// add adds a phrase. Where two languages disagree, the kind that decides a match counts.
func (s *phraseSet) add(phrase string, kind SectionKind, open bool) {
	node := &s.root
	for word, rest := nextWord(phrase, nil); len(word) > 0; word, rest = nextWord(rest, nil) {
		if node == &s.root {
			a, b := letters(word)
			s.starts[a] |= 1 << b
		}
		if node.next == nil {
			node.next = map[string]*phraseNode{}
		}
		if node.next[string(word)] == nil {
			node.next[string(word)] = &phraseNode{}
		}
		node = node.next[string(word)]
	}
	if !node.ends || weight(kind) > weight(node.kind) {
		node.kind = kind
	}
	node.ends, node.open = true, node.open || open
}

// mayBegin reports whether a word can be the first of a phrase.
func (s *phraseSet) mayBegin(word []byte) bool {
	a, b := letters(word)
	return s.starts[a]&(1<<b) != 0
}

// letters returns five bits of each of a word's first two bytes.
func letters(word []byte) (a, b byte) { return word[0] & 31, word[min(1, len(word)-1)] & 31 }

// maxPaths is how many phrases are followed at the same time, each from another word on.
const maxPaths = 8

// in returns the phrases in a text, each with the words at which it starts and ends.
func (s *phraseSet) in(text string) iter.Seq2[span, *phraseNode] {
	return func(yield func(span, *phraseNode) bool) {
		var starts [maxPaths]int
		var paths [maxPaths]*phraseNode
		open := 0
		var room [longWord]byte
		word, rest := nextWord(text, room[:])
		for n := 0; len(word) > 0; n++ {
			if open < maxPaths && s.mayBegin(word) {
				starts[open], paths[open] = n, &s.root
				open++
			}
			kept := 0
			for i := range open {
				node := paths[i].next[string(word)]
				if node == nil {
					continue
				}
				if node.ends && !yield(span{starts[i], n + 1}, node) {
					return
				}
				starts[kept], paths[kept] = starts[i], node
				kept++
			}
			open = kept
			word, rest = nextWord(rest, room[:])
		}
	}
}
