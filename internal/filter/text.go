package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/internal/fold"
)

// marks stand behind names of products, and would become letters of them.
var marks = strings.NewReplacer("™", "", "℠", "", "®", "")

// foldText makes texts comparable: characters that are written in several ways, case, accents,
// widths and runs of spaces.
func foldText(s string) string {
	if s, ok := foldASCII(s); ok {
		return s
	}
	return strings.Join(strings.Fields(fold.Text(norm.NFKC.String(marks.Replace(s)))), " ")
}

// foldASCII is foldText for the many texts that need no tables.
func foldASCII(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	space := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return "", false
		case c == ' ' || c >= '\t' && c <= '\r':
			if !space {
				b = append(b, ' ')
			}
			space = true
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		b = append(b, c)
		space = false
	}
	return strings.TrimSuffix(string(b), " "), true
}

// hasWord reports whether word stands in text with no letter or digit beside it, so that "go" is
// not found in "good" and "c++" is found. An English plural of the word counts. Both are folded.
func hasWord(text, word string) bool {
	if word == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		if !joined(before, first) && ends(text[end:], last, len(word)) {
			return true
		}
		at = start + utf8.RuneLen(first)
		if at > len(text) {
			return false
		}
	}
}

// ends reports whether a word of n bytes that ends in last is over where rest begins.
func ends(rest string, last rune, n int) bool {
	after, _ := utf8.DecodeRuneInString(rest)
	if !joined(last, after) {
		return true
	}
	if after != 's' || n < 3 || last < 'a' || last > 'z' {
		return false
	}
	after, _ = utf8.DecodeRuneInString(rest[1:])
	return !joined('s', after)
}

// joined reports whether two characters beside one another belong to one word. Scripts without
// spaces between words, and Hangul, whose particles follow the noun directly, have no such limit.
func joined(a, b rune) bool { return inWord(a) && inWord(b) }

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unspaced(r)
}

func unspaced(r rune) bool {
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
