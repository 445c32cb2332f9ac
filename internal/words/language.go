package words

import "math/bits"

// A Language is one whose grammar this package knows.
type Language uint8

// The languages, in the order of the columns of the data files. Of those after Hindi only the
// grammar is known.
const (
	English Language = iota
	German
	French
	Spanish
	Portuguese
	Italian
	Dutch
	Polish
	Romanian
	Hindi // in Latin letters
	Swedish
	Danish
	Turkish
	Czech
	languages
	Unknown Language = 255
)

var codes = [languages]string{
	"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ro", "hi", "sv", "da", "tr", "cs",
}

// String returns the ISO 639-1 code, or "unknown".
func (l Language) String() string {
	if l < languages {
		return codes[l]
	}
	return "unknown"
}

// Full reports whether the words of work are known in l, and not only its grammar.
func (l Language) Full() bool { return l <= Hindi }

func languageOf(code string) Language {
	for i, c := range codes {
		if c == code {
			return Language(i)
		}
	}
	return Unknown
}

// A Mix says how much of a text is in which language. Grammar and other words are counted apart: a
// text's grammar is the surest sign of its language where the text is short, and where it is long
// the words of work say more about what can be compared.
type Mix struct {
	Tokens  int // of letters
	Grammar int // tokens that are words of grammar in some language
	grammar counts
	content counts
}

// counts say how many words could be of each language; a word can be of several.
type counts struct {
	words int
	of    [languages]int
}

// MixOf counts a text's words by language.
func MixOf(tokens []Token) Mix {
	var m Mix
	m.Add(tokens)
	return m
}

// mostLanguages is how many languages can share a word that still tells one from others.
const mostLanguages = 3

// Add counts the words of another part of the text. A word that several languages have counts for
// each of them.
func (m *Mix) Add(tokens []Token) {
	t := shared()
	for _, token := range tokens {
		if token.Word[0] >= '0' && token.Word[0] <= '9' {
			continue
		}
		m.Tokens++
		e, ok := t.words[token.Word]
		if !ok {
			continue
		}
		into, langs := &m.content, e.own
		if e.grammar != 0 {
			into, langs = &m.grammar, e.grammar
			m.Grammar++
		}
		if e.grammar == 0 && (langs == 0 || bits.OnesCount16(uint16(langs)) > mostLanguages) {
			continue // "hotel" tells no language
		}
		into.words++
		for rest := langs; rest != 0; rest &= rest - 1 {
			into.of[bits.TrailingZeros16(uint16(rest))]++
		}
	}
}

// Languages returns the set of languages that most of the text's grammar or most of its other words
// can be in, and English, whose words are everywhere. It is all languages where too little is
// known.
func (m Mix) Languages() Set {
	if m.grammar.words+m.content.words < enoughGrammar {
		return allLanguages
	}
	set := Set(1 << English)
	for l := range languages {
		if 2*m.grammar.of[l] >= max(m.grammar.words, enoughGrammar) ||
			2*m.content.of[l] >= max(m.content.words, mostContent) {
			set |= 1 << l
		}
	}
	return set
}

// A Set is a set of languages, one bit each.
type Set uint16

const allLanguages Set = 1<<languages - 1

// Main returns the language of most of the text, and Unknown where few words are known of any.
func (m Mix) Main() Language {
	best, most := Unknown, 0
	for l := range languages {
		if n := m.grammar.of[l] + m.content.of[l]; n > most {
			best, most = l, n
		}
	}
	if 25*most < m.Tokens {
		return Unknown
	}
	return best
}

// Overlap returns how far two texts are in the same languages, 0 to 1: by their grammar or by their
// other words, whichever says more, so that neither alone makes a foreign text. It is 1 if too
// little is known of one of the texts.
func (m Mix) Overlap(other Mix) float64 {
	byGrammar, grammar := overlap(m.grammar, other.grammar, enoughGrammar)
	byContent, content := overlap(m.content, other.content, enoughContent)
	if !grammar && !content {
		return 1
	}
	return max(byGrammar, byContent)
}

// So many words tell a language.
const (
	enoughGrammar = 2
	enoughContent = 3
	mostContent   = 8
)

// overlap returns the greatest share of both texts that one language explains.
func overlap(a, b counts, enough int) (share float64, known bool) {
	if a.words < enough || b.words < enough {
		return 0, false
	}
	for l := range languages {
		share = max(share, min(float64(a.of[l])/float64(a.words), float64(b.of[l])/float64(b.words)))
	}
	return share, true
}

// Readable reports whether enough of the text's words are known grammar to tell that it is in a
// language of this package. Notes and lists of a few words have no grammar, and are readable.
func (m Mix) Readable() bool {
	return m.Tokens < 20 || float64(m.Grammar) >= 0.08*float64(m.Tokens)
}
