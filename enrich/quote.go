package enrich

import (
	"slices"
	"strings"
	"unicode"
)

// QuoteWords is how many words in a row make a quote. Shorter runs are names of skills, places and
// jobs.
const QuoteWords = 8

const quoteMark = "…"

// Quotes reports whether s holds a run of [QuoteWords] or more words that stands in text, whatever
// the case, spacing or punctuation.
func Quotes(s, text string) bool { return slices.Contains(quotedWords(wordsOf(s), text), true) }

// dropQuotes replaces each quoted run of s by one quoteMark. It returns s itself where nothing is
// quoted. What is left and right of a mark may be a quote of its own, so it looks again until
// nothing is.
func dropQuotes(s string, texts ...string) string {
	for {
		left := dropQuotesOnce(s, texts)
		if left == s {
			return s
		}
		s = left
	}
}

func dropQuotesOnce(s string, texts []string) string {
	words := wordsOf(s)
	quoted := make([]bool, len(words))
	for _, text := range texts {
		for i, q := range quotedWords(words, text) {
			quoted[i] = quoted[i] || q
		}
	}
	if !slices.Contains(quoted, true) {
		return s
	}
	var b strings.Builder
	end := 0 // of what has been written or dropped
	for i := 0; i < len(words); i++ {
		if !quoted[i] {
			continue
		}
		first := i
		for i+1 < len(words) && quoted[i+1] {
			i++
		}
		b.WriteString(s[end:words[first].start])
		b.WriteString(quoteMark)
		end = words[i].end
	}
	b.WriteString(s[end:])
	return b.String()
}

// quotedWords marks the words that belong to a run which stands in text.
func quotedWords(words []word, text string) []bool {
	quoted := make([]bool, len(words))
	if len(words) < QuoteWords {
		return quoted
	}
	in := joined(wordsOf(text))
	for i := 0; i+QuoteWords <= len(words); i++ {
		if strings.Contains(in, joined(words[i:i+QuoteWords])) {
			for j := i; j < i+QuoteWords; j++ {
				quoted[j] = true
			}
		}
	}
	return quoted
}

// A word is one run of letters, digits and marks, lower-cased, with its place in the text.
type word struct {
	text       string
	start, end int
}

func wordsOf(s string) []word {
	var words []word
	start := -1
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			words = append(words, word{strings.ToLower(s[start:i]), start, i})
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, word{strings.ToLower(s[start:]), start, len(s)})
	}
	return words
}

// joined puts a space on both sides of every word, so that a run of words is found only at word
// bounds.
func joined(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteByte(' ')
		b.WriteString(w.text)
	}
	b.WriteByte(' ')
	return b.String()
}
