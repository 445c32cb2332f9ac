package linkedin_test

import (
	"fmt"
	"iter"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/replay"
)

// A scoreboard counts, page by page and field by field, how much of what a saved page states was
// found.
type scoreboard struct {
	fields  []string
	rows    []string
	found   map[string]map[string][2]int // page → field → found, stated
	misses  []string
	hit, of int
}

func newScoreboard(fields ...string) *scoreboard {
	return &scoreboard{fields: fields, found: map[string]map[string][2]int{}}
}

func (s *scoreboard) count(page, field string, want, got any) {
	if s.found[page] == nil {
		s.found[page] = map[string][2]int{}
		s.rows = append(s.rows, page)
	}
	cell := s.found[page][field]
	cell[1]++
	s.of++
	if fmt.Sprint(want) == fmt.Sprint(got) {
		cell[0]++
		s.hit++
	} else {
		s.misses = append(s.misses,
			fmt.Sprintf("%s: %s: want %.80q, got %.80q", page, field, fmt.Sprint(want), fmt.Sprint(got)))
	}
	s.found[page][field] = cell
}

// report prints the table, and fails where less than 99 % was found.
func (s *scoreboard) report(t *testing.T) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "page\t"+strings.Join(s.fields, "\t")+"\t")
	for _, row := range s.rows {
		_, _ = fmt.Fprint(w, row+"\t")
		for _, f := range s.fields {
			if c := s.found[row][f]; c[1] == 0 {
				_, _ = fmt.Fprint(w, "-\t")
			} else {
				_, _ = fmt.Fprintf(w, "%d/%d\t", c[0], c[1])
			}
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush()
	t.Logf(
		"%d of %d stated fields found (%.2f %%)\n%s", s.hit, s.of, 100*float64(s.hit)/float64(s.of),
		b.String(),
	)
	for _, m := range s.misses {
		t.Log(m)
	}
	require.GreaterOrEqual(t, float64(s.hit), 0.99*float64(s.of))
}

func TestSavedSearchPagesYieldWhatTheyState(t *testing.T) {
	t.Parallel()
	board := newScoreboard("leads", "external_id", "title", "company", "location", "posted_at", "url")
	for _, page := range measure.Few(captures.Pages(t, "li-search", "")) {
		var want struct {
			Leads []struct {
				ID       string `json:"external_id"`
				Title    string
				Company  string
				Location string
				Posted   string `json:"posted_at"`
				PathID   string `json:"url_path_id"`
			}
		}
		require.True(t, page.Expected(t, &want), page.File)
		leads, reasons, none, _ := linkedin.ParseSearch(page.Body(t))
		name := path.Base(page.File)
		if !strings.HasPrefix(name, "truncated") {
			require.Empty(t, reasons, name)
		}
		require.Equal(t, len(want.Leads) == 0, none, name)
		board.count(name, "leads", len(want.Leads), len(leads))

		byID := map[string]lead.Lead{}
		for _, l := range leads {
			byID[l.ExternalID] = l
		}
		for _, w := range want.Leads {
			l := byID[w.ID]
			board.count(name, "external_id", w.ID, l.ExternalID)
			board.count(name, "title", lead.CleanLine(w.Title), l.Title)
			board.count(name, "company", lead.CleanLine(w.Company), l.Company)
			board.count(name, "location", lead.CleanLine(w.Location), l.Location)
			posted := ""
			if !l.PostedAt.IsZero() {
				posted = l.PostedAt.Format("2006-01-02")
			}
			board.count(name, "posted_at", w.Posted, posted)
			board.count(
				name, "url", true,
				strings.HasSuffix(l.URL, w.PathID) && l.URL != "" && !strings.Contains(l.URL, "?"),
			)
		}
	}
	board.report(t)
}

type statedPosting struct {
	ID       string `json:"external_id"`
	Title    string
	Company  string
	Closed   bool
	Easy     *bool    `json:"is_easy_apply"`
	Words    int      `json:"description_words"`
	First    []string `json:"first_words"`
	Last     []string `json:"last_words"`
	Criteria []string
	Salary   string
}

func TestSavedPostingsYieldWhatTheyState(t *testing.T) {
	t.Parallel()
	board := newScoreboard(
		"external_id", "closed", "is_easy_apply", "words", "first_words", "last_words", "criteria", "salary",
	)
	for _, page := range measure.Few(captures.Pages(t, "li-detail", "")) {
		var want statedPosting
		require.True(t, page.Expected(t, &want), page.File)
		name := path.Base(page.File)
		id, closed, data, err := linkedin.ParsePosting(page.Body(t))
		require.NoError(t, err, name)
		board.count(name, "external_id", want.ID, id)
		board.count(name, "closed", want.Closed, closed)
		board.count(name, "is_easy_apply", easy(want.Easy), easy(data.IsEasyApply))
		words := wordsOf(data.Description)
		board.count(name, "words", want.Words, len(words))
		board.count(name, "first_words", want.First, words[:min(len(want.First), len(words))])
		board.count(name, "last_words", want.Last, words[max(len(words)-len(want.Last), 0):])
		keys := []string{
			enrich.AttrSeniority, enrich.AttrEmploymentType, enrich.AttrFunction, enrich.AttrIndustries,
		}
		for i, c := range want.Criteria {
			board.count(name, "criteria", c, data.Attributes[keys[i]])
		}
		board.count(name, "salary", want.Salary, data.Attributes[enrich.AttrSalary])
	}
	board.report(t)
}

func easy(b *bool) string {
	if b == nil {
		return "not said"
	}
	return fmt.Sprint(*b)
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	})
}

