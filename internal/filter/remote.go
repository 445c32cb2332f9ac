package filter

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed data/remote.txt
var remoteFile string

var workplaces = sync.OnceValue(func() *vocabulary { return newVocabulary(remoteFile) })

// IsRemote reports whether an advert's words for where the work is done say that it is not bound to
// a place.
func IsRemote(s string) bool {
	if !slices.Contains(workplaces().meanings(s), "remote") {
		return false
	}
	folded := foldText(s)
	return !strings.Contains(folded, "no remote") && !strings.Contains(folded, "not remote")
}

// remoteWords are the words that stand beside a place: "Remote - Germany", "Oslo (Home Office)".
var remoteWords = regexp.MustCompile(`(?i)(?:\b(?:fully|full|100 ?%|partly)[\s-]+)?` +
	`(?:\b(?:remote(?:ly)?|telecommute|home[\s-]?office|work(?:ing)? from home|wfh|` +
	`t[ée]l[ée]travail|teletrabajo|teletrabalho|remot[oa]|zdaln(?:ie|a))\b|リモート|在宅|远程|遠程|재택)` +
	`(?:[\s-]+(?:only|work|working|position|job|first|in|within|from|across)\b)*(?:\s+the\b)?`)

// conjunctions are left at the ends of a place when another one is taken away.
var conjunctions = regexp.MustCompile(`(?i)^(?:or|and)\s+|\s+(?:or|and)$`)

// CutRemote takes the words for remote work out of a place, and reports whether there were any:
// "Germany" is left of "Remote - Germany", and nothing of "100% remote".
func CutRemote(place string) (rest string, remote bool) {
	if len(place) > maxPlace || !IsRemote(place) {
		return place, false
	}
	rest = remoteWords.ReplaceAllString(place, "\x00")
	if !strings.Contains(rest, "\x00") { // in other words
		return "", true
	}
	var parts []string
	between := func(r rune) bool { return strings.ContainsRune("()[]\x00", r) }
	for p := range strings.FieldsFuncSeq(rest, between) {
		if p = conjunctions.ReplaceAllString(strings.Trim(p, " \t,;/|-–—:·"), ""); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", "), true
}

// canBeRemote reports whether the advert says that the work is remote, or leaves it open.
func canBeRemote(j *Job) bool {
	if len(j.Applicants) > 0 || slices.ContainsFunc(j.Workplace, IsRemote) || IsRemote(j.Title) {
		return true
	}
	for _, w := range j.Workplace {
		if len(workplaces().meanings(w)) == 0 { // words that are not known
			return true
		}
	}
	bound := len(j.Workplace) > 0 // to a place
	for _, p := range j.Places {
		if IsRemote(p.Locality) || IsRemote(p.Text) {
			return true
		}
		bound = bound || slices.ContainsFunc(p.spots(), func(s spot) bool { return !s.unknown() })
	}
	return !bound || IsRemote(j.text())
}
