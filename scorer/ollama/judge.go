package ollama

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Weights of the criteria, in points of the score: a rating of 5 earns the whole weight, a rating of r earns r/5 of it.
//
// A rating counts only if its two quotes hold: the longest run of the quote's words that stands in its source has three
// words or more, and both runs share a telling word on which no other criterion rests. Whatever the ratings, where the whole
// posting and the whole résumé share fewer than three telling words, a score is at most ten for each of them. Words that every
// advert holds tell nothing; names of languages, degrees, the posting's company and place back the criteria location and
// other only.
const (
	WeightSkills     = 40
	WeightExperience = 20
	WeightDomain     = 20
	WeightLocation   = 10
	WeightOther      = 10
)

const (
	maxRating       = 5
	minQuoteWords   = 3
	fewTerms        = 3 // telling words that both texts share
	pointsPerTerm   = 10
	claimThatCounts = 50 // a reply that claims a clear fit
	backedShare     = 3  // must back one part in three of it, or it is no judgement
)

// A reply is what the model must answer, all of it and nothing else.
type reply struct {
	Skills          *rating  `json:"skills"`
	Experience      *rating  `json:"experience"`
	Domain          *rating  `json:"domain"`
	Location        *rating  `json:"location"`
	Other           *rating  `json:"other"`
	MissingSkills   []string `json:"missing_skills"`
	Reasoning       *string  `json:"reasoning"`
	Recommendations []string `json:"recommendations"`
}

type rating struct {
	PostingQuote *string `json:"posting_quote"`
	ResumeQuote  *string `json:"resume_quote"`
	Rating       *int    `json:"rating"`
}

// A criterion is one rating on its way to the score.
type criterion struct {
	name    string
	weight  int
	rating  rating
	weak    bool // weak words may back it
	terms   []string
	counted int
}

// parseReply reads a reply strictly. The errors of package json name fields and places, and may quote a character or a
// field's name; they are left out, because the reply may hold anything.
func parseReply(content string) (reply, error) {
	var r reply
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, badReply("the reply is not the JSON that was asked for")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r, badReply("something follows the reply")
	}
	for name, c := range map[string]*rating{
		"skills": r.Skills, "experience": r.Experience, "domain": r.Domain, "location": r.Location, "other": r.Other,
	} {
		if c == nil || c.PostingQuote == nil || c.ResumeQuote == nil || c.Rating == nil {
			return r, badReply("the reply lacks a part of %s", name)
		}
		if *c.Rating < 0 || *c.Rating > maxRating {
			return r, badReply("the rating of %s is out of range: want 0 to %d", name, maxRating)
		}
	}
	if r.Reasoning == nil || r.MissingSkills == nil || r.Recommendations == nil {
		return r, badReply("the reply lacks reasoning, missing_skills or recommendations")
	}
	return r, nil
}

// judge turns a reply into a match: Go checks what the model claims, and does the sum.
func (s *Scorer) judge(content string, r resume, shown shownPosting) (m enrich.Assessment, unsupported int, err error) {
	rep, err := parseReply(content)
	if err != nil {
		return enrich.Assessment{}, 0, err
	}
	criteria := []*criterion{
		{name: "skills", weight: WeightSkills, rating: *rep.Skills},
		{name: "experience", weight: WeightExperience, rating: *rep.Experience},
		{name: "domain", weight: WeightDomain, rating: *rep.Domain},
		{name: "location", weight: WeightLocation, rating: *rep.Location, weak: true},
		{name: "other", weight: WeightOther, rating: *rep.Other, weak: true},
	}
	claimed, score := 0, 0
	for _, c := range criteria {
		c.terms = s.shared(c, r, shown)
	}
	support(criteria)
	for _, c := range criteria {
		claimed += c.weight * *c.rating.Rating
		score += c.weight * c.counted
		if *c.rating.Rating > 0 && c.counted == 0 {
			unsupported++
		}
	}
	claimed, score = claimed/maxRating, score/maxRating
	if n := s.sharedTerms(r, shown); n < fewTerms {
		score = min(score, pointsPerTerm*n)
	}
	if claimed >= claimThatCounts && score*backedShare < claimed {
		// Its low score would be the checks' doing and not the model's: the model thinks that the job fits, and cannot show it.
		return enrich.Assessment{}, unsupported, badReply("the reply claims a fit of %d and backs %d of it with quotes", claimed, score)
	}
	m = enrich.Assessment{
		Score:                   score,
		Reasoning:               s.reasoning(*rep.Reasoning, criteria, shown.flagged),
		MissingSkills:           s.missingSkills(rep.MissingSkills, r, shown),
		SkillGapRecommendations: s.recommendations(rep.Recommendations, shown),
		By:                      "ollama/" + s.opts.Model + "/" + PromptVersion,
	}
	// What was left out or repaired before the model read it is still the posting's text, and the résumé must not travel.
	m = m.WithoutQuotes(enrich.Data{Description: shown.text, Requirements: shown.body})
	m = m.WithoutQuotes(enrich.Data{Description: r.text}).Clean()
	if err := m.Validate(); err != nil {
		return enrich.Assessment{}, unsupported, badReply("no valid match comes of the reply: %v", err)
	}
	return m, unsupported, nil
}

