package enrich_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
)

const advert = "We bake bread in a small town, and look for somebody who gets up early, kneads dough with " +
	"patience and sells it with a smile."

func TestQuotesFindsEightWordsInARow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		said   string
		quotes bool
	}{
		{"own words", "Bakes, but has never sold anything.", false},
		{"seven words", "They bake bread in a small town.", false},
		{"eight words", "The advert says: we bake bread in a small town and more.", true},
		{"in another case", "WE BAKE: BREAD -- IN A SMALL TOWN (AND!) so on", true},
		{"with line ends", "we bake\nbread\tin a\n small town and", true},
		{"inside a word", "webake bread in a small town and look for somebodys", true},
		{"only inside a word", "xwe bake bread in a small town andx", false},
		{"nothing", "", false},
		{"the same words only", "town small a in bread bake we and look", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.quotes, enrich.Quotes(c.said, advert))
		})
	}
	require.False(t, enrich.Quotes(advert, ""))
}

func TestWithoutQuotesDropsWhatAnAssessmentQuotes(t *testing.T) {
	t.Parallel()
	d := enrich.Data{
		Description:  advert,
		Requirements: "Certificate of a guild of bakers, not older than ten years",
	}
	m := enrich.Assessment{
		Score:     40,
		Reasoning: "Fits: gets up early, kneads dough with patience and sells it. Lacks the rest.",
		MissingSkills: []string{
			"dough", "certificate of a guild of bakers not older than ten years",
		},
		SkillGapRecommendations: []string{"Learn: we bake bread in a small town, and more"},
		By:                      "test/1",
	}
	require.Equal(t, enrich.Assessment{
		Score: 40, Reasoning: "Fits: …. Lacks the rest.", MissingSkills: []string{"dough"},
		SkillGapRecommendations: []string{"Learn: … more"}, By: "test/1",
	}, m.WithoutQuotes(d))
	own := enrich.Assessment{Reasoning: "Own words.", MissingSkills: []string{"dough"}}
	require.Equal(t, own, own.WithoutQuotes(d))
}

// Whatever a scorer repeats of a posting, nothing that is left is a quote, and what is left was
// said by the scorer.
func TestWithoutQuotesLeavesNoQuote(t *testing.T) {
	t.Parallel()
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "D,", "e."}), 0, 60)
	rapid.Check(t, func(t *rapid.T) {
		d := enrich.Data{
			Description:  strings.Join(words.Draw(t, "description"), " "),
			Requirements: strings.Join(words.Draw(t, "requirements"), "\n"),
		}
		m := enrich.Assessment{Reasoning: strings.Join(words.Draw(t, "reasoning"), " ")}
		left := m.WithoutQuotes(d)
		require.False(t, enrich.Quotes(left.Reasoning, d.Description), left.Reasoning)
		require.False(t, enrich.Quotes(left.Reasoning, d.Requirements), left.Reasoning)
		require.LessOrEqual(t, len(left.Reasoning), len(m.Reasoning))
		require.Equal(t, left, left.WithoutQuotes(d))
	})
}

func TestWithoutQuotesDropsAQuoteAroundAQuote(t *testing.T) {
	t.Parallel()
	d := enrich.Data{Description: "one two three four five six seven eight. " +
		"Another line: alpha beta gamma delta epsilon zeta eta theta."}
	m := enrich.Assessment{Reasoning: "one two three four " +
		"alpha beta gamma delta epsilon zeta eta theta five six seven eight"}
	require.Equal(t, "…", m.WithoutQuotes(d).Reasoning)
}
