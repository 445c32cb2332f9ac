package enrich

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
)

// The largest assessments that [Assessment.Validate] accepts.
const (
	MaxReasoningRunes      = 500
	MaxSkills              = 50
	MaxSkillRunes          = 100
	MaxRecommendations     = 20
	MaxRecommendationRunes = 300
	MaxByBytes             = 200
)

// An Assessment is what a scorer says about one posting and one résumé.
type Assessment struct {
	Score int // from 0, nothing fits, to 100, everything does

	// Reasoning is one or two sentences in the scorer's own words, at most [MaxReasoningRunes]
	// long. It does not quote the posting.
	Reasoning string

	MissingSkills           []string // what the posting asks for and the résumé does not show
	SkillGapRecommendations []string // what to learn or to show

	// Unverified reports that the scorer could not back the score with evidence: it knew too little
	// of the texts, or the evidence that it named was not there. Rejecting is a claim that has to
	// be backed, so the gate keeps the posting whatever the score is.
	Unverified bool

	// By names the scorer, its model and the version of its prompt: "ollama/qwen2.5:7b/1".
	By string
}

// Clean returns a with every text repaired (see [Data.Clean]) and put on one line, and blank list
// items dropped. A nil list stays nil.
func (a Assessment) Clean() Assessment {
	a.Reasoning = lead.CleanLine(a.Reasoning)
	a.By = lead.CleanLine(a.By)
	a.MissingSkills = cleanList(a.MissingSkills)
	a.SkillGapRecommendations = cleanList(a.SkillGapRecommendations)
	return a
}

// Validate reports a score outside 0 to 100 or an over-long field as a [*lead.FieldError]. It never
// changes a score.
func (a Assessment) Validate() error {
	if a.Score < 0 || a.Score > 100 {
		return &lead.FieldError{Field: "match_score", Problem: "out of range: want 0 to 100"}
	}
	if n := utf8.RuneCountInString(a.Reasoning); n > MaxReasoningRunes {
		return overLong("ai_reasoning", n, MaxReasoningRunes, "characters")
	}
	if len(a.By) > MaxByBytes {
		return overLong("scored_by", len(a.By), MaxByBytes, "bytes")
	}
	if err := validateText("ai_reasoning", a.Reasoning); err != nil {
		return err
	}
	if err := validateText("scored_by", a.By); err != nil {
		return err
	}
	if err := validateList("missing_skills", a.MissingSkills, MaxSkills, MaxSkillRunes); err != nil {
		return err
	}
	return validateList("skill_gap_recommendations", a.SkillGapRecommendations,
		MaxRecommendations, MaxRecommendationRunes)
}

// WithoutQuotes returns a with every run of [QuoteWords] or more words that stands in d's text
// replaced by "…": an assessment outlives a rejected posting, whose text must not.
func (a Assessment) WithoutQuotes(d Data) Assessment {
	texts := []string{d.Description, d.Requirements}
	a.Reasoning = dropQuotes(a.Reasoning, texts...)
	a.MissingSkills = dropQuotesFrom(a.MissingSkills, texts)
	a.SkillGapRecommendations = dropQuotesFrom(a.SkillGapRecommendations, texts)
	return a
}

func dropQuotesFrom(list, texts []string) []string {
	var kept []string
	for _, s := range list {
		if s = dropQuotes(s, texts...); s != quoteMark {
			kept = append(kept, s)
		}
	}
	return kept
}

func validateList(field string, list []string, items, runes int) error {
	if len(list) > items {
		return overLong(field, len(list), items, "items")
	}
	for _, s := range list {
		if n := utf8.RuneCountInString(s); n > runes {
			return overLong(field, n, runes, "characters in one item")
		}
		if err := validateText(field, s); err != nil {
			return err
		}
	}
	return nil
}

func validateText(field, s string) error {
	if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		return &lead.FieldError{Field: field, Problem: "holds NUL or invalid UTF-8; call Clean first"}
	}
	return nil
}

func cleanList(list []string) []string {
	var kept []string
	for _, s := range list {
		if s = lead.CleanLine(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
