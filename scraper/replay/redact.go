package replay

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// redact returns a page without what identifies a visitor or a recruiter. All other bytes stay,
// because a page is kept to be parsed.
func redact(page []byte) []byte {
	if trimmed := bytes.TrimSpace(page); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return personalField.ReplaceAll(page, []byte(`$1""`))
	}
	return redactHTML(page)
}

// personalField matches a field of JSON whose text names a person or a visitor. Pages hold such
// JSON too.
var personalField = regexp.MustCompile(`(?i)("(?:contact(?:Person|Name|Email|Number|Mobile)?|` +
	`recruiter(?:Name|Email|Phone|Details)?|email(?:Id|Address)?|phone(?:Number)?|` +
	`mobile(?:Number)?|telephone|` +
	`csrfToken|loginCsrfParam|accessToken|sessionId|jsessionid)"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// personalClasses are those of elements that name a person. They are left out with everything in
// them.
var personalClasses = []string{"message-the-recruiter", "hirer-card", "recruiter-info", "recruiter-details"}

// A secretAttribute is emptied in the tags that holds describes.
type secretAttribute struct {
	key   string
	holds func(tag, name string) bool // by the tag's name, and its attribute name or id
	spelt *regexp.Regexp              // the attribute as a page can spell it
}

var secretAttributes = []secretAttribute{
	// The hidden token of a form.
	{"value", func(tag, name string) bool { return tag == "input" && secretName(name) }, spelling("value")},
	{
		"content", func(tag, name string) bool { return tag == "meta" && secretName(name) },
		spelling("content"),
	},
	// Ids that the board gave to the visitor or the request.
	{"data-browser-id", always, spelling("data-browser-id")},
	{"data-call-tree-id", always, spelling("data-call-tree-id")},
	{"data-page-instance", always, spelling("data-page-instance")},
}

func always(string, string) bool { return true }

func spelling(key string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(\s` + regexp.QuoteMeta(key) + `\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)`)
}

// redactHTML copies the page token by token. The end of an element that is left out is found by
// counting tags of its own name only, which works whatever is broken inside it.
func redactHTML(page []byte) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	done := 0 // bytes of the page that were copied or left out
	var hidden string
	depth := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if depth == 0 {
				out.Write(page[done:]) // a tag without an end
			}
			return out.Bytes()
		}
		raw := z.Raw()
		done += len(raw)
		switch {
		case depth > 0:
			name, _ := z.TagName()
			if string(name) == hidden {
				depth += depthChange(kind)
			}
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			raw = bytes.Clone(raw) // Token unescapes the attributes in place
			tag := z.Token()
			if kind == html.StartTagToken && personal(tag) {
				hidden, depth = tag.Data, 1
				continue
			}
			out.Write(redactTag(raw, tag))
		case kind == html.TextToken && bytes.Contains(raw, []byte(`":`)): // JSON in a script
			out.Write(personalField.ReplaceAll(raw, []byte(`$1""`)))
		default:
			out.Write(raw)
		}
	}
}

func depthChange(kind html.TokenType) int {
	switch kind {
	case html.StartTagToken:
		return 1
	case html.EndTagToken:
		return -1
	default:
		return 0
	}
}

func personal(tag html.Token) bool {
	for _, a := range tag.Attr {
		if a.Key == "class" && slices.ContainsFunc(strings.Fields(a.Val), isPersonalClass) {
			return true
		}
	}
	return false
}

func isPersonalClass(class string) bool { return slices.Contains(personalClasses, class) }

// redactTag empties the attributes that identify a visitor.
func redactTag(raw []byte, tag html.Token) []byte {
	name := ""
	for _, a := range tag.Attr {
		if a.Key == "name" || a.Key == "id" {
			name = a.Val
		}
	}
	for _, a := range tag.Attr {
		for _, s := range secretAttributes {
			if a.Key == s.key && a.Val != "" && s.holds(tag.Data, name) {
				raw = s.spelt.ReplaceAll(raw, []byte(`$1""`))
			}
		}
	}
	return raw
}
