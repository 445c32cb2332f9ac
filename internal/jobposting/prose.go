package jobposting

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"github.com/agent-forge/forge/advert"
)

// Tags that only HTML has: those that stand open, and those of a pair, which count when they close. "<T>" in a text about
// Go is none of them.
var (
	rawTag     = regexp.MustCompile(`(?i)<(?:(?:p|br|li|ul|ol|hr)(?:\s[^<>]*)?/?|/(?:p|li|ul|ol|div|span|h[1-6]|b|strong|i|em|u|a|table|tr|td|font|section))>`)
	escapedTag = regexp.MustCompile(`(?i)&lt;(?:(?:p|br|li|ul|ol|hr)(?:\s[^<>]*?)?/?|/(?:p|li|ul|ol|div|span|h[1-6]|b|strong|i|em|u|a|table|tr|td|font|section))&gt;`)
	blockTag   = regexp.MustCompile(`(?i)<(?:p|br|li|div|h[1-6]|tr|section)\b`)
	entity     = regexp.MustCompile(`&(?:[A-Za-z]{2,8}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});`)
)

// plain turns a JSON-LD text into plain text. Sites write HTML, HTML that was escaped once more, or plain text, and do not
// say which; tags decide, and where both kinds stand the more frequent one.
func plain(s string) string {
	raw, escaped := countTags(rawTag, s), 0
	if strings.Contains(s, "&") {
		escaped = countTags(escapedTag, s)
	}
	switch {
	case escaped > raw:
		return plainHTML(html.UnescapeString(s))
	case raw > 0:
		return plainHTML(s)
	case entity.MatchString(s):
		return strings.TrimSpace(html.UnescapeString(s))
	default:
		return strings.TrimSpace(s)
	}
}

// plainHTML keeps line ends where a text has inline tags only: nothing else breaks its lines.
func plainHTML(s string) string {
	if strings.Contains(s, "\n") && !blockTag.MatchString(s) {
		s = strings.ReplaceAll(s, "\n", "<br>")
	}
	return advert.TextFromHTML(s)
}

const enoughTags = 1000 // to tell which kind is the more frequent

func countTags(re *regexp.Regexp, s string) int { return len(re.FindAllStringIndex(s, enoughTags)) }
