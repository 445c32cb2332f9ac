package jobposting

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// mend reads text that is almost JSON. It mends mistakes that leave one way to read the text: commas, braces and brackets
// that are missing or too many, empty values, comments, tags and strange spaces between values, keys without quotes, escapes
// that JavaScript has and JSON lacks, control characters. Everything else is an error, above all a quote within a text that
// was not escaped: what follows it could be text or structure. cut says that the text may lack its end.
//
// It is an own parser because the kept ones do too little or too much: tailscale/hujson knows comments and trailing commas
// only, and ports of jsonrepair guess at quotes and complete texts that were cut.
func mend(text []byte, cut bool) ([]any, error) {
	m := mender{text: text, cut: cut}
	err := m.run()
	return m.roots, err
}

var (
	errAmbiguous = errors.New("jobposting: JSON that can be read in several ways")
	errCut       = errors.New("jobposting: JSON breaks off")
)

// maxNesting is deeper than any page nests.
const maxNesting = 100

// A frame is an object or array that is open.
type frame struct {
	object object // nil: an array
	array  []any
	key    string // of the value that comes next
	keyed  bool   // there is such a key
}

type mender struct {
	text   []byte
	at     int
	cut    bool
	single bool // stop after one value; its end must not be missing

	stack []frame
	roots []any
	comma bool // nothing was read since a comma or an opening bracket
	plain bool // the last value was a text or number, which needs a comma after it
}

func (m *mender) run() error {
	m.comma = true
	for {
		if err := m.space(); err != nil {
			return err
		}
		if m.at == len(m.text) {
			return m.end()
		}
		if err := m.token(); err != nil {
			return err
		}
		if m.single && len(m.stack) == 0 && len(m.roots) > 0 {
			return nil
		}
	}
}

func (m *mender) token() error {
	switch c := m.text[m.at]; c {
	case '{', '[':
		m.at++
		return m.open(c == '{')
	case '}', ']':
		m.at++
		return m.close(c == '}')
	case ',':
		m.at++
		m.comma = true
		if f := m.top(); f != nil && f.keyed {
			return m.value(nil, false)
		}
		return nil
	case '"', '\'':
		s, err := m.quoted(c)
		if err != nil {
			return err
		}
		return m.word(s, true)
	default:
		return m.bare()
	}
}

func (m *mender) top() *frame {
	if len(m.stack) == 0 {
		return nil
	}
	return &m.stack[len(m.stack)-1]
}

func (m *mender) open(isObject bool) error {
	f := m.top()
	if f != nil && f.object != nil && !f.keyed {
		// A value where a key must stand: the brace before it is missing, if this is an object in a list.
		if !isObject || !m.inside(false) {
			return errAmbiguous
		}
		for m.top().object != nil {
			if err := m.pop(); err != nil {
				return err
			}
		}
	}
	if f == nil && !m.comma && m.plain || len(m.stack) == maxNesting {
		return errAmbiguous
	}
	next := frame{}
	if isObject {
		next.object = object{}
	}
	m.stack = append(m.stack, next)
	m.comma, m.plain = true, false
	return nil
}

// close ends the nearest object or array. What is open within it lacks its end; an end without a beginning is left out.
func (m *mender) close(isObject bool) error {
	if !m.inside(isObject) {
		return nil
	}
	for {
		last := (m.top().object != nil) == isObject
		if err := m.pop(); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// inside reports whether an object, or an array, is open.
func (m *mender) inside(isObject bool) bool {
	return slices.ContainsFunc(m.stack, func(f frame) bool { return (f.object != nil) == isObject })
}

func (m *mender) pop() error {
	f := m.top()
	if f.keyed {
		f.object[f.key], f.keyed = nil, false
	}
	var v any = f.object
	if f.object == nil {
		v = f.array
	}
	m.stack = m.stack[:len(m.stack)-1]
	return m.value(v, false)
}

// value adds a value to what is open.
func (m *mender) value(v any, plain bool) error {
	f := m.top()
	switch {
	case f == nil:
		m.roots = append(m.roots, v)
	case f.object == nil:
		f.array = append(f.array, v)
	case !f.keyed:
		return errAmbiguous
	default:
		if old, twice := f.object[f.key]; twice && old != nil && names(f.key) {
			return errAmbiguous // two jobs in one object
		}
		f.object[f.key], f.keyed = v, false
	}
	m.comma, m.plain = false, plain
	return nil
}

// names reports whether an object has one value of this key, so that two of them are two objects.
func names(key string) bool {
	switch canonicalKey(key) {
	case "@type", "title", "description", "url", "datePosted":
		return true
	}
	return false
}

// word takes a text, or an identifier without quotes, as a key or value.
func (m *mender) word(s string, quoted bool) error {
	colon, err := m.colon()
	if err != nil {
		return err
	}
	f := m.top()
	if colon {
		if (f == nil || f.object == nil) && !m.reopen() {
			return errAmbiguous
		}
		if f = m.top(); f.keyed || !m.comma && m.plain && !isKey(s) {
			return errAmbiguous
		}
		f.key, f.keyed = s, true
		m.comma = false
		return nil
	}
	if !quoted || f != nil && f.object != nil && !f.keyed || f != nil && f.object == nil && !m.comma {
		return errAmbiguous
	}
	return m.value(s, true)
}

// colon reports whether a colon follows, and moves behind it.
func (m *mender) colon() (bool, error) {
	if err := m.space(); err != nil {
		return false, err
	}
	if m.at < len(m.text) && m.text[m.at] == ':' {
		m.at++
		return true, nil
	}
	return false, nil
}

// isKey reports whether s looks like a key, and not like a text with a quote in it.
func isKey(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("@_-:/.#$", r)
	})
}

