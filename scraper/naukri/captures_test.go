package naukri_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
)

// The day on which ages are counted from in tests.
var now = time.Date(2026, 6, 3, 9, 30, 0, 0, time.UTC)

// A table counts stated and found fields per page.
type table struct{ stated, found int }

func (r *table) row(t *testing.T, page string, fields map[string][2]int) {
	t.Helper()
	line := ""
	names := make([]string, 0, len(fields))
	for f := range fields {
		names = append(names, f)
	}
	slices.Sort(names)
	for _, f := range names {
		n := fields[f]
		line += fmt.Sprintf("  %s %d/%d", f, n[0], n[1])
		r.found += n[0]
		r.stated += n[1]
	}
	t.Logf("%-62s%s", page, line)
}

// words are the runs of letters and digits of a text.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	})
}

// onlyFirst drops repeats.
func onlyFirst(l *naukri.Listing) {
	seen := map[string]bool{}
	leads, experience := l.Leads, l.Experience
	l.Leads, l.Experience = nil, nil
	for i, lead := range leads {
		if !seen[lead.ExternalID] {
			seen[lead.ExternalID] = true
			l.Leads, l.Experience = append(l.Leads, lead), append(l.Experience, experience[i])
		}
	}
}

type statedLead struct {
	ExternalID string `json:"external_id"`
	Title      string `json:"title"`
	Company    string `json:"company"`
	Location   string `json:"location"`
	Experience string `json:"experience"`
	URL        string `json:"url"`
	Posted     string `json:"posted_text"`
}

func TestSavedSearchPagesYieldEveryStatedField(t *testing.T) {
	t.Parallel()
	var r table
	for _, page := range measure.Few(captures.Pages(t, "nk-search", "")) {
		var want struct {
			Leads    []statedLead `json:"leads"`
			ItemList []string     `json:"itemlist_ids"`
		}
		require.True(t, page.Expected(t, &want), page.File)
		got, err := naukri.ParseSearch(page.Body(t), now)
		fields := map[string][2]int{}
		count := func(field, want string, ok bool) {
			if want == "" {
				return
			}
			n := fields[field]
			if n[1]++; ok {
				n[0]++
			} else {
				t.Logf("%s: %s: want %q", page.File, field, want)
			}
			fields[field] = n
		}
		if len(want.Leads) == 0 { // shells and skeletons: an error, never an empty result
			require.ErrorIs(t, err, scraper.ErrMarkup, page.File)
			require.ErrorContains(t, err, "browser", page.File)
			count("no leads", "none", len(got.Leads) == 0)
			r.row(t, page.File, fields)
			continue
		}
		require.NoError(t, err, page.File)
		require.Empty(t, got.Reasons, page.File)
		require.False(t, got.Cut, page.File)
		onlyFirst(&got) // as a search does
		require.Len(t, got.Leads, len(want.Leads), page.File)
		for i, w := range want.Leads {
			l := got.Leads[i]
			require.NoError(t, l.Validate(), page.File)
			count("id", w.ExternalID, l.ExternalID == w.ExternalID)
			count("title", w.Title, l.Title == w.Title)
			count("company", w.Company, l.Company == w.Company)
			count("location", w.Location, l.Location == w.Location)
			count("experience", w.Experience, got.Experience[i] == w.Experience)
			count("url", w.URL, l.URL == "https://www.naukri.com"+w.URL)
			if day, ok := dates.Ago(w.Posted, now.In(time.FixedZone("IST", 5*3600+1800))); ok {
				count("posted", w.Posted, l.PostedAt.Equal(day))
			}
		}
		r.row(t, page.File, fields)
	}
	t.Logf(
		"%d of %d stated fields found (%.2f %%)", r.found, r.stated, 100*float64(r.found)/float64(r.stated),
	)
	require.GreaterOrEqual(t, float64(r.found), 0.99*float64(r.stated))
}

func TestSavedPostingsYieldEveryStatedField(t *testing.T) {
	t.Parallel()
	var r table
	for _, page := range measure.Few(captures.Pages(t, "nk-detail", "")) {
		var want struct {
			ExternalID string   `json:"external_id"`
			Title      string   `json:"title"`
			Company    string   `json:"company"`
			Words      int      `json:"description_words"`
			First      []string `json:"first_words"`
			Last       []string `json:"last_words"`
			Skills     []string `json:"key_skills"`
			HideSalary *bool    `json:"hide_salary"`
		}
		require.True(t, page.Expected(t, &want), page.File)
		got, err := naukri.ParsePosting(page.Body(t), now)
		require.NoError(t, err, page.File)
		require.NoError(t, got.Data.Validate(), page.File)
		text := words(got.Data.Description)
		fields := map[string][2]int{}
		count := func(field string, stated, ok bool) {
			if !stated {
				return
			}
			n := fields[field]
			if n[1]++; ok {
				n[0]++
			} else {
				t.Logf("%s: %s differs (%d words)", page.File, field, len(text))
			}
			fields[field] = n
		}
		count("id", want.ExternalID != "", got.ID == want.ExternalID)
		count("title", want.Title != "", got.Title == want.Title)
		count("company", want.Company != "", got.Company == want.Company)
		count("words", want.Words > 0, len(text) == want.Words)
		count(
			"first words", len(want.First) > 0,
			len(text) >= len(want.First) && slices.Equal(text[:len(want.First)], want.First),
		)
		count(
			"last words", len(want.Last) > 0,
			len(text) >= len(want.Last) && slices.Equal(text[len(text)-len(want.Last):], want.Last),
		)
		count(
			"skills", len(want.Skills) > 0,
			got.Data.Attributes[enrich.AttrSkills] == strings.Join(want.Skills, ", "),
		)
		if want.HideSalary != nil {
			count("salary", true, (got.Data.Attributes[enrich.AttrSalary] == "") == *want.HideSalary)
		}
		r.row(t, page.File, fields)
		t.Log(got.Data.Attributes)
	}
	t.Logf(
		"%d of %d stated fields found (%.2f %%)", r.found, r.stated, 100*float64(r.found)/float64(r.stated),
	)
	require.GreaterOrEqual(t, float64(r.found), 0.99*float64(r.stated))
}
