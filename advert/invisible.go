package advert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutInvisible leaves out the characters that no reader sees and that would split a word or
// hide one: soft hyphens, zero-width spaces, direction marks, and the tag characters, in which
// whole sentences can be written unseen. Joiners and selectors stay where they shape what is seen:
// in emoji, and between letters of scripts that need them.
func withoutInvisible(s string) string {
	if isASCII(s) {
		return s
	}
	prev := ' '
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0xad:
		case isInvisible(r):
			return -1
		case isFiller(r):
			r = ' '
		case r == '\u200c', r == '\u200d', r == '\ufe0e', r == '\ufe0f':
			if !shapes(prev) {
				return -1
			}
		}
		prev = r
		return r
	}, s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isInvisible(r rune) bool {
	switch {
	case r == '\u00ad', // soft hyphen
		r == '\u034f', r == '\u061c', r == '\u180e', // marks without width
		r == '\u200b', r == '\u200e', r == '\u200f',
		// directions, joiners, invisible operators
		r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f',
		r >= '\ufe00' && r <= '\ufe0d', r >= '\U000e0100' && r <= '\U000e01ef', // variants of glyphs
		r == '\ufeff', r >= '\ufff9' && r <= '\ufffb', r >= '\U0001d173' && r <= '\U0001d17a',
		r >= '\U000e0000' && r <= '\U000e007f': // tags
		return true
	}
	return false
}

// isFiller reports a letter of Hangul that is drawn as a blank.
func isFiller(r rune) bool { return r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' }

// shapes reports whether a joiner or selector after r can change what is drawn.
func shapes(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return oneOf(r, "#*0123456789") // keycaps
	case unicode.IsLetter(r):
		return !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hangul,
			unicode.Hiragana, unicode.Katakana)
	}
	return !unicode.IsSpace(r)
}