// shared returns the telling words that both of a criterion's quotes hold; none if a quote does not stand in its source.
func (s *Scorer) shared(c *criterion, r resume, shown shownPosting) []string {
	if *c.rating.Rating == 0 {
		return nil
	}
	asked := shown.words.longestRun(wordsOf(s.cleaner.clean(*c.rating.PostingQuote)))
	answered := r.words.longestRun(wordsOf(s.cleaner.clean(*c.rating.ResumeQuote)))
	if len(asked) < minQuoteWords || len(answered) < minQuoteWords {
		return nil
	}
	var both []string
	answers := s.words.terms(answered)
	for t := range s.words.terms(asked) {
		if answers[t] && (c.weak || !s.words.weak[t] && !shown.place[t]) {
			both = append(both, t)
		}
	}
	slices.Sort(both)
	return both
}

// sharedTerms counts the telling words that stand in both whole texts.
func (s *Scorer) sharedTerms(r resume, shown shownPosting) int {
	n := 0
	for t := range shown.words.terms {
		if r.words.terms[t] && !s.words.weak[t] && !shown.place[t] {
			n++
		}
	}
	return n
}

// support gives each criterion a word of its own where that is possible, the weightiest first, and counts the ratings of
// those that have one. It finds augmenting paths, so that the order of words does not matter.
func support(criteria []*criterion) {
	owner := make(map[string]*criterion)
	var claim func(c *criterion, tried map[string]bool) bool
	claim = func(c *criterion, tried map[string]bool) bool {
		for _, t := range c.terms {
			if tried[t] {
				continue
			}
			tried[t] = true
			if owner[t] == nil || claim(owner[t], tried) {
				owner[t] = c
				return true
			}
		}
		return false
	}
	for _, c := range criteria {
		if claim(c, make(map[string]bool)) {
			c.counted = *c.rating.Rating
		}
	}
}

// Room in enrich.MaxReasoningRunes: the model's sentence, the ratings, the flag.
const maxSentence = 240

// reasoning returns the model's sentence, the ratings that count, and whether the posting speaks to models.
func (s *Scorer) reasoning(sentence string, criteria []*criterion, flagged int) string {
	var b strings.Builder
	if sentence = s.said(sentence, maxSentence); sentence != "" {
		b.WriteString(sentence)
		if !strings.ContainsAny(sentence[len(sentence)-1:], ".!?") {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	for i, c := range criteria {
		separator := ", "
		if i == 0 {
			separator = "Backed by both texts, of 5: "
		}
		fmt.Fprintf(&b, "%s%s %d", separator, c.name, c.counted)
	}
	b.WriteByte('.')
	if flagged > 0 {
		b.WriteString(" The posting holds text that speaks to language models; it was left out.")
	}
	return b.String()
}

// said returns what the model says on one line, without addresses: a posting could have it print some.
func (s *Scorer) said(text string, runes int) string {
	text = lead.CleanLine(strings.ReplaceAll(s.cleaner.clean(text), "\n", " "))
	text = addressPattern.ReplaceAllString(text, "…")
	return firstRunes(text, runes)
}

var addressPattern = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\S+@\S+\.\S+|\+?\d[\d ()/-]{7,}\d`)
