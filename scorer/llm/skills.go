package llm

import (
	"strings"

	"github.com/agent-forge/forge/internal/words"
)

// Bounds of what is passed on; the schema asks for less.
const (
	maxMissing      = 6
	maxMissingRunes = 60
	maxMissingWords = 6
	maxAdvice       = 3
	maxAdviceRunes  = 160
)

// missingSkills keeps what the posting names and the résumé lacks: a model likes to repeat what it
// has read, and to add what such jobs often ask for.
func missingSkills(claimed []string, r resume, shown shownPosting) []string {
	var kept []string
	seen := make(map[string]bool)
	for _, skill := range claimed {
		skill = said(skill, maxMissingRunes)
		key := spoken(skill)
		n := strings.Count(key, " ") - 1
		if n < 1 || n > maxMissingWords || seen[key] || len(kept) == maxMissing {
			continue
		}
		seen[key] = true
		if names(shown.spoken, shown.posting.terms, skill) && !names(r.spoken, r.terms, skill) {
			kept = append(kept, skill)
		}
	}
	return kept
}

// names reports whether a text names a skill: its words in a row, or everything that they tell, in
// whatever form, synonym or language.
func names(text string, terms map[string]bool, skill string) bool {
	if strings.Contains(text, spoken(skill)) {
		return true
	}
	asked := words.Terms(skill)
	for t := range asked {
		if !hasTerm(terms, t) {
			return false
		}
	}
	return len(asked) > 0
}

// recommendations keeps advice that speaks of this posting.
func recommendations(claimed []string, shown shownPosting) []string {
	var kept []string
	seen := make(map[string]bool)
	for _, advice := range claimed {
		advice = said(advice, maxAdviceRunes)
		key := spoken(advice)
		if seen[key] || len(kept) == maxAdvice {
			continue
		}
		seen[key] = true
		for t := range words.Terms(advice) {
			if hasTerm(shown.posting.terms, t) {
				kept = append(kept, advice)
				break
			}
		}
	}
	return kept
}
