package advert

import (
	"strings"
)

// Sizes of a text that may be a teaser, in bytes. Boards cut their teasers at 150 to 500
// characters.
const (
	maxTeaserBytes    = 1200
	hardlyAnyText     = 240 // beside which any pointer makes a teaser
	enoughToJudge     = 60  // of requirements
	fewestTeaserWords = 3
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
	own, links := withoutLinks(text)
	names := foldWords(own, len(own))
	if len(names) < fewestTeaserWords && links > 0 || isCut(own, names) {
		return true
	}
	v := words()
	for i := range names {
		if end, found := v.elsewhere.longest(names, i); end > 0 && (found.open || len(text) <= hardlyAnyText) {
			return true
		}
		if len(text) <= hardlyAnyText && v.holdsPointer(names[i]) {
			return true
		}
	}
	return false
}

// withoutLinks leaves the addresses of pages out of a text, and counts them.
func withoutLinks(text string) (rest string, links int) {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") {
		return text, 0
	}
	var kept []string
	for field := range strings.FieldsSeq(text) {
		if strings.Contains(field, "://") || strings.HasPrefix(field, "www.") {
			links++
			continue
		}
		kept = append(kept, field)
	}
	return strings.Join(kept, " "), links
}

// isCut reports whether a text ends in the middle, or with the words on which a reader clicks for
// more.
func isCut(text string, names []string) bool {
	text = strings.TrimRight(text, " \n»>→›)]")
	if strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...") {
		return true
	}
	dots := strings.Contains(text, "…") || strings.Contains(text, "...")
	for i := max(0, len(names)-3); i < len(names); i++ {
		if end, found := words().more.longest(names, i); end == len(names) && (dots || found != nil && end-i > 1) {
			return true
		}
	}
	return false
}
