package words

import "math/bits"

// A Language is one whose grammar this package knows.
type Language uint8

// The languages, in the order of the columns of the data files. Of those after Hindi only the grammar is known.
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

var codes = [languages]string{"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ro", "hi", "sv", "da", "tr", "cs"}

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

// A Mix says how much of a text is in which language.
type Mix struct {
	Tokens  int // of letters
	Grammar int // tokens that are words of grammar in some language
	weight  [languages]float64
}

// grammarWeight is what a word of grammar counts beside a word of work. Words of work say more about what can be compared.
const grammarWeight = 0.5

// MixOf counts a text's words by language. A word that several languages have counts for each of them a part.
func MixOf(tokens []Token) Mix {
	var m Mix
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
		langs, weight := e.grammar, grammarWeight
		if langs != 0 {
			m.Grammar++
		} else {
			langs, weight = e.work, 1
		}
		n := float64(bits.OnesCount16(langs))
		for rest := langs; rest != 0; rest &= rest - 1 {
			m.weight[bits.TrailingZeros16(rest)] += weight / n
		}
	}
	return m
}

// Main returns the language of most of the text, and Unknown where few words are known of any.
func (m Mix) Main() Language {
	best, most, total := Unknown, 0.0, 0.0
	for l, w := range m.weight {
		total += w
		if w > most {
			best, most = Language(l), w
		}
	}
	if most < 1 || total < 0.04*float64(m.Tokens) {
		return Unknown
	}
	return best
}

// Share returns how much of what is known of the text is in l, 0 to 1.
func (m Mix) Share(l Language) float64 {
	if l >= languages {
		return 0
	}
	total := 0.0
	for _, w := range m.weight {
		total += w
	}
	if total == 0 {
		return 0
	}
	return m.weight[l] / total
}

// Readable reports whether enough of the text's words are known grammar to tell that it is in a language of this package.
// Notes and lists of a few words have no grammar, and are readable.
func (m Mix) Readable() bool {
	return m.Tokens < 20 || float64(m.Grammar) >= 0.08*float64(m.Tokens)
}