// TestSavedPagesGiveTheRightErrors asks for each page through the whole scraper.
func TestSavedPagesGiveTheRightErrors(t *testing.T) {
	t.Parallel()
	for _, page := range captures.Pages(t, "blocked", "linkedin/") {
		status := http.StatusOK
		if strings.Contains(page.File, "http-999") {
			status = 999
		}
		for _, status := range []int{status, http.StatusOK} {
			s := serving(t, status, page.Body(t))
			err := firstError(s.Search(t.Context(), lead.Query{Keywords: "cook"}))
			require.ErrorIs(t, err, scraper.ErrBlocked, page.File)
			_, err = s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: "400000001"})
			require.ErrorIs(t, err, scraper.ErrBlocked, page.File)
		}
	}
	for _, page := range measure.Few(captures.Pages(t, "li-detail", "linkedin/")) {
		var want statedPosting
		require.True(t, page.Expected(t, &want), page.File)
		s := serving(t, http.StatusOK, page.Body(t))
		_, err := s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: want.ID})
		if want.Closed {
			require.ErrorIs(t, err, scraper.ErrGone, page.File)
		} else {
			require.NoError(t, err, page.File)
		}
		_, err = s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: "400000001"})
		require.ErrorIs(t, err, scraper.ErrPosting, "the page of another job")
	}
}

// TestSavedFolderReplaysAsABoard runs searches and postings over all that is saved, the way a
// program would.
func TestSavedFolderReplaysAsABoard(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, page := range captures.Pages(t, "li-search", "linkedin/search/") {
		var stated struct {
			Leads []struct {
				ID string `json:"external_id"`
			}
		}
		require.True(t, page.Expected(t, &stated), page.File)
		for _, l := range stated.Leads {
			want[l.ID] = true
		}
	}
	pages, err := replay.Open(os.DirFS(filepath.Join(captures.Dir(t), "linkedin")))
	require.NoError(t, err)
	s, err := linkedin.New(&linkedin.Options{Client: &http.Client{Transport: pages}})
	require.NoError(t, err)

	ids, _, end := collect(s.Search(t.Context(), lead.Query{Keywords: "any"}))
	require.NoError(t, end)
	require.Len(t, ids, len(want))
	for _, id := range ids {
		require.True(t, want[id], id)
	}

	for _, page := range measure.Few(captures.Pages(t, "li-detail", "linkedin/")) {
		var stated statedPosting
		require.True(t, page.Expected(t, &stated), page.File)
		data, err := s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: stated.ID})
		if stated.Closed {
			require.ErrorIs(t, err, scraper.ErrGone, page.File)
			continue
		}
		require.NoError(t, err, page.File)
		require.Len(t, wordsOf(data.Description), stated.Words, page.File)
	}
	// some have a posting open beside the list
	for _, page := range measure.Few(captures.Pages(t, "li-search", "linkedin/search/")) {
		id, closed, want, err := linkedin.ParsePosting(page.Body(t))
		if err != nil || id == "" || closed {
			continue
		}
		got, err := s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: id})
		require.NoError(t, err, page.File)
		require.Equal(t, want.Description, got.Description, page.File)
	}
	_, err = s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: "400000001"})
	require.ErrorIs(t, err, scraper.ErrGone, "a posting that is not in the folder is 404")
}

// firstError returns what a search yields first, if it is an error.
func firstError(seq iter.Seq2[lead.Lead, error]) error {
	for _, err := range seq {
		return err
	}
	return nil
}
