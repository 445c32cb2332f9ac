package advert

import (
	"embed"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// phraseFiles hold the phrases that head sections, and those of the sentences that end
// requirements, language by language; en.txt says how they are written.
//
//go:embed phrases/*.txt
var phraseFiles embed.FS

// A phraseTree holds phrases word by word: a path from its root to a node that ends one is a
// phrase.
type phraseTree struct {
	next map[string]*phraseTree
	kind SectionKind
	ends bool // a phrase ends here
	open bool // other words of a title may stand around the phrase
}

// spaceless are the scripts that set no spaces between words.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai}

type vocabulary struct {
	headings, sentences phraseTree
	elsewhere, more     phraseTree // of teasers
	pointers            []string   // phrases of elsewhere in scripts without spaces between words

	// filler holds the words that can stand around a phrase in a heading. Any other makes it a sentence.
	filler map[string]bool
}

// words returns the vocabulary, which is read when it is first needed.
var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{filler: map[string]bool{}}
	files, err := phraseFiles.ReadDir("phrases")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, f := range files {
		text, err := phraseFiles.ReadFile("phrases/" + f.Name())
		if err != nil {
			panic(err)
		}
		v.read(f.Name(), string(text))
	}
	return v
})

func (v *vocabulary) read(file, text string) {
	section := ""
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			phrase, open := strings.CutSuffix(line, "*")
			v.add(file, section, foldWords(phrase, len(phrase)), open)
		}
	}
}

func (v *vocabulary) add(file, section string, phrase []string, open bool) {
	switch section {
	case "requirements":
		v.headings.add(phrase, SectionRequirements, open)
	case "preferred":
		v.headings.add(phrase, SectionPreferred, open)
	case "responsibilities":
		v.headings.add(phrase, SectionResponsibilities, open)
	case "benefits":
		v.headings.add(phrase, SectionBenefits, open)
	case "company":
		v.headings.add(phrase, SectionCompany, open)
	case "legal":
		v.headings.add(phrase, SectionLegal, open)
	case "other":
		v.headings.add(phrase, SectionOther, open)
	case "filler":
		v.filler[phrase[0]] = true
	case "pay":
		v.sentences.add(phrase, SectionBenefits, open)
	case "rights":
		v.sentences.add(phrase, SectionLegal, open)
	case "elsewhere":
		v.elsewhere.add(phrase, SectionOther, open)
		if len(phrase) == 1 && unicode.In(firstRune(phrase[0]), spaceless...) {
			v.pointers = append(v.pointers, phrase[0])
		}
	case "more":
		v.more.add(phrase, SectionOther, open)
	default:
		panic("advert: " + file + ": unknown section " + section)
	}
}

// add adds a phrase. Where two languages disagree, the kind that decides a match counts.
func (t *phraseTree) add(phrase []string, kind SectionKind, open bool) {
	for _, word := range phrase {
		if t.next == nil {
			t.next = map[string]*phraseTree{}
		}
		if t.next[word] == nil {
			t.next[word] = &phraseTree{}
		}
		t = t.next[word]
	}
	if !t.ends || weight(kind) > weight(t.kind) {
		t.kind = kind
	}
	t.ends, t.open = true, t.open || open
}

// holdsPointer reports whether a word of a script without spaces holds a phrase that points
// elsewhere.
func (v *vocabulary) holdsPointer(word string) bool {
	return word[0] >= utf8.RuneSelf &&
		slices.ContainsFunc(v.pointers, func(p string) bool { return strings.Contains(word, p) })
}

// longest returns the end of the longest phrase that begins at words[i], and its node; 0 if none
// does.
func (t *phraseTree) longest(words []string, i int) (end int, found *phraseTree) {
	for j := i; j < len(words); j++ {
		if t = t.next[words[j]]; t == nil {
			break
		}
		if t.ends {
			end, found = j+1, t
		}
	}
	return end, found
}

// maxPaths is how many phrases are followed at the same time, each from another word on.
const maxPaths = 8

// in returns the phrases in a text, each with the words at which it starts and ends.
func (t *phraseTree) in(text string) iter.Seq2[span, *phraseTree] {
	return func(yield func(span, *phraseTree) bool) {
		var starts [maxPaths]int
		var paths [maxPaths]*phraseTree
		open := 0
		var room [longWord]byte
		word, rest := nextWord(text, room[:])
		for n := 0; len(word) > 0; n++ {
			if open < maxPaths {
				starts[open], paths[open] = n, t
				open++
			}
			kept := 0
			for i := range open {
				next := paths[i].next[string(word)]
				if next == nil {
					continue
				}
				if next.ends && !yield(span{starts[i], n + 1}, next) {
					return
				}
				starts[kept], paths[kept] = starts[i], next
				kept++
			}
			open = kept
			word, rest = nextWord(rest, room[:])
		}
	}
}

// A match is what a heading's words say.
type match struct {
	kind       SectionKind
	known      bool // a phrase was found
	whole      bool // the words say nothing else, so that they are no sentence
	open       bool // other words of a title may stand around the phrase
	start, end int  // of the phrase, in words
	words      int
}

// matchOf finds the longest phrase in a heading; of two that are equally long, the more telling
// kind counts.
func matchOf(heading []string) match {
	v := words()
	m := match{whole: len(heading) > 0, words: len(heading)}
	covered := 0 // words before this index belong to a phrase
	var open [SectionLegal + 1]bool
	for i, word := range heading {
		if end, found := v.headings.longest(heading, i); end > 0 {
			covered = max(covered, end)
			open[found.kind] = open[found.kind] || found.open
			if n := end - i; n > m.end-m.start || n == m.end-m.start && weight(found.kind) > weight(m.kind) {
				m.kind, m.known, m.start, m.end = found.kind, true, i, end
			}
		}
		if i >= covered && !v.filler[word] {
			m.whole = false
		}
	}
	m.open = m.known && open[m.kind]
	return m
}

// weight orders kinds for a heading that names two: "Responsibilities and requirements" states
// requirements.
func weight(k SectionKind) int {
	switch k {
	case SectionPreferred:
		return 3
	case SectionRequirements:
		return 2
	case SectionOther:
		return 0
	default:
		return 1
	}
}
