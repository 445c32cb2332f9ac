package lexical_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer/lexical"
)

// grammar holds words of English grammar with their German translations.
var grammar = map[string]string{
	"the": "die", "and": "und", "or": "oder", "of": "von", "in": "in", "for": "für",
	"with": "mit", "to": "zu", "a": "ein", "an": "eine", "is": "ist", "are": "sind",
	"we": "wir", "you": "Sie", "your": "Ihr", "our": "unser", "on": "auf", "at": "bei",
	"from": "von", "by": "durch", "as": "als", "that": "dass", "their": "ihre",
	"not": "nicht", "no": "kein", "who": "wer", "when": "wenn", "this": "dieser",
	"all": "alle", "but": "aber", "under": "unter", "between": "zwischen", "over": "über",
}

var word = regexp.MustCompile(`[A-Za-z]+`)

func translateGrammar(text string) string {
	return word.ReplaceAllStringFunc(text, func(w string) string {
		if t, ok := grammar[strings.ToLower(w)]; ok {
			return t
		}
		return w
	})
}

func shuffleSections(text string) string {
	var parts []string
	for _, s := range advert.Sections(text) {
		parts = append(parts, strings.TrimSpace(s.Heading+"\n"+s.Text))
	}
	slices.Reverse(parts)
	if len(parts) > 0 && parts[len(parts)-1] != "" &&
		advert.Sections(text)[0].Heading == "" { // what stands before the first heading stays there
		last := parts[len(parts)-1]
		parts = append([]string{last}, parts[:len(parts)-1]...)
	}
	return strings.Join(parts, "\n\n")
}

const unrelated = "The old lighthouse was painted in the spring of that year, and gulls have nested on " +
	"its balcony ever since. " +
	"Children from the village row out on Sundays to count the eggs."

// TestChangesThatMeanNothingHardlyMoveTheScore changes the English pairs. A change moves hardly any
// score by more than three.
func TestChangesThatMeanNothingHardlyMoveTheScore(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	describe := func(p enrich.Posting, text string) enrich.Posting {
		p.Data.Description, p.Data.Requirements = text, advert.RequirementsOf(text)
		return p
	}
	for _, c := range []struct {
		name    string
		allowed float64 // share of the pairs that move further
		change  func(resume string, p enrich.Posting) (string, enrich.Posting)
	}{
		// A heading that is half translated is none ("What wir ask"), and a résumé of a dozen words
		// has little but grammar.
		{
			"grammar of the posting translated", 0.05,
			func(r string, p enrich.Posting) (string, enrich.Posting) {
				return r, describe(p, translateGrammar(p.Data.Description))
			},
		},
		{"grammar of the résumé translated", 0.03, func(r string, p enrich.Posting) (string, enrich.Posting) {
			return translateGrammar(r), p
		}},
		{"sections shuffled", 0, func(r string, p enrich.Posting) (string, enrich.Posting) {
			return r, describe(p, shuffleSections(p.Data.Description))
		}},
		{
			"a paragraph added to the résumé", 0.01, // it shares two words with one posting by chance
			func(r string, p enrich.Posting) (string, enrich.Posting) { return r + "\n\n" + unrelated, p },
		},
		{
			"a paragraph about the employer added to the posting", 0.01,
			func(r string, p enrich.Posting) (string,
				enrich.Posting,
			) {
				return r, describe(p, p.Data.Description+"\n\nAbout us\n"+unrelated)
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var moved []string
			pairs := 0
			for _, pair := range sample(t) {
				if pair.language != "en" {
					continue
				}
				pairs++
				before := scoreOf(t, s, pair.resume, pair.posting)
				resume, p := c.change(pair.resume, pair.posting)
				if after := scoreOf(t, s, resume, p); after < before-3 || after > before+3 {
					moved = append(moved, fmt.Sprintf("%s: %d becomes %d", pair.name, before, after))
				}
			}
			require.LessOrEqual(t, float64(len(moved)), c.allowed*float64(pairs), strings.Join(moved, "\n"))
		})
	}
}

func TestIdenticalTextsScore90AndMoreInEveryLanguage(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	files, err := filepath.Glob(filepath.Join(sampleDir, "postings", "*.txt"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		p := samplePosting(string(text))
		require.GreaterOrEqual(t, scoreOf(t, s, string(text), p), 90, file)
		require.GreaterOrEqual(t, scoreOf(t, s, p.Data.Description, p), 80, "%s: without the title", file)
	}
}
