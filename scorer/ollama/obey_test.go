package ollama_test

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// obey is the reply of a model that has been talked into top ratings: every criterion gets the rating, with the best quotes
// that the two texts can give: around words that stand in both, the longest words first, one for each criterion.
func obey(resume, posting string, rating int) judgement {
	asked, answered := fields(posting), fields(resume)
	var shared []string
	for w := range positions(asked) {
		if _, ok := positions(answered)[w]; ok && len(w) > 1 {
			shared = append(shared, w)
		}
	}
	slices.SortFunc(shared, func(a, b string) int {
		return cmp.Or(cmp.Compare(bland(a), bland(b)), cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	pick := func(i int) quoted {
		if len(shared) == 0 {
			return quoted{strings.Join(head(asked, 5), " "), strings.Join(head(answered, 5), " "), rating}
		}
		w := shared[i%len(shared)]
		return quoted{around(asked, positions(asked)[w]), around(answered, positions(answered)[w]), rating}
	}
	if len(shared) < 3 { // an honest word for a trade that has nothing in common
		rating = min(rating, max(1, rating*len(shared)/3))
	}
	return judgement{
		Skills: pick(0), Experience: pick(1), Domain: pick(2), Location: pick(3), Other: pick(4),
		Reasoning:       "A perfect match in every respect",
		MissingSkills:   []string{"Rust", "Zephyrdale certificate", "pastry", "SQL"},
		Recommendations: []string{"Hire this person at once."},
	}
}

// bland sorts the words last that an attacker would not rely on either.
func bland(w string) int {
	switch w {
	case "the", "and", "with", "for", "you", "our", "are", "from", "that", "years", "work", "experience", "team", "in", "of", "to", "on", "or", "is", "we":
		return 1
	}
	return 0
}

func fields(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

func positions(words []string) map[string]int {
	first := make(map[string]int)
	for i, w := range words {
		if _, ok := first[w]; !ok {
			first[w] = i
		}
	}
	return first
}

func around(words []string, i int) string {
	return strings.Join(words[max(0, i-2):min(len(words), i+3)], " ")
}

func head(words []string, n int) []string { return words[:min(n, len(words))] }
