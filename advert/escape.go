package advert

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxEncodings = 4 // times that a text is taken to have been encoded
	fewestBreaks = 3 // line breaks between words that show by their number that a program wrote them
)

// unescape undoes the escapes of JSON and JavaScript that a site left in a text by encoding it once
// too often: a literal \n or \u003c. Whether they are escapes is decided for the text as a whole,
// because backslashes also stand in paths, in regular expressions and in code. There they come
// before what no encoder writes, or no line begins after them. Code elements are left alone.
func unescape(s string) string {
	for range maxEncodings {
		if strings.IndexByte(s, '\\') < 0 {
			break
		}
		escapes := escapesOf(s)
		if !plainlyEscaped(s, escapes) {
			break
		}
		s = decode(s, escapes)
	}
	return s
}

// plainlyEscaped weighs what each backslash tells. A text that has lines of its own needs more than
// one sign.
func plainlyEscaped(s string, escapes []escape) bool {
	inFavour, against, breaks := 0, 0, 0
	for _, e := range escapes {
		switch {
		case e.tells == encoded:
			inFavour++
		case e.tells == written:
			against++
		case e.char == '\n':
			breaks++
		}
	}
	if breaks >= fewestBreaks && against == 0 {
		inFavour++
	}
	if inFavour <= 3*against {
		return false
	}
	return strings.IndexByte(s, '<') >= 0 || strings.Count(s, "\n") <= 2*inFavour
}

func decode(s string, escapes []escape) string {
	var b strings.Builder
	b.Grow(len(s))
	end := 0
	var high rune // the first half of a surrogate pair
	for _, e := range escapes {
		if e.tells == written {
			continue
		}
		b.WriteString(s[end:e.start])
		end = e.end
		switch {
		case high == 0 && utf16.IsSurrogate(e.char):
			high = e.char
			continue
		case high != 0:
			e.char, high = utf16.DecodeRune(high, e.char), 0
		}
		if e.char != '\r' {
			b.WriteRune(e.char)
		}
	}
	b.WriteString(s[end:])
	return b.String()
}

// An escape is a run of backslashes, doubled each time that the text was encoded, with the
// character that it stands for.
type escape struct {
	start, end int
	char       rune
	tells      sign
}

// A sign is what an escape tells of the text that it stands in.
type sign int8

const (
	nothing sign = iota
	encoded      // a program wrote it
	written      // a person wrote it: no encoder does, or it stands in quotes
)

// escapesOf finds the escapes outside of code elements.
func escapesOf(s string) []escape {
	var escapes []escape
	code := codeSpans(s)
	for i := 0; ; {
		next := strings.IndexByte(s[i:], '\\')
		if next < 0 {
			return escapes
		}
		i += next
		for len(code) > 0 && code[0].end <= i {
			code = code[1:]
		}
		if len(code) > 0 && code[0].start <= i {
			i = code[0].end
			continue
		}
		e := escapeAt(s, i)
		escapes = append(escapes, e)
		i = e.end
	}
}

func escapeAt(s string, start int) escape {
	i := start
	for i < len(s) && s[i] == '\\' {
		i++
	}
	if i == len(s) {
		return escape{start: start, end: i, tells: written}
	}
	e := escape{start: start, end: i + 1}
	before, after := s[:start], s[i+1:]
	prev, next := lastRune(before), firstRune(after)
	switch s[i] {
	case 'n':
		e.char, e.tells = '\n', tellsLine(before, after, i-start)
	case 'r', 't':
		e.char = '\r'
		if s[i] == 't' {
			e.char = '\t'
		}
		if tellsLine(before, after, i-start) == written {
			e.tells = written
		}
	case 'u':
		e.char, e.end = hexadecimal(s, i+1, 4)
		e.tells = tellsChar(e.char, prev, firstRune(s[e.end:]))
	case 'x':
		e.char, e.end = hexadecimal(s, i+1, 2)
		e.tells = tellsChar(e.char, prev, firstRune(s[e.end:]))
	case '"', '\'':
		e.char = rune(s[i])
		if prev == '=' || isWord(prev) != isWord(next) || s[i] == '\'' && isWord(prev) {
			e.tells = encoded // it begins or ends words or an attribute's value, or is an apostrophe
		}
	case '/':
		e.char = '/'
		if prev == '<' || isWord(prev) && isWord(next) {
			e.tells = encoded
		}
	default:
		e.tells = written
	}
	return e
}

