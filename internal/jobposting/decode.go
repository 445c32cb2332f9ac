package jobposting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// A script is the text of a JSON-LD script.
type script struct {
	text []byte
	cut  bool // the page ended before the script did
}

// decode reads the JSON values of a script, as they stand, or mended where there is one way to mend
// them. If it returns an error, some of the script is not readable; the values that are stay.
func (s script) decode() ([]any, error) {
	text := unwrap(s.text)
	values, err := decodeStrictly(text)
	if err == nil && !twice(text, values) {
		return inner(values), nil
	}
	if values, err = mend(text, s.cut); err == nil {
		return inner(values), nil
	}
	return salvage(text), err
}

// twice reports whether good JSON can be two postings in one object, whose braces are missing: of
// two members with one name, a decoder keeps the last.
func twice(text []byte, values []any) bool {
	n := bytes.Count(text, []byte(`"JobPosting"`))
	return n > 1 && n > countPostings(values)
}

func countPostings(v any) (n int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += countPostings(e)
		}
	case object:
		if hasType(v, "JobPosting") {
			n++
		}
		for _, e := range v {
			n += countPostings(e)
		}
	}
	return n
}

func decodeStrictly(text []byte) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // an identifier of 19 digits is not a float
	var values []any
	for {
		var v any
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return values, fmt.Errorf("jobposting: %w", err)
		}
		values = append(values, v)
	}
}

// inner replaces texts that are JSON themselves: some templates encode twice.
func inner(values []any) []any {
	for i, v := range values {
		if s, ok := v.(string); ok && strings.ContainsAny(s, "{[") {
			if within, err := decodeStrictly([]byte(s)); err == nil && len(within) == 1 {
				values[i] = within[0]
			}
		}
	}
	return values
}

// countValues returns about how many JSON values a script has.
func countValues(script []byte) (n int) {
	inString := false
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == '{' || c == '['):
			n++
		}
	}
	return n
}

// What hides a script from old browsers and XML parsers.
var (
	wrapStarts = []string{
		"\ufeff", "<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[",
	}
	wrapEnds = []string{"-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "//", ";"}
)

// unwrap takes away what stands around the JSON, and undoes an escape of the whole.
func unwrap(b []byte) []byte {
	for before := -1; len(b) != before; {
		before = len(b)
		b = bytes.TrimSpace(b)
		for _, s := range wrapStarts {
			b = bytes.TrimPrefix(b, []byte(s))
		}
		for _, s := range wrapEnds {
			b = bytes.TrimSuffix(b, []byte(s))
		}
	}
	// A template that escapes everything escapes the quote of the first key, too.
	for range 3 {
		first := bytes.TrimLeft(b, "{[ \t\r\n")
		escaped := bytes.HasPrefix(first, []byte("&")) && !bytes.HasPrefix(first, []byte("&nbsp;"))
		if len(first) == len(b) || !escaped {
			break
		}
		b = []byte(html.UnescapeString(string(b)))
	}
	if first := bytes.TrimLeft(b, "{[ \t\r\n"); len(first) < len(b) && bytes.HasPrefix(first, []byte(`\"`)) {
		var s string
		if err := json.Unmarshal(fmt.Appendf(nil, `"%s"`, b), &s); err == nil {
			return []byte(s)
		}
	}
	return b
}

// objectStart is how an object of JSON-LD begins.
var objectStart = regexp.MustCompile(`(?i)\{\s*["']?@?(?:type|context|id)["']?\s*:`)

// What salvage does at most, so that a page cannot make it slow.
const (
	maxFailures  = 100
	maxRereading = 4 // times the length of the script
)

// salvage reads the objects of a script that is not readable as a whole: an advert with a mistake
// in its text must not cost the adverts beside it.
func salvage(text []byte) (values []any) {
	budget, failures := maxRereading*len(text), 0
	for at := 0; failures < maxFailures && budget > 0; {
		next := objectStart.FindIndex(text[at:])
		if next == nil {
			break
		}
		at += next[0]
		m := mender{text: text[at:], single: true}
		if err := m.run(); err != nil {
			failures++
			budget -= m.at
			at++
			continue
		}
		values = append(values, m.roots...)
		at += m.at
	}
	return values
}
