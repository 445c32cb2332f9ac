package jsonld

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
)

// A filter is a query made ready to compare.
type filter struct {
	keywords []string
	place    string
	after    time.Time // zero: any age
	q        lead.Query
}

func newFilter(q lead.Query, now time.Time) filter {
	place, _, _ := strings.Cut(q.Location, ",")
	f := filter{keywords: strings.Fields(strings.ToLower(q.Keywords)), place: strings.ToLower(strings.TrimSpace(place)), q: q}
	if q.PostedWithin > 0 {
		f.after = now.Add(-q.PostedWithin)
	}
	return f
}

func (f filter) wants(p jobposting.Posting) bool {
	switch {
	case f.q.Remote && !p.Remote:
		return false
	case f.q.EasyApply && (p.DirectApply == nil || !*p.DirectApply):
		return false
	case !f.after.IsZero() && !p.PostedAt.IsZero() && p.PostedAt.Before(f.after):
		return false
	case len(f.q.JobTypes) > 0 && len(p.EmploymentTypes) > 0 &&
		!slices.ContainsFunc(p.EmploymentTypes, func(t string) bool { return slices.Contains(f.q.JobTypes, t) }):
		return false
	}
	if f.place != "" && p.Location != "" && p.Location != "Remote" && !hasWord(strings.ToLower(p.Location), f.place) {
		return false
	}
	if len(f.keywords) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{p.Title, p.Company, strings.Join(p.Skills, "\n"), p.Description, p.Qualifications}, "\n"))
	return !slices.ContainsFunc(f.keywords, func(w string) bool { return !hasWord(text, w) })
}

// hasWord reports whether word stands in text with no letter or digit beside it, so that "go" is not found in "good" and
// "c++" is found.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !joins(before, word[0]) && !joins(after, word[len(word)-1]) {
			return true
		}
		at = end
	}
}

// joins reports whether r makes one word with what it stands beside: only letters and digits do, and not in scripts that
// write without spaces.
func joins(r rune, beside byte) bool {
	edge := rune(beside)
	if beside < utf8.RuneSelf && !unicode.IsLetter(edge) && !unicode.IsDigit(edge) {
		return false
	}
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
