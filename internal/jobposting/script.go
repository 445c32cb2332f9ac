package jobposting

import (
	"bytes"
	"mime"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A sheet is what the tags of a page say that matters here.
type sheet struct {
	scripts  []script
	baseHref string   // that links are relative to
	links    []string // as written; only if asked for
	next     []string // likewise; of the pages after this one
}

// More than a page for people holds.
const (
	maxLinks = 10_000
	maxNext  = 10
)

// scan reads a page as a stream of tags. A page that is JSON is one script.
func scan(page []byte, links bool) (s sheet) {
	text := bytes.TrimSpace(bytes.TrimPrefix(page, []byte("\ufeff")))
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return sheet{scripts: []script{{text: text, cut: true}}}
	}
	z := html.NewTokenizer(bytes.NewReader(page))
	inside := false
	for rest := page; ; {
		kind := z.Next()
		raw := rest[:len(z.Raw())] // the tokenizer's own bytes change with the next token
		rest = rest[len(raw):]
		switch kind {
		case html.ErrorToken:
			return s
		case html.TextToken:
			if inside {
				s.scripts = append(s.scripts, script{text: raw, cut: true})
			}
		case html.EndTagToken:
			if inside && len(s.scripts) > 0 {
				s.scripts[len(s.scripts)-1].cut = false
			}
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
	case atom.A, atom.Link:
		if !links || len(s.links) == maxLinks {
			break
		}
		a := attributes(z, hasAttr)
		next := strings.EqualFold(strings.TrimSpace(a["rel"]), "next")
		if next && len(s.next) < maxNext {
			s.next = append(s.next, a["href"])
		}
		if a["href"] != "" && (next || name == atom.A) {
			s.links = append(s.links, a["href"])
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
