// Package fold rewrites a short text so that a table of plain words can be compared with it: the
// same words in another case, with or without accents, and with other kinds of digits, spaces and
// dashes become the same. It is for looking words up, not for showing them.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text returns s in lower case, with decimal digits of every script as 0 to 9, letters as [Letter]
// spells them, every space as ' ', every dash and wave dash as '-', typographic apostrophes as plain
// ones, and without characters that no reader sees.
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
		case strings.ContainsRune("’‘ʼ´′＇", r):
			b.WriteByte('\'')
		case unicode.Is(unicode.Cf, r), isAccent(r):
		case unicode.IsLetter(r), r >= firstWidth && r <= lastWidth:
			b.WriteString(Letter(r))
		default: // a sign such as ² stays apart from the digit that it resembles
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// The characters that differ from others in their width alone.
const (
	firstWidth = 0xff00
	lastWidth  = 0xffef
)

// lastTabled is the end of the table: ASCII, Latin-1, Latin Extended-A and -B.
const lastTabled = 0x250

var table = func() (t [lastTabled]string) {
	for r := range rune(lastTabled) {
		if r != 0xad { // the soft hyphen shows nothing
			t[r] = decomposed(r)
		}
	}
	return t
}()

// Letter returns the plain spelling of a character: in lower case, by Unicode's compatibility
// decomposition, and without the accents of Latin, Greek and Cyrillic. The marks of other scripts
// stay, because many of them are vowels.
func Letter(r rune) string {
	if r >= 0 && r < lastTabled {
		return table[r]
	}
	return decomposed(r)
}

func decomposed(r rune) string {
	r = unicode.ToLower(r)
	switch r { // a stroke or a ligature that Unicode does not decompose
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ı':
		return "i"
	case 'þ':
		return "th"
	}
	return strings.Map(func(d rune) rune {
		if isAccent(d) {
			return -1
		}
		return unicode.ToLower(d)
	}, norm.NFKD.String(string(r)))
}

func isAccent(r rune) bool { return r >= '\u0300' && r <= '\u036f' }

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
