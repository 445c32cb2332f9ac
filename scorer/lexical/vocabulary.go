package lexical

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/lead"
)

// The vocabulary is data: one file for each field of work, whose form vocabulary/README.md
// describes.
//
//go:embed vocabulary/*.txt
var files embed.FS

const unknown = -1

// A kind says what a concept is.
type kind uint8

const (
	skill kind = iota
	role
)

// A concept is one skill or one role with all its spellings.
type concept struct {
	name   string // as people write it
	kind   kind
	domain int32
	// what it tells about who fits: 1 for a skill of a trade, little for what every advert asks
	weight  float64
	words   int     // in name
	parents []int32 // what it implies: PostgreSQL implies SQL
}

// A domain is a field of work. Domains are near when people move between them without starting
// anew.
type domain struct {
	name string
	near []int32
}

// A spelling is one way to write a concept.
type spelling struct {
	concept   int32
	ambiguous bool     // it is a word of everyday language too: its context decides
	strict    bool     // only a skill of its field beside it decides, or a place of its own in a list
	surname   bool     // it is a name of people too
	form      []string // as the vocabulary writes it, word by word, for telling "Go" from "go"
}

// A vocabulary is immutable once it is read.
type vocabulary struct {
	concepts []concept
	domains  []domain
	general  int32            // the domain of what every trade shares
	ids      map[string]int32 // folded word → its number
	next     map[edge]int32   // the tree of spellings, word by word
	ends     map[int32]*spelling
	nodes    int32
	given    map[string]bool // first names that are everyday words too
	level    map[string]int  // words of rank: "senior"
}

// An edge leads from a node of the tree of spellings by one word to the next node.
type edge struct{ node, word int32 }

// readVocabulary reads the embedded files, and what the caller brings after them.
func readVocabulary(o *Options) *vocabulary {
	v := &vocabulary{
		ids: make(map[string]int32), next: make(map[edge]int32), ends: make(map[int32]*spelling),
		given: make(map[string]bool), level: levels(),
	}
	byName := make(map[string]int32)
	near := make(map[int32][]string)
	implied := make(map[int32][]string)
	names, _ := fs.Glob(
		files, "vocabulary/*.txt",
	) // the pattern is constant, and sorted order makes reading deterministic
	for _, name := range names {
		text, _ := files.ReadFile(name) // it was listed a line ago, from memory
		r := reader{v: v, byName: byName, near: near, implied: implied}
		r.read(string(text))
	}
	for _, s := range o.Skills {
		name := lead.CleanLine(s.Name)
		if n := utf8.RuneCountInString(name); n == 0 || n > enrich.MaxSkillRunes ||
			len(strings.Fields(name)) >= enrich.QuoteWords {
			continue
		}
		v.add(byName, concept{name: name, domain: v.general, weight: 1}, append([]string{name}, s.Aliases...))
	}
	if o.ESCO != nil {
		v.addESCO(byName, o.ESCO)
	}
	for d, list := range near {
		for _, name := range list {
			named := func(d domain) bool { return d.name == name }
			if other := slices.IndexFunc(v.domains, named); other >= 0 {
				v.domains[d].near = appendNew(v.domains[d].near, int32(other))
				v.domains[other].near = appendNew(v.domains[other].near, d)
			}
		}
	}
	for c, list := range implied {
		for _, name := range list {
			if parent, ok := byName[strings.ToLower(name)]; ok && parent != c {
				v.concepts[c].parents = appendNew(v.concepts[c].parents, parent)
			}
		}
	}
	return v
}

func appendNew(list []int32, n int32) []int32 {
	if slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}

// A reader reads one file.
type reader struct {
	v       *vocabulary
	byName  map[string]int32
	near    map[int32][]string
	implied map[int32][]string
}

func (r reader) read(text string) {
	current := concept{weight: 1}
	list := false
	var into map[string]bool
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		head, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case head == "domain":
			domainName, near, _ := strings.Cut(rest, " near ")
			current.domain = r.domain(domainName)
			r.near[current.domain] = append(r.near[current.domain], strings.Fields(near)...)
		case line == "skills:":
			list, current.kind, current.weight = false, skill, 1
		case line == "licences and languages:":
			list, current.kind, current.weight = false, skill, 0.6
		case line == "everyday skills:":
			list, current.kind, current.weight = false, skill, 0.2
		case line == "roles:":
			list, current.kind, current.weight = false, role, 1
		case line == "first names:":
			list, into = true, r.v.given
		case list:
			for _, w := range strings.Fields(line) {
				folded, _ := words.Fold(w)
				into[folded] = true
			}
		default:
			spellings, parents, _ := strings.Cut(line, " > ")
			names := strings.Split(spellings, "|")
			current.name = strings.TrimLeft(strings.TrimSpace(names[0]), "?^")
			id := r.v.add(r.byName, current, names)
			for _, p := range strings.Split(parents, ",") {
				if p = strings.TrimSpace(p); p != "" {
					r.implied[id] = append(r.implied[id], p)
				}
			}
		}
	}
}

func (r reader) domain(name string) int32 {
	for i, d := range r.v.domains {
		if d.name == name {
			return int32(i)
		}
	}
	r.v.domains = append(r.v.domains, domain{name: name})
	id := int32(len(r.v.domains) - 1)
	if name == "general" {
		r.v.general = id
	}
	return id
}

// add enters a concept with its spellings. A spelling that another concept has stays with the
// first.
func (v *vocabulary) add(byName map[string]int32, c concept, spellings []string) int32 {
	id, known := byName[strings.ToLower(c.name)]
	if !known {
		c.words = len(strings.Fields(c.name))
		id = int32(len(v.concepts))
		v.concepts = append(v.concepts, c)
		byName[strings.ToLower(c.name)] = id
	}
	for _, text := range spellings {
		text = strings.TrimSpace(text)
		s := &spelling{concept: id}
		for text != "" && (text[0] == '?' || text[0] == '^') {
			s.strict = s.strict || s.ambiguous && text[0] == '?'
			s.ambiguous = s.ambiguous || text[0] == '?'
			s.surname = s.surname || text[0] == '^'
			text = text[1:]
		}
		node := int32(0)
		for _, t := range words.Tokens(text) {
			s.form = append(s.form, t.Raw)
			word, ok := v.ids[t.Word]
			if !ok {
				word = int32(len(v.ids))
				v.ids[t.Word] = word
			}
			to, ok := v.next[edge{node, word}]
			if !ok {
				v.nodes++
				to = v.nodes
				v.next[edge{node, word}] = to
			}
			node = to
		}
		if _, taken := v.ends[node]; node != 0 && !taken {
			v.ends[node] = s
		}
	}
	return id
}

// word returns the number of a folded word.
func (v *vocabulary) word(w string) int32 {
	if id, ok := v.ids[w]; ok {
		return id
	}
	return unknown
}

// maybeName reports whether t may be part of a person's name: it is nothing that the vocabulary or
// everyday language knows.
func (v *vocabulary) maybeName(t token) bool {
	if !t.Upper {
		return false
	}
	if v.given[t.Word] {
		return true
	}
	if t.id != unknown {
		if end, ok := v.next[edge{0, t.id}]; ok {
			if s, ok := v.ends[end]; ok {
				return s.surname
			}
		}
	}
	_, rank := v.level[t.Word]
	return !words.Empty(t.Word) && !rank
}
