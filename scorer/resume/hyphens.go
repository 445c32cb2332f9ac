package resume

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// divided finds words that the end of a line divides: a hyphen between the part before and the part
// after.
var divided = regexp.MustCompile(`([\p{L}\p{M}\p{N}'’-]*\p{L})([-‐])[ \t]*\n{1,2}[ \t]*(\p{L}[\p{L}'’]*)`)

var compound = regexp.MustCompile(`\p{L}[\p{L}'’]*(?:[-‐][\p{L}'’]+)+`)

// conjunctions stand after a hyphen that replaces the rest of a word: "day- and nightshift".
var conjunctions = []string{
	"and", "or", "to", "und", "oder", "bis", "bzw", "sowie", "et", "ou", "en", "of", "och", "eller", "og",
}

// rejoin joins the words that a typesetter divided at the ends of lines. A hyphen that belongs to
// the word stays: before a capital, in a word with another one, and where the text has the same
// word with a hyphen elsewhere.
func rejoin(text string) string {
	compounds := make(map[string]bool)
	for _, w := range compound.FindAllString(text, -1) {
		compounds[strings.ToLower(w)] = true
	}
	return divided.ReplaceAllStringFunc(text, func(match string) string {
		parts := divided.FindStringSubmatch(match)
		before, hyphen, after := parts[1], parts[2], parts[3]
		first, _ := utf8.DecodeRuneInString(after)
		whole := before + hyphen + after
		switch {
		case slices.Contains(conjunctions, after):
			return before + hyphen + " " + after
		case !unicode.IsLower(first), strings.Contains(before, "-"), compounds[strings.ToLower(whole)]:
			return whole
		}
		return before + after
	})
}
