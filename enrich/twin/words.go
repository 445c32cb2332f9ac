package twin

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minBytes is the length below which a word says little of a text: "with", "team". Two characters of a
// script without spaces are longer.
const minBytes = 5

// words yields the words of a text in lower case: each run of letters, marks and digits. In a script
// that puts no spaces between words, each two neighbouring characters are yielded.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		text = strings.ToLower(text)
		for start := 0; start < len(text); {
			r, size := utf8.DecodeRuneInString(text[start:])
			if !inWord(r) {
				start += size
				continue
			}
			end := start + size
			if spaceless(r) {
				next, size := utf8.DecodeRuneInString(text[end:])
				if spaceless(next) && !yield(text[start:end+size]) {
					return
				}
				start = end
				continue
			}
			for end < len(text) {
				r, size := utf8.DecodeRuneInString(text[end:])
				if !inWord(r) || spaceless(r) {
					break
				}
				end += size
			}
			if !yield(text[start:end]) {
				return
			}
			start = end
		}
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func spaceless(r rune) bool {
	return r > 0xe00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
