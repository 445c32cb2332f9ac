package advert

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/elements"
)

// lineBreak stands for a line break that HTML's rules for white space must not turn into a space.
// The control character is in no text.
const lineBreak = "\x1e"

// Text returns the plain text of a field that may hold HTML, HTML that was escaped once or more, or
// plain text: the tags in it decide. Plain text keeps its lines. What is plainly escaped is read as
// what it was; code, paths and regular expressions stay as they are. It takes time linear in the
// field's size.
func Text(field string) string {
	field = unescape(withoutCDATA(field))
	for level := range maxEncodings {
		if isMarkup(field) {
			return textOf(keepLines(field))
		}
		decoded := decodeEntities(field)
		if decoded == field || level > 0 && isAboutMarkup(field, decoded) {
			break
		}
		field = decoded
	}
	return tidy(withoutInvisible(field))
}

// Title returns a title or another short field as a reader sees it: on one line, without markup and
// invisible characters, and with what is plainly escaped read as what it was.
func Title(field string) string { return strings.Join(strings.Fields(Text(field)), " ") }

// tidy gives a plain text line ends of one kind, and at most one blank line in a row.
func tidy(text string) string {
	var b strings.Builder
	blank := 0
	for line := range strings.SplitSeq(lineEnds.Replace(text), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" {
			blank++
			continue
		}
		if line[0] == ' ' && line[1] != ' ' { // of "One. \n Two."
			line = line[1:]
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:min(blank+1, 2)])
		}
		blank = 0
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}

var (
	lineEnds = strings.NewReplacer(
		"\r\n", "\n", "\r", "\n", lineBreak, "\n", "\u2028", "\n", "\u2029", "\n", "\u00a0", " ",
	)

	// entityBreaks keeps line ends that a site wrote as characters by number, which HTML takes for
	// a space.
	entityBreaks = strings.NewReplacer(
		"&#13;&#10;", lineBreak, "&#xD;&#xA;", lineBreak, "&#xd;&#xa;", lineBreak,
		"&#10;", lineBreak, "&#xA;", lineBreak, "&#xa;", lineBreak,
		"&#13;", lineBreak, "&#xD;", lineBreak, "&#xd;", lineBreak,
	)
)

// breakLines keeps the line ends in HTML that are written by number.
func breakLines(markup string) string {
	if !strings.Contains(markup, "&#") {
		return markup
	}
	return entityBreaks.Replace(markup)
}

// withoutCDATA leaves out the marks around character data, which HTML takes for a comment.
func withoutCDATA(s string) string {
	if !strings.Contains(s, "<![CDATA[") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "<![CDATA[", ""), "]]>", "")
}

// keepLines keeps the line ends of markup that has nothing else to break its lines.
func keepLines(markup string) string {
	if strings.IndexByte(markup, '\n') < 0 || hasBlocks(markup) {
		return markup
	}
	return strings.ReplaceAll(strings.ReplaceAll(markup, "\r\n", "\n"), "\n", lineBreak)
}

// decodeEntities reads the character references of a text once. Without its semicolon a reference
// is part of an address.
func decodeEntities(s string) string {
	s = breakLines(s)
	var b strings.Builder
	written := 0
	for i := 0; ; i++ {
		next := strings.IndexByte(s[i:], '&')
		if next < 0 {
			break
		}
		i += next
		if n := referenceLen(s[i:]); n > 0 {
			b.WriteString(s[written:i])
			b.WriteString(html.UnescapeString(s[i : i+n]))
			written = i + n
			i = written - 1
		}
	}
	if written == 0 {
		return s
	}
	b.WriteString(s[written:])
	return b.String()
}

// overEscaped returns the text of a node, which was decoded once, with the references in it decoded
// too: a reader does not look for "&amp;" on a page.
func overEscaped(text string) string {
	for range maxEncodings {
		decoded := decodeEntities(text)
		if decoded == text || isAboutMarkup(text, decoded) {
			break
		}
		text = decoded
	}
	return text
}

// isAboutMarkup reports whether escaped less-than signs in a text are meant to be read as such:
// what they stand for is not markup.
func isAboutMarkup(text, decoded string) bool {
	return (strings.Contains(text, "&lt;") || strings.Contains(text, "&gt;")) && !isMarkup(decoded)
}

// referenceLen is the length of the character reference that s begins with; 0 if it is none.
func referenceLen(s string) int {
	const longest = 10
	for i := 1; i < len(s) && i <= longest; i++ {
		switch c := s[i]; {
		case c == ';' && i > 2:
			return i + 1
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '#' && i == 1:
		default:
			return 0
		}
	}
	return 0
}

// isMarkup reports whether a field is HTML. Tags of one kind only count where they are closed,
// because "<T>" stands in texts about Go; "<p>" and others count always.
func isMarkup(s string) bool {
	for tag, closing := range tags(s) {
		if closing || opensAlone(tag) {
			return true
		}
	}
	return false
}

// wasMarkup reports whether the text of a node is markup that was escaped, and not about markup.
// whole: the page has no other.
func wasMarkup(text string, whole bool) bool {
	if strings.IndexByte(text, '<') < 0 {
		return false
	}
	if whole {
		return isMarkup(text)
	}
	signs := 0
	if text = strings.TrimSpace(text); text[0] == '<' && text[len(text)-1] == '>' {
		signs = 1
	}
	for tag, closing := range tags(text) {
		if closing || tag == atom.Br {
			if signs++; signs > 1 {
				return true
			}
		}
	}
	return false
}

// hasBlocks reports whether markup breaks its lines.
func hasBlocks(markup string) bool {
	for tag := range tags(markup) {
		if tag == atom.Br || isBlock(tag) {
			return true
		}
	}
	return false
}

func opensAlone(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Hr, atom.Dt, atom.Dd:
		return true
	}
	return false
}

// tags returns the tags in a text that belong to HTML's elements for text, each with whether it
// closes its element.
func tags(s string) iter.Seq2[atom.Atom, bool] {
	return func(yield func(tag atom.Atom, closing bool) bool) {
		for {
			_, after, found := strings.Cut(s, "<")
			if !found {
				return
			}
			s = after
			body, closing := strings.CutPrefix(s, "/")
			end := strings.IndexAny(body, "<>")
			if end < 0 {
				return
			}
			if body[end] == '<' {
				continue
			}
			name := body[:end]
			if space := strings.IndexAny(name, " \t\r\n/"); space >= 0 {
				name = name[:space]
			}
			if tag := textElement(name); tag != 0 && !yield(tag, closing) {
				return
			}
		}
	}
}

// textElement returns the element of a name that people format a text with; 0 for others.
func textElement(name string) atom.Atom {
	const longest = len("blockquote")
	if name == "" || len(name) > longest {
		return 0
	}
	tag := atom.Lookup([]byte(strings.ToLower(name)))
	switch tag {
	case atom.A, atom.B, atom.Br, atom.Div, atom.Em, atom.Font, atom.I, atom.Small, atom.Span, atom.Strong,
		atom.Sub, atom.Sup, atom.Tbody, atom.Td, atom.Th, atom.Thead, atom.Tr, atom.U:
		return tag
	}
	if elements.EndsParagraph(tag) {
		return tag
	}
	return 0
}