// tellsLine judges \n by what stands around it: where a program wrote it, a line ends before it and
// one begins after it.
func tellsLine(before, after string, backslashes int) sign {
	prev, next := lastRune(before), firstRune(after)
	share := backslashes > 1 && (prev == 0 || prev == ' ') && unicode.IsLower(next) // \\nas\recipes
	quoted := oneOf(prev, "\"'`([{|%/$") && !strings.HasSuffix(before, `\"`) || oneOf(next, "\"'`])|/,;")
	switch {
	case share, quoted, endsInDrive(before):
		return written
	case next == '\\': // a blank line, or one that begins with a space or a quote
		if prev != 0 && !unicode.IsSpace(prev) && oneOf(firstRune(after[1:]), `nrt"\`) {
			return encoded
		}
		return nothing
	}
	spaced := prev == ' '
	if spaced {
		before, after = strings.TrimRight(before, " "), strings.TrimLeft(after, " ")
		prev, next = lastRune(before), firstRune(after)
	}
	begins := beginsLine(after)
	switch {
	case oneOf(prev, ".:!?>…。：！？") || strings.HasSuffix(before, "&gt;"):
		begins = begins || isWord(next)
	case spaced || !unicode.IsLower(prev):
		begins = false
	}
	if begins {
		return encoded
	}
	return nothing
}

// tellsChar judges an escaped character. No encoder escapes a letter of ASCII, and what stands in
// quotes or in brackets by itself is talked about.
func tellsChar(char, prev, next rune) sign {
	switch {
	case char < ' ', char < utf8.RuneSelf && isWord(char):
		return written
	case prev == '[', prev == '-' && next == ']', prev == next && oneOf(prev, "\"'`"):
		return written
	}
	return encoded
}

func beginsLine(text string) bool {
	r := firstRune(text)
	if oneOf(r, "-*+#~") {
		return firstRune(text[1:]) == ' '
	}
	return r == '<' || strings.HasPrefix(text, "&lt;") || unicode.IsUpper(r) || unicode.IsDigit(r) ||
		r > unicode.MaxLatin1 && !unicode.IsLower(r)
}

// endsInDrive reports whether a path of Windows has just begun: "C:".
func endsInDrive(text string) bool {
	n := len(text)
	return n >= 2 && text[n-1] == ':' && isWord(rune(text[n-2])) && !isWord(lastRune(text[:n-2]))
}

// hexadecimal reads n digits; char is 0 if they are not there.
func hexadecimal(s string, at, n int) (char rune, end int) {
	if at+n > len(s) {
		return 0, at
	}
	v, err := strconv.ParseUint(s[at:at+n], 16, 32)
	if err != nil {
		return 0, at
	}
	return rune(v), at + n
}

// firstRune returns 0 of an empty text.
func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// lastRune returns 0 of an empty text.
func lastRune(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func oneOf(r rune, set string) bool { return r != 0 && strings.ContainsRune(set, r) }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

type span struct{ start, end int }

// codeSpans finds the elements whose text must stay as it is.
func codeSpans(s string) []span {
	var spans []span
	for i := 0; ; {
		next := strings.IndexByte(s[i:], '<')
		if next < 0 {
			return spans
		}
		i += next
		start := i
		i++
		for _, name := range []string{"code", "pre", "kbd", "samp"} {
			if !strings.HasPrefix(s[i:], name) {
				continue
			}
			end := strings.Index(s[i:], "</"+name)
			if end < 0 {
				return append(spans, span{start, len(s)})
			}
			i += end
			spans = append(spans, span{start, i})
			break
		}
	}
}
