package filter

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/agent-forge/forge/internal/fold"
	"github.com/agent-forge/forge/lead"
)

// permanent is a type of the list that lead.Query does not have: it tells a job from a temporary
// one and says nothing of its hours.
const permanent = "permanent"

// A vocabulary is a list of words and phrases, each with what it means.
type vocabulary struct {
	whole  map[string][]string // phrases of whole words
	prefix map[string][]string // single words that can have any ending
	parts  map[string][]string // of scripts that have no spaces
	length int                 // words of the longest phrase
}

//go:embed data/jobtypes.txt
var jobTypesFile string

var jobTypes = sync.OnceValue(func() *vocabulary { return newVocabulary(jobTypesFile) })

// newVocabulary reads lines of a meaning, a tab, and phrases with bars between them.
func newVocabulary(file string) *vocabulary {
	v := &vocabulary{
		whole: map[string][]string{}, prefix: map[string][]string{}, parts: map[string][]string{},
	}
	for line := range strings.Lines(file) {
		meaning, phrases, _ := strings.Cut(strings.TrimSpace(line), "\t")
		for p := range strings.SplitSeq(phrases, "|") {
			stem, anyEnding := strings.CutSuffix(fold.Text(p), "*")
			to := v.whole
			switch {
			case strings.ContainsFunc(stem, unspaced) && !strings.Contains(stem, " "):
				to = v.parts
			case anyEnding:
				to = v.prefix
			}
			to[stem] = append(to[stem], meaning)
			v.length = max(v.length, strings.Count(stem, " ")+1)
		}
	}
	return v
}

// maxStem is the length of the longest stem, in bytes.
const maxStem = 40

// meanings returns what the words of s mean, each meaning once.
func (v *vocabulary) meanings(s string) (found []string) {
	add := func(meanings []string) {
		for _, m := range meanings {
			if !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	words := strings.FieldsFunc(foldText(splitCamel(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	for i := range words {
		for n := min(v.length, len(words)-i); n > 1; n-- {
			add(v.whole[strings.Join(words[i:i+n], " ")])
		}
		add(v.whole[words[i]])
		for end := 1; end <= min(len(words[i]), maxStem); end++ {
			add(v.prefix[words[i][:end]])
		}
		if strings.ContainsFunc(words[i], unspaced) {
			for part, meanings := range v.parts {
				if strings.Contains(words[i], part) {
					add(meanings)
				}
			}
		}
	}
	return found
}

// splitCamel writes "FullTimeRegular" as words.
func splitCamel(s string) string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		if lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return b.String()
}

// JobTypes returns the values of lead.Query.JobTypes that an advert's words for an employment type
// name, in the order of the words. It returns none for "permanent", which names no hours, and for
// words that it does not know.
func JobTypes(s string) []string {
	return slices.DeleteFunc(jobTypes().meanings(s), func(t string) bool { return t == permanent })
}

// statements splits what an advert says of its type. Each is understood, or not, by itself.
func statements(types []string) (out []string) {
	for _, t := range types {
		between := func(r rune) bool { return strings.ContainsRune(",;|/\n、・", r) }
		for s := range strings.FieldsFuncSeq(t, between) {
			// A number without a word that is known counts hours.
			if strings.ContainsFunc(s, unicode.IsLetter) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (f *Filter) wantsType(j *Job) bool {
	if len(f.query.JobTypes) == 0 {
		return true
	}
	return f.remember(
		"types\x00"+strings.Join(j.Types, "\x00"), func() bool { return f.namesType(j.Types) },
	) ||
		overlap(jobTypes().meanings(j.Title), f.query.JobTypes)
}

// namesType reports whether an advert's words for its type can mean one that the query asks for.
func (f *Filter) namesType(types []string) bool {
	var says []string
	for _, t := range types { // as a whole: "full/part-time"
		says = append(says, jobTypes().meanings(t)...)
	}
	understood := len(types) > 0
	for _, s := range statements(types) {
		if len(jobTypes().meanings(s)) == 0 && !strings.ContainsFunc(s, unicode.IsDigit) {
			understood = false
		}
	}
	if !understood || len(says) == 0 {
		return true
	}
	hours := slices.Contains(says, lead.FullTime) || slices.Contains(says, lead.PartTime)
	return slices.ContainsFunc(f.query.JobTypes, func(t string) bool {
		return slices.Contains(says, t) || !hours && (t == lead.FullTime || t == lead.PartTime)
	})
}
