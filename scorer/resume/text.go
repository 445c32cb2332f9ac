package resume

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/agent-forge/forge/advert"
)

// decode reads UTF-8, UTF-16 with a byte order mark, and what is neither as Windows-1252, in which editors on Windows save.
func decode(data []byte) (string, error) {
	if utf16 := utf16Order(data); utf16 != nil {
		text, err := utf16.NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("%w: not UTF-16 as its first bytes say", ErrFormat)
		}
		return string(text), nil
	}
	if utf8.Valid(data) {
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("%w: neither UTF-8 nor Windows-1252", ErrFormat)
	}
	return string(text), nil
}

// utf16Order returns the encoding that a byte order mark announces; nil: there is none.
func utf16Order(data []byte) encoding.Encoding {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	}
	return nil
}

// markdownText renders Markdown and reads what it renders to: its signs go, its lists and paragraphs stay.
func markdownText(text string) (string, error) {
	var html bytes.Buffer
	if err := goldmark.Convert([]byte(text), &html); err != nil {
		return "", fmt.Errorf("%w: Markdown: %w", ErrFormat, err)
	}
	return htmlText(html.String()), nil
}

func htmlText(text string) string { return advert.TextFromHTML(text) }

// officeError says what an OLE container is. DOCX files with a password are one that holds a stream of this name, in UTF-16.
func officeError(data []byte) (string, error) {
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	if bytes.Contains(data, name) {
		return "", ErrEncrypted
	}
	return "", fmt.Errorf("%w: an Office file of the old kind (.doc): save it as DOCX or PDF", ErrFormat)
}
