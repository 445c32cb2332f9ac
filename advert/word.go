package advert

import (
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/internal/fold"
)

const longWord = 48 // bytes, for which room is made

// nextWord reads a word as phrases are compared: in lower case, without accents and apostrophes,
// "&" as "and". It returns the word in buf, and the text after it; the word is empty at the end of
// the text.
func nextWord(text string, buf []byte) (word []byte, rest string) {
	word = buf[:0]
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			word = append(word, c)
		case c >= 'A' && c <= 'Z':
			word = append(word, c+'a'-'A')
		case c == '\'', c == '`': // "you'll" is one word
		case c < utf8.RuneSelf:
			if len(word) > 0 {
				return word, text[i:]
			}
			if c == '&' {
				return append(word, "and"...), text[i+1:]
			}
		default:
			char, size := utf8.DecodeRuneInString(text[i:])
			switch {
			case char == '’', char == 'ʼ':
			case unicode.IsLetter(char), unicode.IsDigit(char), unicode.IsMark(char):
				word = append(word, fold.Letter(char)...)
			case len(word) > 0:
				return word, text[i:]
			}
			i += size
			continue
		}
		i++
	}
	return word, ""
}
