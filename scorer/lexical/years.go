package lexical

import (
	"strconv"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
)

// Ranks of a career, as titles name them.
const (
	rankIntern = iota
	rankJunior
	rankMiddle
	rankSenior
	rankLead
	rankUnknown = -1
)

// levels are the words of rank, folded.
func levels() map[string]int {
	return map[string]int{
		"intern": rankIntern, "internship": rankIntern, "trainee": rankIntern,
		"apprentice": rankIntern, "apprenticeship": rankIntern, "praktikant": rankIntern,
		"praktikum": rankIntern, "ausbildung": rankIntern, "werkstudent": rankIntern,
		"stagiaire": rankIntern, "azubi": rankIntern, "alternant": rankIntern,
		"becario": rankIntern, "estagiario": rankIntern, "tirocinante": rankIntern,
		"stagista": rankIntern, "stagiair": rankIntern, "stazysta": rankIntern,
		"stagiar": rankIntern, "junior": rankJunior, "jr": rankJunior,
		"graduate": rankJunior, "mlodszy": rankJunior, "mlodsza": rankJunior,
		"debutant": rankJunior, "mid": rankMiddle, "intermediate": rankMiddle,
		"pleno": rankMiddle, "senior": rankSenior, "sr": rankSenior,
		"experienced": rankSenior, "starszy": rankSenior, "starsza": rankSenior,
		"confirme": rankSenior, "lead": rankLead, "principal": rankLead,
		"head": rankLead, "chief": rankLead, "director": rankLead,
		"vp": rankLead,
	}
}

const (
	maxYears = 45 // what a person can have worked; longer spans are the age of something else
	maxAsked = 20
)

// spelled returns the number that a word says, or -1.
func spelled(word string) int {
	switch word {
	case "one", "ein", "un", "uno":
		return 1
	case "two", "zwei", "dos":
		return 2
	case "three", "drei", "tre":
		return 3
	case "four", "vier", "cuatro":
		return 4
	case "five", "funf", "cinco":
		return 5
	case "six":
		return 6
	case "seven":
		return 7
	case "eight":
		return 8
	case "nine":
		return 9
	case "ten", "zehn", "diez":
		return 10
	case "twelve":
		return 12
	case "fifteen":
		return 15
	case "twenty":
		return 20
	}
	if len(word) > 4 || word == "" || word[0] < '0' || word[0] > '9' {
		return -1
	}
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	return -1
}

func yearWord(word string) bool {
	switch word {
	case "year", "yr", "yrs", "jahr", "jahre", "jahren", "ano", "an", "ans", "annee", "anni", "ani",
		"jaar", "jaren", "rok", "lat", "lata", "roku", "saal":
		return true
	}
	return false
}

// yearMention returns the number of years that stands at token i ("5", "5+ years", "3-5 years",
// "five or more years"), the smaller of a range, and where the mention ends; ok is false where none
// does.
func yearMention(tokens []token, i int) (n, end int, ok bool) {
	n = spelled(tokens[i].Word)
	if n < 0 || n > maxYears {
		return 0, 0, false
	}
	for j := i + 1; j < len(tokens) && j <= i+4 && tokens[j].Line == tokens[i].Line; j++ {
		if yearWord(tokens[j].Word) {
			aged := j+1 < len(tokens) && tokens[j+1].Sep != words.Hard &&
				(tokens[j+1].Word == "old" || tokens[j+1].Word == "ago" || tokens[j+1].Word == "warranty")
			return n, j + 1, !aged
		}
		if !betweenNumbers(tokens[j].Word) {
			break
		}
	}
	return 0, 0, false
}

// betweenNumbers reports whether word may stand between a number and "years".
func betweenNumbers(word string) bool {
	switch word {
	case "to", "or", "more", "plus", "full", "bis", "oder", "mehr", "de", "a", "ou", "o", "of", "do",
		"lub", "sau", "se", "ya":
		return true
	}
	return spelled(word) >= 0
}

