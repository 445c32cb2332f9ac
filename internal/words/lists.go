package words

import (
	"embed"
	"strings"
	"sync"
)

//go:embed data/*.txt
var files embed.FS

// An entry is what the lists say about a folded word.
type entry struct {
	grammar Set    // the languages whose grammar the word is, one bit each
	own     Set    // the languages among whose other words it is
	empty   Set    // the languages in which every advert says it
	concept int32  // 0: none
	form    string // if not empty, the word means its concept only as it is written here: "Go"
}

// A phrase is a spelling of several words.
type phrase struct {
	rest    []string // stems after the first
	concept int32
}

// A concept is one line of the concept files.
type concept struct {
	key  string // "=" and the first English spelling
	weak bool   // it tells little about which trade
	head bool   // not even in a title: "manager"

	field Field
}

// tables are the lists in memory.
type tables struct {
	words    map[string]entry
	stems    map[string]int32 // stem of a word of work → concept
	empty    map[string]Set   // stem of what every advert says, so that its other forms are known, too
	heads    map[string]int32 // the same for the languages that write compounds as one word
	phrases  map[string][]phrase
	concepts []concept
	fields   []string   // the names of the fields; that of no field is empty
	near     []FieldSet // of each field: itself and those beside it
}

// shared reads the files once, at the first use.
var shared = sync.OnceValue(readTables)

func readTables() *tables {
	t := &tables{
		words: make(map[string]entry), stems: make(map[string]int32), heads: make(map[string]int32),
		empty:   make(map[string]Set),
		phrases: make(map[string][]phrase), concepts: make([]concept, 1),
		fields: make([]string, 1), near: make([]FieldSet, 1),
	}
	t.readLists("data/grammar.txt", func(e *entry, l Language) { e.grammar |= 1 << l })
	t.readLists("data/adverts.txt", func(e *entry, l Language) { e.empty |= 1 << l; e.own |= 1 << l })
	for word, e := range t.words {
		if stem := Stem(word); e.empty != 0 && len(stem) > minStem {
			t.empty[stem] |= e.empty
		}
	}
	entries, _ := files.ReadDir("data") // embedded
	for _, f := range entries {
		if strings.HasPrefix(f.Name(), "concepts") {
			t.readConcepts("data/" + f.Name())
		}
	}
	return t
}

// lines returns the lines of a file that are not comments.
func lines(name string) []string {
	text, _ := files.ReadFile(name) // embedded
	var list []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// readLists reads lines of "code: word word …".
func (t *tables) readLists(name string, note func(*entry, Language)) {
	for _, line := range lines(name) {
		code, list, _ := strings.Cut(line, ":")
		for raw := range strings.FieldsSeq(list) {
			word, _ := Fold(raw)
			e := t.words[word]
			note(&e, languageOf(code))
			t.words[word] = e
		}
	}
}

// readConcepts reads lines of spellings, a column for each language.
func (t *tables) readConcepts(name string) {
	field := NoField
	for _, line := range lines(name) {
		if header, ok := strings.CutPrefix(line, "@ "); ok {
			field = t.readField(header)
			continue
		}
		line, head := strings.CutPrefix(line, "~")
		line, weak := strings.CutPrefix(line, "^")
		columns := strings.Split(line, "|")
		first, _, _ := strings.Cut(columns[0], ",")
		t.concepts = append(
			t.concepts,
			concept{key: "=" + strings.TrimSpace(first), weak: weak || head, head: head, field: field},
		)
		id := int32(len(t.concepts) - 1)
		for l, column := range columns {
			language := Language(l)
			if len(columns) == 1 {
				language = Unknown // names of tools are the same in all
			}
			for spelling := range strings.SplitSeq(column, ",") {
				spelling, exact := strings.CutPrefix(strings.TrimSpace(spelling), "?")
				t.addSpelling(language, id, Tokens(spelling), exact)
			}
		}
	}
}

func (t *tables) addSpelling(l Language, id int32, tokens []Token, exact bool) {
	switch len(tokens) {
	case 0:
		return
	case 1:
	default:
		p := phrase{concept: id}
		for _, token := range tokens[1:] {
			p.rest = append(p.rest, Stem(token.Word))
		}
		first := Stem(tokens[0].Word)
		t.phrases[first] = append(t.phrases[first], p)
		return
	}
	word := tokens[0].Word
	e := t.words[word]
	if l != Unknown {
		e.own |= 1 << l
	}
	if e.concept == 0 {
		e.concept = id
		if exact {
			e.form = tokens[0].Raw
		}
	}
	t.words[word] = e
	if exact {
		return
	}
	stem := Stem(word)
	if t.stems[stem] == 0 {
		t.stems[stem] = id
	}
	if (l == German || l == Dutch) && t.heads[stem] == 0 {
		t.heads[stem] = id
	}
}
