package lexical

import (
	"slices"

	"github.com/agent-forge/forge/internal/words"
)

// A hit is a concept that stands in a text.
type hit struct {
	concept    int32
	spelling   *spelling
	start, end int // tokens
	settled    bool
}

// find returns the concepts of a text in order: at each word the longest spelling that stands
// there. Nothing in one line changes what is found in another, so text that is added as a line of
// its own only ever adds to what is found.
func (v *vocabulary) find(tokens []token) []hit {
	hits := make([]hit, 0, len(tokens)/8)
	for i := 0; i < len(tokens); {
		node, best := int32(0), -1
		var found *spelling
		for j := i; j < len(tokens); j++ {
			t := tokens[j]
			if t.id == unknown || j > i && t.Sep == words.Hard {
				break
			}
			to, ok := v.next[edge{node, t.id}]
			if !ok {
				break
			}
			node = to
			if s, ok := v.ends[node]; ok {
				best, found = j, s
			}
		}
		if best < 0 {
			i++
			continue
		}
		hits = append(hits,
			hit{concept: found.concept, spelling: found, start: i, end: best + 1, settled: !found.ambiguous})
		i = best + 1
	}
	v.settle(tokens, hits)
	return slices.DeleteFunc(hits, func(h hit) bool { return !h.settled || v.isName(tokens, h) })
}

// reach is how many words on either side an ambiguous word looks for company.
const reach = 10

// settle decides which ambiguous spellings mean the concept.
func (v *vocabulary) settle(tokens []token, hits []hit) {
	for n := range hits {
		h := &hits[n]
		if !h.settled {
			h.settled = v.means(tokens, hits, n)
		}
	}
}

// means reports whether the ambiguous hit n means its concept: by its capitals, by the words beside
// it, and by concepts of the same field in its line.
func (v *vocabulary) means(tokens []token, hits []hit, n int) bool {
	h := hits[n]
	first, afterLast := tokens[h.start], words.Hard
	var next string
	if h.end < len(tokens) {
		afterLast = tokens[h.end].Sep
		if tokens[h.end].Line == first.Line && afterLast != words.Hard {
			next = tokens[h.end].Word
		}
	}
	if first.Sep == words.Joined || afterLast == words.Joined { // "R&D", "C-level", "go-to"
		return false
	}
	company := v.company(tokens, hits, n)
	alone := (first.Sep == words.Hard || first.Sep == words.Slash) &&
		(afterLast == words.Hard || afterLast == words.Slash)
	form := true
	for i, w := range h.spelling.form {
		form = form && tokens[h.start+i].Raw == w
	}
	if !form {
		return alone && company
	}
	if alone {
		return company || len(first.Raw) > 1 || !lettered(tokens, h)
	}
	switch next {
	case "to", "the", "of", "above", "beyond", "live", "getter", "assured", "your", "our", "forward",
		"ahead", "day", "break", "season":
		return false
	case "in", "at", "on", "for", "as", "up", "out", "through", "with", "from", "under":
		return company
	}
	if company || after(next) {
		return true
	}
	return !h.spelling.strict && first.Sep != words.Hard && h.start > 0 && before(tokens[h.start-1].Word)
}

// company reports whether the line holds a certain concept of the same field, or one beside it,
// within reach. Languages keep one another company: "French and English".
func (v *vocabulary) company(tokens []token, hits []hit, n int) bool {
	h := hits[n]
	same := func(o hit) bool {
		d, mine := v.concepts[o.concept].domain, v.concepts[h.concept].domain
		return (!o.spelling.ambiguous || mine == v.general) && tokens[o.start].Line == tokens[h.start].Line &&
			o.concept != h.concept &&
			(d == mine || slices.Contains(v.domains[mine].near, d))
	}
	for m := n - 1; m >= 0 && h.start-hits[m].end <= reach; m-- {
		if same(hits[m]) {
			return true
		}
	}
	for m := n + 1; m < len(hits) && hits[m].start-h.end <= reach; m++ {
		if same(hits[m]) {
			return true
		}
	}
	return false
}

// lettered reports whether another single letter stands beside h: "vitamins A, B, C".
func lettered(tokens []token, h hit) bool {
	one := func(i int) bool {
		return i >= 0 && i < len(tokens) && tokens[i].Line == tokens[h.start].Line && len(tokens[i].Raw) == 1
	}
	return one(h.start-1) || one(h.end)
}

// before are words that introduce a skill.
func before(word string) bool {
	switch word {
	case "in", "with", "using", "of", "know", "knowledge", "language", "programming", "ms", "microsoft",
		"advanced", "including", "like", "written":
		return true
	}
	return false
}

// after are words that follow a language or a tool.
func after(word string) bool {
	switch word {
	case "developer", "programmer", "engineer", "programming", "language", "code", "codebase", "api",
		"service", "microservice", "backend", "framework", "spreadsheet", "formula", "macro", "pivot",
		"script", "scripting", "skill", "sdk", "library", "stack", "module", "application":
		return true
	}
	return false
}

// isName reports whether h is part of a line that is a person's name: "James Cook".
func (v *vocabulary) isName(tokens []token, h hit) bool {
	if !h.spelling.surname || h.end-h.start != 1 {
		return false
	}
	n, ok := v.nameLine(tokens, h.start)
	return ok && n > 1
}

// nameLine reports whether the line of token i reads like a person's name, and of how many words.
func (v *vocabulary) nameLine(tokens []token, i int) (count int, ok bool) {
	first, last := i, i+1
	for first > 0 && tokens[first-1].Line == tokens[i].Line {
		first--
	}
	for last < len(tokens) && tokens[last].Line == tokens[i].Line {
		last++
	}
	if last-first > 4 {
		return 0, false
	}
	for n, t := range tokens[first:last] {
		if n > 0 && t.Sep == words.Hard || !v.maybeName(t) {
			return 0, false
		}
	}
	return last - first, true
}
