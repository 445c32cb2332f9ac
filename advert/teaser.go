package advert

import (
	"slices"
	"strings"
)

// Sizes of a text that may be a teaser, in bytes. Boards cut their teasers at 150 to 500
// characters.
const (
	maxTeaserBytes = 1200
	hardlyAnyText  = 240 // beside which any pointer makes a teaser
	enoughToJudge  = 60  // of requirements
	fewestWords    = 3
)

// IsTeaser reports whether the text of a posting only points at its description: it is short, and
// it is cut ("… read more"), is nothing but a link, or refers to a description elsewhere ("Für mehr
// Infos hier klicken"). A text that states requirements is none. A teaser says too little to reject
// a job on: see [enrich.AttrTeaser].
//
// [enrich.AttrTeaser]: https://pkg.go.dev/github.com/agent-forge/forge/enrich#AttrTeaser
func IsTeaser(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxTeaserBytes || len(RequirementsOf(text)) > enoughToJudge {
		return false
	}
	own := withoutLinks(text)
	n := countWords(own, len(own))
	if n == 0 || n < fewestWords && len(own) < len(text) || isCut(own, n) {
		return true
	}
	short := len(text) <= hardlyAnyText
	for _, found := range words().elsewhere.in(own) {
		if found.open || short {
			return true
		}
	}
	points := func(phrase string) bool { return strings.Contains(own, phrase) }
	return short && slices.ContainsFunc(words().pointers, points)
}

// withoutLinks leaves the addresses of pages out of a text.
func withoutLinks(text string) string {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") {
		return text
	}
	var kept []string
	for field := range strings.FieldsSeq(text) {
		if !strings.Contains(field, "://") && !strings.HasPrefix(field, "www.") {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, " ")
}

// isCut reports whether a text of n words ends in the middle, or with the words on which a reader
// clicks for more.
func isCut(text string, n int) bool {
	text = strings.TrimRight(text, " \n»>→›)]")
	if strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...") {
		return true
	}
	dots := strings.Contains(text, "…") || strings.Contains(text, "...")
	for at := range words().more.in(text) {
		if at.end == n && (dots || at.end-at.start > 1) {
			return true
		}
	}
	return false
}
