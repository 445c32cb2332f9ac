package enrich

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
)

// The largest judgements that [Match.Validate] accepts.
const (
	MaxReasoningRunes      = 500
	MaxSkills              = 50
	MaxSkillRunes          = 100
	MaxRecommendations     = 20
	MaxRecommendationRunes = 300
	MaxByBytes             = 200
)

// A Match is a scorer's judgement of one posting against one résumé.
type Match struct {
	Score                   int      // 0 (nothing fits) to 100 (everything does)
	Reasoning               string   // one or two sentences in the scorer's own words, at most [MaxReasoningRunes]; no quote of the posting
	MissingSkills           []string // what the posting asks for and the résumé does not show
	SkillGapRecommendations []string // what to learn or to show
	By                      string   // the scorer, its model and the version of its prompt: "ollama/qwen2.5:7b/1"
}

// Clean returns m with every text repaired (see [Data.Clean]) and put on one line, and blank list items dropped. A nil list
// stays nil.
func (m Match) Clean() Match {
	m.Reasoning = lead.CleanLine(m.Reasoning)
	m.By = lead.CleanLine(m.By)
	m.MissingSkills = cleanList(m.MissingSkills)
	m.SkillGapRecommendations = cleanList(m.SkillGapRecommendations)
	return m
}

// Validate reports a score outside 0 to 100 or an over-long field as a [*lead.FieldError]. It never changes a score.
func (m Match) Validate() error {
	if m.Score < 0 || m.Score > 100 {
		return &lead.FieldError{Field: "match_score", Problem: "out of range: want 0 to 100"}
	}
	if n := utf8.RuneCountInString(m.Reasoning); n > MaxReasoningRunes {
		return overLong("ai_reasoning", n, MaxReasoningRunes, "characters")
	}
	if len(m.By) > MaxByBytes {
		return overLong("scored_by", len(m.By), MaxByBytes, "bytes")
	}
	if err := validateText("ai_reasoning", m.Reasoning); err != nil {
		return err
	}
	if err := validateText("scored_by", m.By); err != nil {
		return err
	}
	if err := validateList("missing_skills", m.MissingSkills, MaxSkills, MaxSkillRunes); err != nil {
		return err
	}
	return validateList("skill_gap_recommendations", m.SkillGapRecommendations, MaxRecommendations, MaxRecommendationRunes)
}

// WithoutQuotes returns m with every run of [QuoteWords] or more words that stands in d's text replaced by "…": a judgement
// outlives a rejected posting, whose text must not.
func (m Match) WithoutQuotes(d Data) Match {
	texts := []string{d.Description, d.Requirements}
	m.Reasoning = dropQuotes(m.Reasoning, texts...)
	m.MissingSkills = dropQuotesFrom(m.MissingSkills, texts)
	m.SkillGapRecommendations = dropQuotesFrom(m.SkillGapRecommendations, texts)
	return m
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
