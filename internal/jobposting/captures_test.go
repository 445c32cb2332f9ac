package jobposting_test

import (
	"fmt"
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
			Title, Company         string
			PostedAt               string   `json:"posted_at"`
			DescriptionWords       int      `json:"description_words"`
			FirstWords, LastWords  []string `json:"-"`
			FirstWordsJ, LastWordJ []string `json:"-"`
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
		for field, ok := range map[string]bool{
			"title": p.Title == want.Title, "company": p.Company == want.Company,
			"posted_at":         strings.HasPrefix(want.PostedAt, p.PostedAt.Format("2006-01-02T15:04:05")) || strings.HasPrefix(p.PostedAt.Format("2006-01-02T15:04:05Z"), want.PostedAt),
			"description_words": len(text) == want.DescriptionWords,
			"first_words":       len(text) >= len(ends.First) && fmt.Sprint(text[:len(ends.First)]) == fmt.Sprint(ends.First),
			"last_words":        len(text) >= len(ends.Last) && fmt.Sprint(text[len(text)-len(ends.Last):]) == fmt.Sprint(ends.Last),
		} {
			stated++
			if ok {
				found++
			} else {
				t.Logf("%s: %s differs (%d words)", page.File, field, len(text))
			}
		}
	}
	t.Logf("%d of %d stated fields", found, stated)
	require.GreaterOrEqual(t, float64(found), 0.99*float64(stated))
}
