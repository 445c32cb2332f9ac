package replay

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// redact returns a page without what identifies a visitor or a recruiter. All other bytes stay as they were, because a page
// is kept to be parsed.
func redact(page []byte) []byte {
	if trimmed := bytes.TrimSpace(page); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return personalField.ReplaceAll(page, []byte(`$1""`))
	}
	return redactHTML(page)
}

// personalField is a field of JSON whose text names a person or a visitor. Boards put such JSON into pages, too.
var personalField = regexp.MustCompile(`(?i)("(?:contact(?:Person|Name|Email|Number|Mobile)?|recruiter(?:Name|Email|Phone|Details)?|` +
	`email(?:Id|Address)?|phone(?:Number)?|mobile(?:Number)?|telephone|csrfToken|loginCsrfParam|accessToken|sessionId|jsessionid)"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// personalClasses are elements that name a person; with all that is in them they are left out.
func personalClasses() []string {
	return []string{"message-the-recruiter", "hirer-card", "recruiter-info", "recruiter-details"}
}

// visitorAttributes hold an id that the board gave to whoever asked for the page.
func visitorAttributes() []string {
	return []string{"data-browser-id", "data-call-tree-id", "data-page-instance"}
}

// redactHTML copies the page token by token. It counts the depth of an element that is left out by its own name alone, which
// holds whatever is broken inside it.
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
				out.Write(page[done:]) // a tag that never ended
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
			raw = bytes.Clone(raw) // reading the attributes unescapes them in place
			tag := z.Token()
			if kind == html.StartTagToken && personal(tag) {
				hidden, depth = tag.Data, 1
				continue
			}
			out.Write(redactTag(raw, tag))
		case kind == html.TextToken && bytes.Contains(raw, []byte(`":`)): // JSON within a script
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
		if a.Key != "class" {
			continue
		}
		for _, class := range strings.Fields(a.Val) {
			for _, p := range personalClasses() {
				if class == p {
					return true
				}
			}
		}
	}
	return false
}

// redactTag empties the attributes that identify a visitor: a form's hidden token, and the ids of the request.
func redactTag(raw []byte, tag html.Token) []byte {
	name := ""
	for _, a := range tag.Attr {
		if a.Key == "name" || a.Key == "id" {
			name = a.Val
		}
	}
	for _, a := range tag.Attr {
		secret := a.Key == "value" && tag.Data == "input" && secretName(name) || a.Key == "content" && tag.Data == "meta" && secretName(name)
		for _, v := range visitorAttributes() {
			secret = secret || a.Key == v
		}
		if secret && a.Val != "" {
			// The value as the page spells it is not known any more; an attribute's pattern finds it in any spelling.
			attr := regexp.MustCompile(`(?i)(\s` + regexp.QuoteMeta(a.Key) + `\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)`)
			raw = attr.ReplaceAll(raw, []byte(`$1""`))
		}
	}
	return raw
}
