// Package fold rewrites a short text so that a table of plain words can be compared with it: the
// same words in another case, with or without accents, and with other kinds of digits, spaces and
// dashes become the same. It links the standard library only, and is for looking words up, not for
// showing them.
package fold

import (
	"strings"
	"unicode"
)

// Text returns s in lower case, with decimal digits of every script as 0 to 9, Latin letters
// without their accents, every space as ' ', every dash and wave dash as '-', typographic
// apostrophes as plain ones, and without characters that no reader sees.
func Text(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r < 0x80:
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Nd, r):
			b.WriteByte(digit(r))
		case unicode.In(r, unicode.Pd), r == '−', r == '〜', r == '～', r == '∼':
			b.WriteByte('-')
		case unicode.In(r, unicode.Cf), r >= 0x300 && r <= 0x36f: // invisible; a combining accent
		default:
			r = unicode.ToLower(r)
			if base, ok := latin[r]; ok {
				b.WriteString(base)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// plain reports whether s is one of the many texts that are folded already.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c >= 'A' && c <= 'Z' || c < ' ' {
			return false
		}
	}
	return true
}

// digit returns the value of a decimal digit of any script. Unicode lists them in runs that start
// with a zero.
func digit(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10)
		}
	}
	return '0'
}

// latin holds what a letter or sign is without its accents, and other characters that stand for
// ASCII ones.
var latin = letters(
	"àáâãäåāăą", "a", "çćĉċč", "c", "ďđð", "d", "èéêëēĕėęě", "e", "ĝğġģ", "g", "ìíîïĩīĭįı", "i", "ķ", "k",
	"ĺļľł", "l", "ñńņň", "n", "òóôõöøōŏő", "o", "ŕŗř", "r", "śŝşšș", "s", "ţťț", "t", "ùúûüũūŭůűų", "u", "ýÿ",
	"y", "źżž", "z", "æ", "ae", "œ", "oe", "ß", "ss", "й", "и", "ё", "е", "’‘ʼ´′＇", "'", "／", "/", "（", "(",
	"）", ")", "：", ":", "，", ",", "．", ".", "％", "%", "＋", "+", "＄", "$", "￥", "¥", "￡", "£",
)

func letters(pairs ...string) map[rune]string {
	m := make(map[rune]string)
	for i := 0; i < len(pairs); i += 2 {
		for _, r := range pairs[i] {
			m[r] = pairs[i+1]
		}
	}
	return m
}
