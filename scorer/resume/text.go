package resume

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	"github.com/agent-forge/forge/advert"
)

// decode reads UTF-8 and UTF-16 with a byte order mark. Anything else is read as Windows-1252, in
// which old editors on Windows save.
func decode(data []byte) (string, error) {
	if utf16 := utf16Order(data); utf16 != nil {
		text, err := utf16.NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("%w: it is not UTF-16, as its first bytes say: save it as UTF-8", ErrFormat)
		}
		return string(text), nil
	}
	if utf8.Valid(data) {
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("%w: it is neither UTF-8 nor Windows-1252: save it as UTF-8", ErrFormat)
	}
	return string(text), nil
}

// utf16Order returns the encoding that a byte order mark announces. It returns nil if there is
// none.
func utf16Order(data []byte) encoding.Encoding {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return utf.UTF16(utf.BigEndian, utf.ExpectBOM)
	}
	return nil
}

// markdownText returns what Markdown renders to: its signs go, its lists and paragraphs stay. A
// text that is far longer than limit is refused before it is parsed, because some signs take time
// that grows with the square of the text.
func markdownText(text string, limit int) (string, error) {
	if len(text) > 4*limit {
		return "", fmt.Errorf("%w: more than %d bytes of Markdown", ErrTooLarge, 4*limit)
	}
	var html bytes.Buffer
	if err := goldmark.Convert([]byte(text), &html); err != nil {
		return "", fmt.Errorf("%w: Markdown: %w", ErrFormat, err)
	}
	return htmlText(html.String()), nil
}

func htmlText(text string) string { return advert.TextFromHTML(text) }

// officeError says what an OLE container holds. A DOCX file with a password is one with a stream of
// this name, in UTF-16.
func officeError(data []byte) error {
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	if bytes.Contains(data, name) {
		return ErrEncrypted
	}
	return fmt.Errorf("%w: it is an Office file of the old kind (.doc): save it as DOCX or PDF", ErrFormat)
}

// dividedWord is a soft hyphen at the end of a line.
var dividedWord = regexp.MustCompile("\u00ad[ \t]*\n[ \t]*")

// signs replaces what typesetting made of letters and spaces. A soft hyphen that is not at the end
// of a line is a hyphen: that is what a reader sees, and PDFs whose hyphens are all coded so are
// common.
var signs = strings.NewReplacer(
	"ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st",
	"\u00ad", "-", "\u00a0", " ", "\u202f", " ", "\ufeff", "",
)

var lineEnds = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\f", "\n\n", "\v", "\n", "\u2028", "\n", "\u2029", "\n\n",
)

// tidy leaves out what is not text: control characters, private characters (icons and the bullets
// of symbol fonts), runs of blank lines.
func tidy(s string) string {
	s = lineEnds.Replace(strings.ToValidUTF8(s, ""))
	s = signs.Replace(dividedWord.ReplaceAllString(s, ""))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Co, r) {
			return -1
		}
		return r
	}, s)
	var b strings.Builder
	blank := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \t\n")
		if strings.TrimSpace(line) == "" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:1+min(blank, 1)])
		}
		blank = 0
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}