// reopen opens the object that was closed last: a key follows it, so its brace was too many.
func (m *mender) reopen() bool {
	from := &m.roots
	if f := m.top(); f != nil {
		from = &f.array
	}
	n := len(*from) - 1
	if n < 0 || m.single && m.top() == nil {
		return false
	}
	o, ok := (*from)[n].(object)
	if !ok {
		return false
	}
	*from = (*from)[:n]
	m.stack = append(m.stack, frame{object: o})
	return true
}

// bare reads what has no quotes: a number, a word for true, false or nothing, a key, or what stands before the JSON.
func (m *mender) bare() error {
	start := m.at
	for m.at < len(m.text) && strings.IndexByte("{}[],:\"'<\t\r\n ", m.text[m.at]) < 0 {
		m.at++
	}
	s := string(m.text[start:m.at])
	f := m.top()
	if f == nil { // "var job ="
		if s == "" {
			m.at++
		}
		return nil
	}
	if f.object != nil && !f.keyed {
		if !isKey(s) {
			return errAmbiguous
		}
		return m.word(s, false)
	}
	if f.object == nil && !m.comma {
		return errAmbiguous
	}
	switch s {
	case "true", "True", "TRUE":
		return m.value(true, true)
	case "false", "False", "FALSE":
		return m.value(false, true)
	case "null", "Null", "NULL", "None", "nil", "undefined", "NaN", "Infinity", "-Infinity":
		return m.value(nil, true)
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil || !json.Valid([]byte(s)) {
		return errAmbiguous
	}
	// In an object, "45,000" is one number: a key cannot begin with a digit.
	if group := m.text[m.at:]; f.object != nil && len(group) > 1 && group[0] == ',' && group[1] >= '0' && group[1] <= '9' {
		n := 1
		for n < len(group) && strings.IndexByte("0123456789.,", group[n]) >= 0 {
			n++
		}
		whole := strings.TrimRight(s+string(group[:n]), ",")
		m.at += len(whole) - len(s)
		return m.value(whole, true)
	}
	return m.value(json.Number(s), true)
}

// end closes what is still open, if nothing of it can be missing but braces and brackets.
func (m *mender) end() error {
	if len(m.stack) == 0 {
		return nil
	}
	if m.cut || m.single || m.top().keyed {
		return errCut
	}
	for _, f := range m.stack {
		if swallowed(f.object) {
			return errAmbiguous
		}
	}
	for len(m.stack) > 0 {
		if err := m.pop(); err != nil {
			return err
		}
	}
	return nil
}

// swallowed reports whether an object within o holds members of a posting: its brace is the missing one.
func swallowed(o object) bool {
	for _, v := range o {
		within, ok := v.(object)
		if !ok || hasType(within, "JobPosting") {
			continue
		}
		for _, k := range []string{"datePosted", "employmentType", "hiringOrganization", "jobLocation", "baseSalary", "responsibilities", "qualifications"} {
			if _, ok := within[k]; ok {
				return true
			}
		}
		if swallowed(within) {
			return true
		}
	}
	return false
}

// space moves behind what stands between values: white space of every kind, invisible characters, comments and tags.
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

// quoted reads a text, and what follows it: anything but what can follow a value or key means that the text had a quote.
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
