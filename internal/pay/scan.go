package pay

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a number, a word or a sign of a folded text.
type token struct {
	word   string    // letters, or one sign
	isNum  bool      // a number
	number []float64 // the ways to read it; see readings
	dotted bool      // the number holds a dot
	spaced bool      // white space stands before it
}

func (t token) symbol(c byte) bool { return len(t.word) == 1 && t.word[0] == c }

// scan splits a folded text. A digit right after a letter that is no currency belongs to a name,
// such as "E13" or "B2B".
func scan(s string) []token {
	var out []token
	for i, spaced := 0, false; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == ' ':
			spaced = true
			i += size
			continue
		case r >= '0' && r <= '9':
			text := numberAt(s[i:])
			out = append(out, token{
				isNum: true, number: readings(text), dotted: strings.Contains(text, "."), spaced: spaced,
			})
			i += len(text)
		case unicode.IsLetter(r):
			word, n := wordAt(s[i:])
			if next := s[i+n:]; next != "" && next[0] >= '0' && next[0] <= '9' && !joinsNumber(word) {
				word, n = codeAt(s[i:])
			}
			out = append(out, token{word: word, spaced: spaced})
			i += n
		default:
			out = append(out, token{word: s[i : i+size], spaced: spaced})
			i += size
		}
		spaced = false
	}
	return out
}

// joinsNumber reports whether an amount can follow a word without a space: "usd100", "rs500".
func joinsNumber(word string) bool {
	_, money := currencies[word]
	r, _ := utf8.DecodeRuneInString(word)
	return money || isCJK(r)
}

// codeAt returns a name of letters and digits.
func codeAt(s string) (string, int) {
	n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n < 0 {
		n = len(s)
	}
	return s[:n], n
}

// wordAt returns the word at the beginning of s, and how many bytes it takes. The dots of "p.a."
// are left out. Chinese, Japanese and Korean are split at the words that this package knows.
func wordAt(s string) (string, int) {
	if r, size := utf8.DecodeRuneInString(s); isCJK(r) {
		for n := min(len(s), maxCJKWord); n > size; n-- {
			if w := s[:n]; utf8.RuneStart(byteAt(s, n)) && known(w) {
				return w, n
			}
		}
		return s[:size], size
	}
	if w, n := initials(s); n > 0 {
		return w, n
	}
	n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) || isCJK(r) })
	if n < 0 {
		n = len(s)
	}
	return s[:n], n
}

const maxCJKWord = 4 * 3 // bytes

func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

func isCJK(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// initials reads single letters with a dot after each: "p.a.", "p.m". The last one may lack its
// dot.
func initials(s string) (word string, n int) {
	for len(s) > n+1 && isASCIILetter(s[n]) && s[n+1] == '.' {
		word += s[n : n+1]
		n += 2
	}
	if len(s) > n && isASCIILetter(s[n]) && (len(s) == n+1 || !isASCIILetter(s[n+1])) && n > 0 {
		word += s[n : n+1]
		n++
	}
	if len(word) < 2 {
		return "", 0
	}
	return word, n
}

func isASCIILetter(c byte) bool { return c >= 'a' && c <= 'z' }

// numberAt returns the number at the beginning of s with its separators. A space separates
// thousands only if exactly three digits follow.
func numberAt(s string) string {
	n := digitsAt(s)
	for n < len(s)-1 {
		d := digitsAt(s[n+1:])
		if d == 0 || !strings.ContainsRune(" .,'", rune(s[n])) || s[n] == ' ' && d != 3 {
			break
		}
		n += 1 + d
	}
	return s[:n]
}

func digitsAt(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// maxDigits bounds a number: more is none that anybody is paid.
const maxDigits = 18

// readings returns the ways to read a number: none if its separators make no sense, two for
// "45.000", whose dot can be that of thousands or that of decimals. The likelier way for an amount
// without a multiplier comes first.
func readings(s string) []float64 {
	if len(s) > maxDigits {
		return nil
	}
	var seps []byte
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			seps = append(seps, s[i])
		}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(seps) == 0 {
		return parsed(s)
	}
	last := seps[len(seps)-1]
	mixed := slices.ContainsFunc(seps[:len(seps)-1], func(c byte) bool { return c != seps[0] })
	switch {
	case mixed:
		return nil
	case len(seps) > 1 && last != seps[0]: // 1.234,50: the last one is the decimals'
		if last == ' ' || last == '\'' || !thousands(parts[:len(parts)-1], seps[0]) {
			return nil
		}
		return decimal(parts[:len(parts)-1], parts[len(parts)-1])
	case len(seps) > 1:
		if !thousands(parts, last) {
			return nil
		}
		return parsed(strings.Join(parts, ""))
	case thousands(parts, last):
		whole := parsed(strings.Join(parts, ""))
		if last == '.' || last == ',' {
			whole = append(whole, decimal(parts[:1], parts[1])...)
		}
		return whole
	case last == '.', last == ',' && len(parts[1]) <= 2:
		return decimal(parts[:1], parts[1])
	}
	return nil
}

// thousands reports whether parts are groups of three, or as India writes them: the last of three,
// the others of two.
func thousands(parts []string, sep byte) bool {
	three, two := true, sep == ','
	for i, p := range parts[1:] {
		three = three && len(p) == 3
		two = two && (len(p) == 2 || i == len(parts)-2 && len(p) == 3)
	}
	two = two && len(parts[len(parts)-1]) == 3 && len(parts[0]) <= 2
	return (three && len(parts[0]) <= 3 || two) && parts[0][0] != '0'
}

func decimal(whole []string, fraction string) []float64 {
	return parsed(strings.Join(whole, "") + "." + fraction)
}

func parsed(s string) []float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return []float64{f}
}
