package jobposting

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// space moves behind what stands between values: white space of every kind, invisible characters,
// comments and tags.
func (m *mender) space() error {
	for m.at < len(m.text) {
		rest := m.text[m.at:]
		switch c := rest[0]; {
		case c <= ' ' || c == 0x7f:
			m.at++
		case bytes.HasPrefix(rest, []byte("&nbsp;")):
			m.at += len("&nbsp;")
		case c == '/' && len(rest) > 1 && (rest[1] == '/' || rest[1] == '*'):
			m.at += commentLength(rest)
		case c == '<':
			n := bytes.IndexByte(rest[:min(len(rest), 200)], '>')
			if n < 0 {
				return errAmbiguous
			}
			m.at += n + 1
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(rest)
			if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) {
				return nil
			}
			m.at += n
		default:
			return nil
		}
	}
	return nil
}

func commentLength(b []byte) int {
	end := "\n"
	if b[1] == '*' {
		end = "*/"
	}
	if n := bytes.Index(b[2:], []byte(end)); n >= 0 {
		return 2 + n + len(end)
	}
	return len(b)
}

// quoted reads a text, and what follows it: anything but what can follow a value or key means that
// the text had a quote.
func (m *mender) quoted(quote byte) (string, error) {
	var b strings.Builder
	for m.at++; m.at < len(m.text); m.at++ {
		switch c := m.text[m.at]; {
		case c == quote:
			m.at++
			return strings.ToValidUTF8(b.String(), "\ufffd"), m.follows()
		case c == '\\' && m.at+1 < len(m.text):
			m.at++
			m.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	return "", errCut
}

// follows checks what stands behind a text.
func (m *mender) follows() error {
	at := m.at
	defer func() { m.at = at }()
	if err := m.space(); err != nil {
		return err
	}
	if m.at == len(m.text) {
		return nil
	}
	switch c := m.text[m.at]; c {
	case ',', ':', '}', ']':
		return nil
	case '"', '\'': // a comma is missing, if a key follows
		end := bytes.IndexByte(m.text[m.at+1:min(len(m.text), m.at+80)], c)
		if end < 0 || !isKey(string(m.text[m.at+1:m.at+1+end])) {
			return errAmbiguous
		}
		m.at += end + 2
		if colon, err := m.colon(); err != nil || !colon {
			return errAmbiguous
		}
		return nil
	}
	return errAmbiguous
}

// escape reads what follows a backslash.
func (m *mender) escape(b *strings.Builder) {
	switch c := m.text[m.at]; c {
	case 'b', 'f':
		b.WriteByte(' ')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case '\n', '\r': // a line that goes on, as in JavaScript
	case 'x':
		if r, ok := m.hex(2); ok {
			b.WriteRune(r)
			return
		}
		b.WriteByte(c)
	case 'u':
		r, ok := m.hex(4)
		if !ok {
			b.WriteByte(c)
			return
		}
		if utf16.IsSurrogate(r) && bytes.HasPrefix(m.text[m.at+1:], []byte(`\u`)) {
			back := m.at
			m.at += 2
			if low, ok := m.hex(4); ok {
				r = utf16.DecodeRune(r, low)
			} else {
				m.at = back
			}
		}
		b.WriteRune(r)
	default:
		b.WriteByte(c)
	}
}

// hex reads n digits behind the letter at m.at, and moves to the last of them.
func (m *mender) hex(n int) (rune, bool) {
	if m.at+n >= len(m.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(m.text[m.at+1:m.at+1+n]), 16, 32)
	if err != nil {
		return 0, false
	}
	m.at += n
	return rune(v), true
}
