package jobposting

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mend reads text that is almost JSON. It mends mistakes that leave one way to read the text:
// commas, braces and brackets that are missing or too many, empty values, comments, tags and
// strange spaces between values, keys without quotes, escapes that JavaScript has and JSON lacks,
// control characters. Everything else is an error, above all a quote within a text that was not
// escaped: what follows it could be text or structure. cut says that the text may lack its end.
//
// It is an own parser because the kept ones do too little or too much: tailscale/hujson knows
// comments and trailing commas only, and ports of jsonrepair guess at quotes and complete texts
// that were cut.
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
		// A value where a key must stand: the brace before it is missing, if this is an object in a
		// list.
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

// close ends the nearest object or array. What is open within it lacks its end; an end without a
// beginning is left out.
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

// bare reads what has no quotes: a number, a word for true, false or nothing, a key, or what stands
// before the JSON.
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
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return errAmbiguous
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil || !json.Valid([]byte(s)) {
		return m.unquoted(start)
	}
	// In an object, "45,000" is one number: a key cannot begin with a digit.
	group := m.text[m.at:]
	if f.object != nil && len(group) > 1 && group[0] == ',' && group[1] >= '0' && group[1] <= '9' {
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

// unquoted reads a date, or a number that JSON does not allow, as a text.
func (m *mender) unquoted(start int) error {
	for m.at = start; m.at < len(m.text); m.at++ {
		if c := rune(m.text[m.at]); !unicode.IsDigit(c) && !strings.ContainsRune("-+:./TZ", c) {
			break
		}
	}
	s := string(m.text[start:m.at])
	if err := m.follows(); err != nil || strings.HasSuffix(s, ":") {
		return errAmbiguous
	}
	return m.value(s, true)
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

// ofPostings are members that no type has but JobPosting.
var ofPostings = []string{
	"datePosted", "employmentType", "hiringOrganization", "jobLocation", "baseSalary", "responsibilities",
	"qualifications",
}

// swallowed reports whether an object within o holds members of a posting: its brace is the missing
// one.
func swallowed(o object) bool {
	for _, v := range o {
		within, ok := v.(object)
		if !ok || hasType(within, "JobPosting") {
			continue
		}
		for _, k := range ofPostings {
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
