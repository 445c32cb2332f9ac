package lexical

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word of a text, folded so that the spellings of one word are equal.
type token struct {
	word  string // lower case, without accents, singular
	raw   string // as written
	id    int32  // of the word in the vocabulary; unknown if it is not there
	line  int32  // counted from 0
	para  int32  // paragraphs are parted by blank lines
	sep   separator
	many  bool // it was written as a plural
	upper bool // it begins with a capital
}

// A separator says what stands before a token.
type separator uint8

const (
	hard   separator = iota // a new line, a comma, a bracket, the end of a sentence: no phrase crosses it
	space                   // a phrase goes on
	slash                   // "CI/CD" is a phrase, "C/C++" a list
	joined                  // "full-stack", "node.js", "R&D"
)

// tokens splits a text. Addresses of mail and of the web are left out: they hold names, not skills.
func (v *vocabulary) tokens(text string) []token {
	list := make([]token, 0, len(text)/6+1)
	var line, para int32
	sep := hard
	blank := true // nothing but white space on this line so far
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if isWordRune(r) || r == '.' && dotNet(text, i) {
			end := wordEnd(text, i)
			if stop := addressEnd(text, i, end); stop > end {
				i, sep, blank = stop, hard, false
				continue
			}
			raw := text[i:end]
			word, many := fold(raw)
			if word != "" {
				first, _ := utf8.DecodeRuneInString(raw)
				list = append(list, token{
					word: word, raw: raw, id: v.word(word), line: line, para: para, sep: sep, many: many, upper: unicode.IsUpper(first),
				})
			}
			i, sep, blank = end, joined, false
			continue
		}
		switch s := separatorOf(text, i, r, size); {
		case r == '\n':
			if blank {
				para++
			}
			line++
			blank, sep = true, hard
		case s == hard:
			sep = hard
		case s == slash:
			if sep != hard {
				sep = slash
			}
		case s == space:
			if sep == joined {
				sep = space
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
func separatorOf(text string, i int, r rune, size int) separator {
	open := i == 0 || text[i-1] == ' ' || text[i-1] == '\n'
	closed := i+size >= len(text) || text[i+size] == ' ' || text[i+size] == '\n' || text[i+size] == '\r'
	switch r {
	case '\n', '\r', '\t', ',', ';', ':', '(', ')', '[', ']', '{', '}', '<', '>', '|', '•', '·', '"', '!', '?', '“', '”', '—', '=', '*', '●', '▪', '■', '◦', '‣', '、', '。', '→':
		return hard
	case '.', '-', '–', '‑', '&', '_', '\'', '’':
		if open || closed && r != '&' {
			if r == '&' || r == '\'' || r == '’' {
				return space
			}
			return hard
		}
		return joined
	case '/':
		return slash
	}
	return space
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u00ad' || r == '\u200b' || r == '\u200c' || r == '\u200d'
}

// dotNet reports whether ".NET" stands at i: the one word that begins with a dot.
func dotNet(text string, i int) bool {
	return len(text) >= i+4 && strings.EqualFold(text[i:i+4], ".net") &&
		(i == 0 || !isWordByte(text[i-1])) && (len(text) == i+4 || !isWordByte(text[i+4]))
}

func isWordByte(b byte) bool { return b >= utf8.RuneSelf || isWordRune(rune(b)) }

// wordEnd returns where the word that begins at i ends. An apostrophe inside belongs to it, and so do the signs of C++ and C#.
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
		if isWordRune(r) {
			end += size
			continue
		}
		if r == '\'' || r == '’' {
			if next, _ := utf8.DecodeRuneInString(text[end+size:]); isWordRune(next) {
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

// addressEnd returns where the mail or web address ends whose first word is text[start:end]; end itself if there is none.
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
	for stop < len(text) && text[stop] > ' ' && text[stop] != ',' && text[stop] != ')' && text[stop] < utf8.RuneSelf {
		stop++
	}
	chunk := strings.TrimRight(text[start:stop], ".;|")
	at := strings.IndexByte(chunk, '@')
	if at > 0 && strings.IndexByte(chunk[at:], '.') > 0 || strings.Contains(chunk, "://") || strings.HasPrefix(chunk, "www.") || strings.Contains(chunk, ".com/") {
		return start + len(chunk)
	}
	return end
}

// fold returns the form in which words are compared: lower case, no accents, no possessive, singular. many tells that the
// word was written as a plural.
func fold(raw string) (word string, many bool) {
	word = strings.ToLower(raw)
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf || word[i] == '\'' {
			word = plain(word)
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
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "xes"):
		return word[:n-2], true
	case word[n-2] == 's', word[n-2] == 'u', word[n-2] == 'i':
		return word, false
	}
	return word[:n-1], true
}

// plain takes accents, marks, invisible characters and possessives off a lower-case word.
func plain(word string) string {
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
			b.WriteString(unaccented(r))
		}
	}
	return b.String()
}

// unaccented spells a Latin letter without its accent. The standard library has no decomposition tables; these letters are
// those of the languages whose words the vocabulary holds.
func unaccented(r rune) string {
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä', 'å', 'ā', 'ă', 'ą':
		return "a"
	case 'ç', 'ć', 'č':
		return "c"
	case 'è', 'é', 'ê', 'ë', 'ē', 'ę', 'ě':
		return "e"
	case 'ì', 'í', 'î', 'ï', 'ī', 'ı':
		return "i"
	case 'ñ', 'ń', 'ň':
		return "n"
	case 'ò', 'ó', 'ô', 'õ', 'ö', 'ø', 'ō', 'ő':
		return "o"
	case 'ù', 'ú', 'û', 'ü', 'ū', 'ů', 'ű':
		return "u"
	case 'ý', 'ÿ':
		return "y"
	case 'š', 'ś', 'ş', 'ș':
		return "s"
	case 'ž', 'ź', 'ż':
		return "z"
	case 'ğ':
		return "g"
	case 'ł':
		return "l"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	return string(r)
}
