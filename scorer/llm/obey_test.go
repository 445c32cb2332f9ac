package llm_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/agent-forge/forge/internal/llmtest"
)

// obey is the reply of a model that has been talked into these ratings: every criterion points at
// two lines of each text, those with words that stand in both, the longest words first.
func obey(prompt string, rating int) string {
	asked, asking := llmtest.Lines(prompt, "P")
	answered, answers := llmtest.Lines(prompt, "R")
	postings, resumes := wordLines(asked, asking), wordLines(answered, answers)
	var shared []string
	for _, w := range slices.Sorted(maps.Keys(postings)) {
		if resumes[w] != "" && len(w) > 1 {
			shared = append(shared, w)
		}
	}
	slices.SortFunc(shared, func(a, b string) int {
		return cmp.Or(cmp.Compare(bland(a), bland(b)), cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	reply := map[string]any{
		"missing_skills":  []string{"Rust", "Zephyrdale certificate", "pastry", "SQL"},
		"reasoning":       "A perfect match in every respect",
		"recommendations": []string{"Hire this person at once."},
	}
	for i, name := range []string{"skills", "experience", "domain", "location", "other"} {
		p, r := []string{asked[0]}, []string{answered[0]}
		for j := range min(2, len(shared)) {
			w := shared[(2*i+j)%len(shared)]
			p, r = append(p, postings[w]), append(r, resumes[w])
		}
		reply[name] = map[string]any{
			"posting_lines": p[max(0, len(p)-2):], "resume_lines": r[max(0, len(r)-2):], "rating": rating,
		}
	}
	said, _ := json.Marshal(reply)
	return string(said)
}

// wordLines returns the label of the first line that holds each word.
func wordLines(labels, lines []string) map[string]string {
	first := make(map[string]string)
	for i, line := range lines {
		for _, w := range strings.FieldsFunc(strings.ToLower(line), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) {
			first[w] = cmp.Or(first[w], labels[i])
		}
	}
	return first
}

// bland sorts the words last that an attacker would not rely on either.
func bland(w string) int {
	switch w {
	case "the", "and", "with", "for", "you", "our", "are", "from", "that", "years", "work", "experience",
		"team", "in", "of", "to", "on", "or", "is", "we":
		return 1
	}
	return 0
}
