package resume

import (
	"unicode"

	"github.com/agent-forge/forge/internal/words"
)

// From what a text counts as glued. In 296 résumés and in adverts of nine languages the mean word
// has at most 8.2 letters and at least a quarter of the words are grammar. If 4 of 10 spaces are
// lost, these become 8 to 11 letters and 12 to 24 in 100, and more than 6 in 100 words are longer
// than almost any that exists. Lists of long terms have a long mean word and no grammar, but few
// such words.
const (
	minWords    = 20
	meanLetters = 8.5
	fewGrammar  = 0.25
	longWord    = 16 // letters
	longShare   = 0.06

	// Languages that write compounds as one word, and those whose grammar is not known.
	meanCompound  = 10.5
	longCompound  = 28
	compoundShare = 0.02
	noGrammar     = 0.03 // of the words: a list, which can be one of compounds
	listShare     = 0.15 // of a list, and of a text whose language is not known
)

// glued reports whether text looks as if spaces between its words were lost. Scripts that are
// written without spaces do not count.
func glued(text string) bool {
	tokens := words.Tokens(text)
	mix := words.MixOf(tokens)
	grammar := float64(mix.Grammar) / max(1, float64(mix.Tokens))
	mean, long, share := meanLetters, longWord, longShare
	switch mix.Main() {
	case words.German, words.Dutch, words.Swedish, words.Danish, words.Unknown:
		mean, long, share = meanCompound, longCompound, compoundShare
		if mix.Main() == words.Unknown || grammar < noGrammar {
			share = listShare
		}
	}
	n, sum, tooLong := 0, 0, 0
	for _, t := range tokens {
		letters := 0
		for _, r := range t.Raw {
			if unspaced(string(r)) {
				letters = 0
				break
			}
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if letters == 0 {
			continue
		}
		n++
		sum += letters
		if letters > long {
			tooLong++
		}
	}
	return n >= minWords && grammar < fewGrammar &&
		float64(sum) > mean*float64(n) && float64(tooLong) >= share*float64(n)
}
