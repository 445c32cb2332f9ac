package jobposting_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/jobposting"
)

// words are the runs of letters and digits of a text.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	})
}

func TestSavedPagesYieldWhatTheyState(t *testing.T) {
	t.Parallel()
	stated, found := 0, 0
	for _, page := range captures.Pages(t, "jsonld", "") {
		var want struct {
			Title, Company   string
			PostedAt         string `json:"posted_at"`
			DescriptionWords int    `json:"description_words"`
		}
		var ends struct {
			First []string `json:"first_words"`
			Last  []string `json:"last_words"`
		}
		require.True(t, page.Expected(t, &want), page.File)
		require.True(t, page.Expected(t, &ends), page.File)
		ps := jobposting.Read(page.Body(t), "https://board.example/jobs/1").Postings
		require.NotEmpty(t, ps, page.File)
		p := ps[0]
		text := words(p.Data().Description)
		posted := p.PostedAt.Format("2006-01-02T15:04:05Z")
		for _, c := range []struct {
			field string
			ok    bool
		}{
			{"title", p.Title == want.Title},
			{"company", p.Company == want.Company},
			{
				"posted_at",
				strings.HasPrefix(want.PostedAt, strings.TrimSuffix(posted, "Z")) || strings.HasPrefix(posted,
					want.PostedAt),
			},
			{"description_words", len(text) == want.DescriptionWords},
			{"first_words", len(text) >= len(ends.First) && slices.Equal(text[:len(ends.First)], ends.First)},
			{
				"last_words",
				len(text) >= len(ends.Last) && slices.Equal(text[len(text)-len(ends.Last):], ends.Last),
			},
		} {
			stated++
			if c.ok {
				found++
			} else {
				t.Logf("%s: %s differs (%d words)", page.File, c.field, len(text))
			}
		}
	}
	t.Logf("%d of %d stated fields", found, stated)
	require.GreaterOrEqual(t, float64(found), 0.99*float64(stated))
}
