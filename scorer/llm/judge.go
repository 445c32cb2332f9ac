package llm

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// criteria, and their weights in points of the score: a rating of r out of 5 earns r/5 of the
// weight.
var criteria = [...]struct {
	name   string
	weight int
	weak   bool // weak terms can back it
}{
	{"skills", 40, false},
	{"experience", 20, false},
	{"domain", 20, false},
	{"location", 10, true},
	{"other", 10, true},
}

// weak are terms that are true of many: they back the criteria location and other only.
var weak = sync.OnceValue(func() map[string]bool {
	return words.Terms(`english german french spanish portuguese italian dutch polish turkish russian
		arabic chinese mandarin japanese korean hindi swedish danish norwegian finnish czech greek hebrew
		ukrainian romanian hungarian deutsch englisch französisch anglais français allemand español inglés
		português inglês italiano inglese engels angielski engleză language sprache langue fluent fluently
		native bilingual remote remotely hybrid onsite permanent fulltime parttime freelance temporary visa
		citizen permit relocation international national regional europe european germany france spain
		italy portugal netherlands poland turkey austria switzerland kingdom united states ireland country`)
})

// A verdict is a reply on its way to an assessment.
type verdict struct {
	reply
	counted [len(criteria)]int // the ratings that the lines back
	claimed int                // the score that the ratings make
	backed  int                // the score that the counted ratings make
	shared  int                // telling terms that the two whole texts share
	missing []string           // skills
	near    bool               // the two texts have so much in common that a low rating needs reasons
	reasons bool               // it names something that the résumé lacks, or lines that back its ratings
	lacking bool               // it names enough that the résumé lacks for a low rating
}

// judge turns a reply into an assessment: Go checks what the model points at, and does the sum.
func (b *bound) judge(content string, shown shownPosting) (a enrich.Assessment, unbacked int, err error) {
	rep, err := parseReply(content)
	if err != nil {
		return enrich.Assessment{}, 0, err
	}
	v := b.check(rep, shown)
	for i, r := range v.ratings() {
		if *r.Rating > 0 && v.counted[i] == 0 {
			unbacked++
		}
	}
	gate := b.opts.Gate.Threshold()
	doubtful := v.claimed >= gate && v.backed < gate
	if err := b.refuse(v, shown, doubtful); err != nil {
		return enrich.Assessment{}, unbacked, err
	}
	a = enrich.Assessment{
		Score: v.claimed, MissingSkills: v.missing, By: b.opts.Name + "/" + promptVersion,
		SkillGapRecommendations: recommendations(rep.Recommendations, shown),
	}
	note := ""
	switch {
	case doubtful:
		a.Unverified, a.Score = true, gate
		note = fmt.Sprintf("Not verified: the model rates this %d of 100, and the lines that it points at "+
			"back %d. ", v.claimed, v.backed)
	case v.claimed >= gate:
		a.Score = v.backed
	case v.unfounded():
		a.Unverified, a.Score = true, gate
		note = fmt.Sprintf("Not verified: the model rates this %d of 100, and names too little that the "+
			"résumé lacks. ", v.claimed)
	}
	a.Reasoning = note + v.reasoning(shown.flagged)
	// What was left out or repaired before the model read it is still the posting's text, and the
	// résumé must not travel.
	a = a.WithoutQuotes(enrich.Data{Description: shown.text, Requirements: shown.body})
	a = a.WithoutQuotes(enrich.Data{Description: b.resume.text}).Clean()
	if err := a.Validate(); err != nil {
		return enrich.Assessment{}, unbacked,
			badReply("no valid assessment comes of the reply: %v: %s", err, advice)
	}
	return a, unbacked, nil
}

const (
	// fewTerms are too few shared terms for a fit: each is worth at most pointsPerTerm.
	fewTerms      = 3
	pointsPerTerm = 10
	// manyShare of the shorter text's terms are too many for a reply that sees nothing in common.
	manyShare = 0.1
	// praise is the lowest rating of a reply that praises everything.
	praise = 4
)

// sameLanguage reports whether the words of the two texts can be compared.
func sameLanguage(r resume, shown shownPosting) bool {
	return shown.language == r.language && shown.language != words.Unknown
}

// check finds out what of a reply the texts back.
func (b *bound) check(rep reply, shown shownPosting) verdict {
	v := verdict{reply: rep, missing: missingSkills(rep.MissingSkills, b.resume, shown)}
	var backing [len(criteria)][]string
	lacks := make(map[string]bool) // the posting's lines that it points at → the résumé lacks what they ask
	for i, r := range rep.ratings() {
		asked, answered := shown.telling(r.Posting), b.resume.telling(r.Resume)
		candidates := shown.strong(asked)
		if criteria[i].weak {
			candidates = slices.Sorted(maps.Keys(asked))
		}
		if *r.Rating > 0 {
			backing[i] = common(candidates, answered)
		}
		met := len(common(shown.strong(asked), answered)) > 0
		for _, label := range r.Posting {
			if line := shown.line(label); line != "" && !shown.aside[line] {
				lacks[line] = !met && b.lacks(line, answered, shown)
			}
		}
	}
	telling := shown.strong(shown.numbered.terms)
	v.shared = len(common(telling, b.resume.terms))
	v.near = b.near(shown, v.shared)
	lines := 0
	for _, lack := range lacks {
		if lack {
			lines++
		}
	}
	v.lacking = len(v.missing) > 1 || lines > len(lacks)-lines || lines > 0 && len(v.missing) > 0
	v.reasons = lines > 0 || len(v.missing) > 0
	if !v.near {
		v.lacking = v.reasons
	}
	for i, ok := range support(backing[:]) {
		rating := *rep.ratings()[i].Rating
		v.claimed += criteria[i].weight * rating
		if ok {
			v.counted[i] = rating
			v.reasons = v.reasons || rating > 0
			v.backed += criteria[i].weight * rating
		}
	}
	v.claimed, v.backed = v.claimed/maxRating, v.backed/maxRating
	if v.shared < fewTerms {
		v.backed = min(v.backed, pointsPerTerm*v.shared)
	}
	return v
}

