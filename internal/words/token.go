package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Token is one word of a text, folded so that the spellings of one word are equal.
type Token struct {
	Word   string // lower case, without accents, singular
	Raw    string // as written
	Line   int32  // counted from 0
	Para   int32  // paragraphs are separated by blank lines
	Sep    Separator
	Plural bool // a plural ending was taken off
	Upper  bool // the word begins with a capital
}

// A Separator says what stands before a token.
type Separator uint8

// The separators, the strongest first.
const (
	Hard   Separator = iota // a new line, a comma, a bracket, the end of a sentence: no phrase crosses it
	Space                   // a phrase goes on
	Slash                   // "CI/CD" is a phrase, "C/C++" a list
	Joined                  // "full-stack", "node.js", "R&D"
)

// Tokens splits a text into words. Mail and web addresses are left out: they hold names, not
// skills.
func Tokens(text string) []Token {
	list := make([]Token, 0, len(text)/6+1)
	var line, para int32
	sep := Hard
	blank := true // nothing but white space on this line so far
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if IsLetter(r) || r == '.' && dotNet(text, i) {
			end := wordEnd(text, i)
			if stop := addressEnd(text, i, end); stop > end {
				i, sep, blank = stop, Hard, false
				continue
			}
			raw := text[i:end]
			word, plural := Fold(raw)
			if word != "" {
				first, _ := utf8.DecodeRuneInString(raw)
				list = append(list, Token{
					Word: word, Raw: raw, Line: line, Para: para, Sep: sep, Plural: plural,
					Upper: unicode.IsUpper(first),
				})
			}
			i, sep, blank = genderEnd(text, i, end), Joined, false
			continue
		}
		switch s := separatorOf(text, i, r, size); {
		case r == '\n':
			if blank {
				para++
			}
			line++
			blank, sep = true, Hard
		case s == Hard:
			sep = Hard
		case s == Slash:
			if sep != Hard {
				sep = Slash
			}
		case s == Space:
			if sep == Joined {
				sep = Space
			}
		}
		if !unicode.IsSpace(r) {
			blank = false
		}
		i += size
	}
	return list
}

// separatorOf classifies the rune r, of size bytes, at i, which belongs to no word.
func separatorOf(text string, i int, r rune, size int) Separator {
	open := i == 0 || text[i-1] == ' ' || text[i-1] == '\n'
	closed := i+size >= len(text) || text[i+size] == ' ' || text[i+size] == '\n' || text[i+size] == '\r'
	switch r {
	case '\n',
		'\r',
		'\t',
		',',
		';',
		':',
		'(',
		')',
		'[',
		']',
		'{',
		'}',
		'<',
		'>',
		'|',
		'•',
		'·',
		'"',
		'!',
		'?',
		'“',
		'”',
		'—',
		'=',
		'*',
		'●',
		'▪',
		'■',
		'◦',
		'‣',
		'、',
		'。',
		'→':
		return Hard
	case '.', '-', '–', '‑', '&', '_', '\'', '’':
		if open || closed && r != '&' {
			if r == '&' || r == '\'' || r == '’' {
				return Space
			}
			return Hard
		}
		return Joined
	case '/':
		return Slash
	}
	return Space
}

// IsLetter reports whether r can be part of a word: a letter, a digit, a mark or a character that
// shows nothing.
func IsLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u00ad' || r == '\u200b' ||
		r == '\u200c' ||
		r == '\u200d'
}

// genderEnd returns where the second gender of the word text[start:end] ends: "Trabajador/a",
// "Mitarbeiter:in", "infirmier(e)". It is end if there is none.
func genderEnd(text string, start, end int) int {
	if end-start < minRoot || end+1 >= len(text) {
		return end
	}
	i := end + 1
	switch text[end] {
	case '/', ':', '*', '_':
		if text[i] == '-' {
			i++
		}
	case '(':
	default:
		return end
	}
	last := i
	for last < len(text) && text[last] >= 'a' && text[last] <= 'z' {
		last++
	}
	switch text[i:last] {
	case "a", "o", "as", "os", "e", "es", "in", "innen", "euse", "trice", "rice", "ice", "ka":
	default:
		return end
	}
	switch {
	case last < len(text) && isWordByte(text[last]):
		return end
	case text[end] != '(':
		return last
	case last < len(text) && text[last] == ')':
		return last + 1
	}
	return end
}

// dotNet reports whether ".NET" stands at i: the one word that begins with a dot.
func dotNet(text string, i int) bool {
	return len(text) >= i+4 && strings.EqualFold(text[i:i+4], ".net") &&
		(i == 0 || !isWordByte(text[i-1])) && (len(text) == i+4 || !isWordByte(text[i+4]))
}

func isWordByte(b byte) bool { return b >= utf8.RuneSelf || IsLetter(rune(b)) }

// wordEnd returns where the word that begins at i ends. An apostrophe inside belongs to it, and so
// do the signs of C++ and C#.
func wordEnd(text string, i int) int {
	end := i
	if text[end] == '.' {
		end++
	}
	for end < len(text) {
		r, size := rune(text[end]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[end:])
		}
		if IsLetter(r) {
			end += size
			continue
		}
		if r == '\'' || r == '’' {
			if next, _ := utf8.DecodeRuneInString(text[end+size:]); IsLetter(next) {
				end += size
				continue
			}
		}
		break
	}
	if end-i == 1 {
		switch {
		case strings.HasPrefix(text[end:], "++"):
			end += 2
		case strings.HasPrefix(text[end:], "#"):
			end++
		}
	}
	return end
}

// addressEnd returns where the mail or web address ends whose first word is text[start:end]; end
// itself if there is none.
func addressEnd(text string, start, end int) int {
	if end >= len(text) || start > 0 && isWordByte(text[start-1]) {
		return end
	}
	switch text[end] {
	case '@', '.', ':', '_', '+', '-':
	default:
		return end
	}
	stop := end
	for stop < len(text) && text[stop] > ' ' && text[stop] < utf8.RuneSelf &&
		text[stop] != ',' && text[stop] != ')' {
		stop++
	}
	chunk := strings.TrimRight(text[start:stop], ".;|")
	at := strings.IndexByte(chunk, '@')
	if at > 0 && strings.IndexByte(chunk[at:], '.') > 0 || strings.Contains(chunk, "://") ||
		strings.HasPrefix(chunk, "www.") ||
		strings.Contains(chunk, ".com/") {
		return start + len(chunk)
	}
	return end
}
