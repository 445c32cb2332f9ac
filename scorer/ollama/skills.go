package ollama

import (
	"strings"
)

// Bounds of what is passed on; the schema asks for less.
const (
	maxMissing        = 6
	maxMissingRunes   = 60
	maxAdvice         = 3
	maxAdviceRunes    = 160
	maxMissingInWords = 6
)

// missingSkills keeps what the posting names and the résumé lacks: a model likes to repeat what it has read, and to add what
// such jobs often ask for.
func (s *Scorer) missingSkills(said []string, r resume, shown shownPosting) []string {
	var kept []string
	seen := make(map[string]bool)
	for _, skill := range said {
		skill = s.said(skill, maxMissingRunes)
		words := wordsOf(skill)
		key := strings.Join(words, " ")
		if len(words) == 0 || len(words) > maxMissingInWords || seen[key] {
			continue
		}
		seen[key] = true
		if names(shown.full, words) && !names(r.words, words) {
			kept = append(kept, skill)
		}
		if len(kept) == maxMissing {
			break
		}
	}
	return kept
}

// recommendations keeps advice that speaks of this posting.
func (s *Scorer) recommendations(said []string, shown shownPosting) []string {
	var kept []string
	seen := make(map[string]bool)
	for _, advice := range said {
		advice = s.said(advice, maxAdviceRunes)
		words := wordsOf(advice)
		key := strings.Join(words, " ")
		if seen[key] || !sharesTerm(s.words.terms(words), shown.full.terms) {
			continue
		}
		seen[key] = true
		if kept = append(kept, advice); len(kept) == maxAdvice {
			break
		}
	}
	return kept
}

func sharesTerm(a, b map[string]bool) bool {
	for t := range a {
		if b[t] {
			return true
		}
	}
	return false
}

// names reports whether a text names a skill: its words in a row, under one of its names, or, for a skill of several words,
// each of them somewhere with the same stem.
func names(text wordIndex, skill []string) bool {
	for _, name := range append([]string{strings.Join(skill, " ")}, otherNames(skill)...) {
		if strings.Contains(text.joined, " "+name+" ") {
			return true
		}
	}
	for _, w := range skill {
		if !text.terms[stem(w)] && !strings.Contains(text.joined, " "+w+" ") {
			return false
		}
	}
	return true
}

// otherNames returns what else people call a skill.
func otherNames(skill []string) []string {
	name := strings.Join(skill, " ")
	for _, same := range [][]string{
		{"go", "golang"},
		{"javascript", "js", "ecmascript"},
		{"typescript", "ts"},
		{"kubernetes", "k8s"},
		{"postgresql", "postgres"},
		{"c#", "csharp", "c sharp"},
		{"c++", "cpp"},
		{"node js", "nodejs", "node"},
		{"react", "reactjs", "react js"},
		{"vue", "vuejs", "vue js"},
		{"aws", "amazon web services"},
		{"gcp", "google cloud", "google cloud platform"},
		{"ci cd", "cicd", "continuous integration"},
		{"machine learning", "ml"},
		{"artificial intelligence", "ai"},
		{"natural language processing", "nlp"},
		{"user experience", "ux"},
		{"user interface", "ui"},
		{"quality assurance", "qa"},
		{"search engine optimization", "search engine optimisation", "seo"},
		{"customer relationship management", "crm"},
		{"enterprise resource planning", "erp"},
		{"human resources", "hr"},
		{"intensive care unit", "intensive care", "icu"},
		{"registered nurse", "rn"},
		{"heavy goods vehicle", "hgv"},
		{"object oriented programming", "oop"},
		{"rest api", "restful api", "rest apis", "restful apis"},
		{"dotnet", "net"},
	} {
		for i, n := range same {
			if n == name {
				return append(append([]string{}, same[:i]...), same[i+1:]...)
			}
		}
	}
	return nil
}