// unfounded reports whether a low rating lacks a reason although the texts have much in common.
func (v verdict) unfounded() bool { return v.near && !v.lacking }

// near reports whether the two texts have so much in common that a low rating needs reasons: telling
// words, or the field of work. Texts in two languages do, unless they are of two fields.
func (b *bound) near(shown shownPosting, shared int) bool {
	one, other := shown.fields, b.resume.fields
	switch {
	case one&other != 0:
		return true
	case !sameLanguage(b.resume, shown) && (one == 0 || other == 0):
		return true
	}
	return float64(shared) >= manyShare*float64(min(len(shown.numbered.terms), len(b.resume.terms)))
}

// lacks reports whether the résumé lacks what a line of the posting asks for, to which the model
// found this answer. Where the languages differ, a line of which the résumé is not known to show
// anything is lacking if the model found no answer.
func (b *bound) lacks(line string, answered map[string]bool, shown shownPosting) bool {
	asks := shown.strong(words.Terms(line))
	shows := len(common(asks, b.resume.terms))
	if !sameLanguage(b.resume, shown) {
		return shows == 0 && len(asks) > 0 && len(answered) == 0
	}
	return 2*shows < len(asks)
}

// strong returns the terms that tell about the trade, in order.
func (p posting) strong(terms map[string]bool) []string {
	var list []string
	for t, strong := range terms {
		if strong && !weak()[t] && !hasTerm(p.place, t) {
			list = append(list, t)
		}
	}
	slices.Sort(list)
	return list
}

func common(list []string, terms map[string]bool) []string {
	return slices.DeleteFunc(list, func(t string) bool { return !hasTerm(terms, t) })
}

func hasTerm(terms map[string]bool, t string) bool { _, ok := terms[t]; return ok }

// refuse says why a reply is no assessment although it has the form of one.
func (b *bound) refuse(v verdict, shown shownPosting, doubtful bool) error {
	least := maxRating
	for _, r := range v.ratings() {
		least = min(least, *r.Rating)
	}
	switch {
	case doubtful && shown.flagged > 0:
		return &Error{Kind: scorer.ErrPosting, Reason: "it speaks to language models, and the model claims " +
			"a fit that nothing backs: read it yourself"}
	case doubtful && least >= praise && v.shared < fewTerms && sameLanguage(b.resume, shown):
		return &Error{Kind: scorer.ErrPosting, Reason: "the model rates everything high, and the two texts " +
			"share hardly a word: read it yourself"}
	case v.claimed < b.opts.Gate.Threshold() && v.unfounded() && !v.reasons:
		return badReply("the reply rates low and names too little that the résumé lacks: if this happens " +
			"to every job, use a larger model")
	}
	return nil
}

// support gives each criterion a term of its own where that is possible, the weightiest first, and
// returns which have one. It finds augmenting paths, so that the order of terms does not matter.
func support(terms [][]string) []bool {
	owner := make(map[string]int) // term → criterion
	var claim func(i int, tried map[string]bool) bool
	claim = func(i int, tried map[string]bool) bool {
		for _, t := range terms[i] {
			if tried[t] {
				continue
			}
			tried[t] = true
			if other, taken := owner[t]; !taken || claim(other, tried) {
				owner[t] = i
				return true
			}
		}
		return false
	}
	has := make([]bool, len(terms))
	for i := range terms {
		has[i] = claim(i, make(map[string]bool))
	}
	return has
}

// maxSentence leaves room in enrich.MaxReasoningRunes for the ratings and the notes.
const maxSentence = 200

// reasoning returns the model's sentence, the ratings that count, and whether the posting speaks to
// models.
func (v verdict) reasoning(flagged int) string {
	var b strings.Builder
	if sentence := said(*v.Reasoning, maxSentence); sentence != "" {
		b.WriteString(strings.TrimRight(sentence, ".") + ". ")
	}
	for i, c := range criteria {
		separator := ", "
		if i == 0 {
			separator = "Backed by both texts, of 5: "
		}
		fmt.Fprintf(&b, "%s%s %d", separator, c.name, v.counted[i])
	}
	b.WriteByte('.')
	if flagged > 0 {
		b.WriteString(" The posting holds text that speaks to language models; it was left out.")
	}
	return b.String()
}

// said returns what the model says on one line, without addresses: a posting could have it print
// some.
func said(text string, runes int) string {
	text = lead.CleanLine(strings.ReplaceAll(clean(text), "\n", " "))
	return firstRunes(address.ReplaceAllString(text, "…"), runes)
}

var address = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\S+@\S+\.\S+|\+?\d[\d ()/-]{7,}\d`)
