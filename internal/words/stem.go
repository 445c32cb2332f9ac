package words

import (
	"strings"
	"unicode/utf8"
)

// minStem is how many letters a stem keeps.
const minStem = 4

// endings are those of nouns and adjectives in the languages of this package, the longest first;
// each is cut if enough of the word is left. Words are folded, so the letters have no accents.
var endings = []string{
	"urilor",
	"iilor",
	"innen",
	"trice",
	"trici",
	"ilor",
	"elor",
	"ului",
	"iile",
	"euse",
	"ile",
	"ami",
	"ach",
	"ych",
	"ich",
	"ego",
	"emu",
	"ymi",
	"imi",
	"owi",
	"iei",
	"uri",
	"ele",
	"oes",
	"eur",
	"ore",
	"ori",
	"ora",
	"ao",
	"om",
	"ow",
	"em",
	"ej",
	"ym",
	"im",
	"en",
	"ul",
	"es",
	"os",
	"as",
	"or",
	"in",
	"rn",
	"ln",
	"s",
}

// endingsOf holds the endings by their last letter, in the same order.
var endingsOf = func() (table [128][]string) {
	for _, e := range endings {
		last := e[len(e)-1]
		table[last] = append(table[last], e)
	}
	return table
}()

// Stem takes the endings of case, number and gender off a folded word, for all languages in the
// same way, because a text's language is not always known and texts mix languages. It never leaves
// fewer than four letters.
func Stem(word string) string {
	stem := word
	if word == "" || word[len(word)-1] >= utf8.RuneSelf {
		return word // another alphabet
	}
	for _, e := range endingsOf[word[len(word)-1]] {
		if len(stem) >= len(e)+minStem && strings.HasSuffix(stem, e) {
			cut := len(e)
			switch e {
			case "trice", "trici": // "directrice" and "directeur" share "direct"
				cut--
			case "rn", "ln": // "Helfern", "Händlern"
				cut = 1
			}
			stem = stem[:len(stem)-cut]
			break
		}
	}
	for len(stem) > minStem && strings.IndexByte("aeiouy", stem[len(stem)-1]) >= 0 {
		stem = stem[:len(stem)-1]
	}
	return stem
}

// Root returns what the relatives of a word share: "tune", "tuning", "tuner". It is coarser than
// [Stem].
func Root(word string) string {
	for _, ending := range [...]string{"ing", "ed", "er"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= minRootLetters &&
			strings.ContainsAny(rest, "aeiouy") {
			if n := len(rest); rest[n-1] == rest[n-2] && n > minRootLetters { // "clipping"
				rest = rest[:n-1]
			}
			word = rest
			break
		}
	}
	stem := Stem(word)
	if rest, ok := strings.CutSuffix(stem, "e"); ok && len(rest) >= minRootLetters {
		stem = rest
	}
	if len(stem) <= maxRootLetters ||
		strings.ContainsFunc(stem, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return stem // what is left beyond ASCII is another alphabet
	}
	return stem[:maxRootLetters]
}

// A root has so many letters: fewer tell nothing, more are endings.
const (
	minRootLetters = 3
	maxRootLetters = 8
)
