package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/internal/fold"
)

// Fold returns the form in which words are compared: lower case, without accents, possessives or an
// English plural. plural reports whether a plural ending was taken off.
func Fold(raw string) (word string, plural bool) {
	word = strings.ToLower(raw)
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf || word[i] == '\'' {
			word = Plain(word)
			break
		}
	}
	n := len(word)
	if n < 4 || word[n-1] != 's' {
		return word, false
	}
	switch {
	case strings.HasSuffix(word, "ies") && n > 4:
		return word[:n-3] + "y", true
	case strings.HasSuffix(word, "sses"),
		strings.HasSuffix(word, "shes"),
		strings.HasSuffix(word, "ches"),
		strings.HasSuffix(word, "xes"):
		return word[:n-2], true
	case word[n-2] == 's', word[n-2] == 'u', word[n-2] == 'i':
		return word, false
	}
	return word[:n-1], true
}

// Plain takes accents, marks, invisible characters and possessives off a lower-case word.
func Plain(word string) string {
	word = strings.ReplaceAll(word, "’", "'")
	word = strings.TrimSuffix(word, "'s")
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range word {
		switch {
		case r < utf8.RuneSelf:
			if r != '\'' {
				b.WriteByte(byte(r))
			}
		case r == utf8.RuneError, unicode.IsMark(r), unicode.Is(unicode.Cf, r):
		default:
			for _, part := range fold.Letter(r) {
				if !unicode.IsMark(part) {
					b.WriteRune(part)
				}
			}
		}
	}
	return b.String()
}
