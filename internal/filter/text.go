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
// not found in "good", and "c++" is found. The word can have an ending, see [ends]. Both are
// folded.
func hasWord(text, word string) bool {
	if word == "" {
		return false
	}
	initial := firstRune(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	for at := 0; at <= len(text); at += utf8.RuneLen(initial) {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if !joined(before, initial) && ends(text[at+len(word):], last, len(word)) {
			return true
		}
	}
	return false
}

// latinEndings make plurals and feminine forms. Only a long word has another ending than "s".
var latinEndings = []string{"s", "es", "en", "in", "innen"}

// ends reports whether a word of n bytes that ends in last is over where rest begins, or behind an
// ending: one of latinEndings, or any short one of a long word in Cyrillic letters.
func ends(rest string, last rune, n int) bool {
	if !joined(last, firstRune(rest)) {
		return true
	}
	switch {
	case last >= 'a' && last <= 'z' && n >= 3:
		for _, ending := range latinEndings {
			after, ok := strings.CutPrefix(rest, ending)
			if ok && (ending == "s" || n >= 5) && !joined('s', firstRune(after)) {
				return true
			}
		}
	case unicode.Is(unicode.Cyrillic, last) && n >= 10:
		for range 3 {
			rest = rest[utf8.RuneLen(firstRune(rest)):]
			if !joined(last, firstRune(rest)) {
				return true
			}
		}
	}
	return false
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// joined reports whether two characters beside one another belong to one word. Scripts without
// spaces between words, and those that write particles and articles without one, have no such
// limit.
func joined(a, b rune) bool { return inWord(a) && inWord(b) }

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unspaced(r)
}

func unspaced(r rune) bool {
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Arabic, unicode.Hebrew)
}