// yearsOf returns the longest experience that a text states in so many words; -1 if it states none.
func yearsOf(tokens []token) int {
	most := -1
	for i := 0; i < len(tokens); i++ {
		if n, end, ok := yearMention(tokens, i); ok {
			most = max(most, n)
			i = end - 1
		}
	}
	return most
}

func isYear(word string) bool {
	return len(word) == 4 && (strings.HasPrefix(word, "19") || strings.HasPrefix(word, "20")) &&
		spelled(word) > 0
}

// A span is a time of work, in calendar years.
type span struct{ from, to int }

// untilNow is the end of a span that has none.
const untilNow = -1

// spansOf returns the spans of years in a text ("2018 to 2021", "2019 – today"), each with its
// paragraph.
func spansOf(tokens []token) (spans []span, paragraphs []int32) {
	for i, t := range tokens {
		if !isYear(t.Word) {
			continue
		}
		from := spelled(t.Word)
		for j := i + 1; j < len(tokens) && j <= i+4 && tokens[j].Line == t.Line; j++ {
			word := tokens[j].Word
			to := spelled(word)
			switch {
			case openEnd(word):
				to = untilNow
			case !isYear(word):
				continue
			}
			if to == untilNow || to >= from && to-from <= maxYears {
				spans = append(spans, span{from, to})
				paragraphs = append(paragraphs, t.Para)
			}
			break
		}
	}
	return spans, paragraphs
}

func openEnd(word string) bool {
	switch word {
	case "today", "present", "now", "current", "currently", "date", "heute", "actualidad",
		"actualmente", "presente", "aujourdhui", "ongoing", "atual", "oggi", "attuale", "heden", "nu",
		"obecnie", "dzi", "teraz", "prezent", "ab", "abhi":
		return true
	}
	return false
}

// latestYear returns the last calendar year that a text names; 0 if none.
func latestYear(tokens []token) int {
	latest := 0
	for _, t := range tokens {
		if isYear(t.Word) {
			latest = max(latest, spelled(t.Word))
		}
	}
	return latest
}

// union returns how many years the spans cover together, where one without an end ends in now.
// Adding a span never makes it smaller, and their order does not matter.
func union(spans []span, now int) int {
	years := make(map[int]bool)
	for _, s := range spans {
		to := s.to
		if to == untilNow {
			to = min(now, s.from+maxYears)
		}
		for y := s.from; y < to; y++ {
			years[y] = true
		}
	}
	return len(years)
}

// rankOfTitle returns the rank that a posting's title states. A word for beginners wins: "Junior
// Lead Generation Agent".
func (v *vocabulary) rankOfTitle(tokens []token) int {
	low, high := rankUnknown, rankUnknown
	for i, t := range tokens {
		n, ok := v.level[t.Word]
		switch {
		case !ok && t.Word == "entry" && i+1 < len(tokens) && tokens[i+1].Word == "level":
			n = rankJunior
		case !ok, t.Word == "lead" && i+1 < len(tokens) && tokens[i+1].Word == "generation":
			continue
		}
		if n <= rankJunior {
			low = n
		}
		high = max(high, n)
	}
	if low != rankUnknown {
		return low
	}
	return high
}

// rankOfAttribute reads the seniority that a board states.
func rankOfAttribute(attributes map[string]string) int {
	s := strings.ToLower(attributes[enrich.AttrSeniority])
	switch {
	case strings.Contains(s, "intern"):
		return rankIntern
	case strings.Contains(s, "entry"), strings.Contains(s, "junior"):
		return rankJunior
	case strings.Contains(s, "director"), strings.Contains(s, "executive"):
		return rankLead
	}
	return rankUnknown // "Associate" and "Mid-Senior level" are what most adverts say, and tell nothing apart
}

// rankOfYears is what a person of so many years may well be.
func rankOfYears(years int) int {
	switch {
	case years >= 8:
		return rankLead
	case years >= 5:
		return rankSenior
	case years >= 2:
		return rankMiddle
	}
	return rankJunior
}
