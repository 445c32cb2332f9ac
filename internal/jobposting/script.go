package jobposting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A sheet is what the tags of a page say that matters here.
type sheet struct {
	scripts  [][]byte // JSON-LD texts
	baseHref string   // that links are relative to
	links    []string // as written; only if asked for
}

// maxLinks is more than a page for people holds.
const maxLinks = 10_000

// scan reads a page as a stream of tags. A page that is JSON is one script.
func scan(page []byte, links bool) (s sheet) {
	if trimmed := bytes.TrimSpace(bytes.TrimPrefix(page, []byte("\ufeff"))); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return sheet{scripts: [][]byte{trimmed}}
	}
	z := html.NewTokenizer(bytes.NewReader(page))
	inside := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return s
		case html.TextToken:
			if inside {
				s.scripts = append(s.scripts, bytes.Clone(z.Raw()))
			}
		case html.EndTagToken:
			inside = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			inside = s.tag(z, atom.Lookup(name), hasAttr, links)
		}
	}
}

// tag notes a start tag, and reports whether JSON-LD follows it.
func (s *sheet) tag(z *html.Tokenizer, name atom.Atom, hasAttr, links bool) bool {
	switch name {
	case atom.Script:
		return isJSONLD(attributes(z, hasAttr)["type"])
	case atom.Base:
		if s.baseHref == "" {
			s.baseHref = attributes(z, hasAttr)["href"]
		}
	case atom.Link:
		if !links {
			break
		}
		if a := attributes(z, hasAttr); strings.EqualFold(strings.TrimSpace(a["rel"]), "next") {
			s.links = append(s.links, a["href"])
		}
	case atom.A:
		if links && len(s.links) < maxLinks {
			if href := attributes(z, hasAttr)["href"]; href != "" {
				s.links = append(s.links, href)
			}
		}
	}
	return false
}

func attributes(z *html.Tokenizer, more bool) map[string]string {
	attrs := map[string]string{}
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		attrs[string(k)] = string(v)
	}
	return attrs
}

func isJSONLD(mediaType string) bool {
	t, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		t, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	}
	return strings.TrimSpace(t) == "application/ld+json"
}

// decode reads the JSON values of a script, as they stand or after repair. Values before a fault count.
func decode(script []byte) ([]any, error) {
	script = unwrap(script)
	values, err := decodeAll(script)
	if err == nil {
		return values, nil
	}
	repaired, err := decodeAll(repair(script))
	if len(repaired) >= len(values) {
		values = repaired
	}
	return values, err
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

func decodeAll(text []byte) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // an identifier of 19 digits is no float
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

// unwrap takes away what hides a script from old browsers and XML parsers, and a statement's end.
func unwrap(b []byte) []byte {
	for {
		before := len(b)
		b = bytes.TrimSpace(b)
		for _, p := range []string{"\ufeff", "<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA["} {
			b = bytes.TrimPrefix(b, []byte(p))
		}
		for _, s := range []string{"-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "//", ";"} {
			b = bytes.TrimSuffix(b, []byte(s))
		}
		if len(b) == before {
			break
		}
	}
	// A template that escapes everything escapes the script's quotes too.
	if !bytes.ContainsRune(b, '"') && bytes.Contains(b, []byte("&quot;")) {
		return []byte(html.UnescapeString(string(b)))
	}
	return b
}

// repair returns the text without the mistakes that can be mended safely: control characters and unknown escapes in
// strings, commas before a closing bracket, and comments. A quote that was not escaped cannot be mended.
func repair(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/16)
	inString := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case inString && c == '\\' && i+1 < len(b):
			i++
			switch {
			case bytes.IndexByte([]byte(`"\/bfnrtu`), b[i]) >= 0:
				out = append(out, c, b[i])
			case b[i] < ' ':
				out = append(out, ' ') // a line continued as in JavaScript
			default:
				out = append(out, b[i])
			}
		case inString && c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		case c == '"':
			inString = !inString
			out = append(out, c)
		case inString:
			out = append(out, c)
		case c == '/' && i+1 < len(b) && (b[i+1] == '*' || b[i+1] == '/'):
			i = commentEnd(b, i)
		case c == ']' || c == '}':
			out = append(withoutTrailingComma(out), c)
		default:
			out = append(out, c)
		}
	}
	return out
}

// commentEnd returns the index of the last byte of the comment at i.
func commentEnd(b []byte, i int) int {
	end := "\n"
	if b[i+1] == '*' {
		end = "*/"
	}
	if j := bytes.Index(b[i+2:], []byte(end)); j >= 0 {
		return i + 2 + j + len(end) - 1
	}
	return len(b)
}

func withoutTrailingComma(out []byte) []byte {
	trimmed := bytes.TrimRight(out, " \t\r\n")
	if bytes.HasSuffix(trimmed, []byte(",")) {
		return trimmed[:len(trimmed)-1]
	}
	return out
}

func sortedKeys(o object) []string { return slices.Sorted(maps.Keys(o)) }
