package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var cardTitle = regexp.MustCompile(`<h2 id="job-\d+">(?:<a [^>]*>)?([^<]+)`)

// titlesOf returns the titles of the jobs on a page.
func titlesOf(html string) (titles []string) {
	for _, found := range cardTitle.FindAllStringSubmatch(html, -1) {
		titles = append(titles, found[1])
	}
	return titles
}

// A list is filtered and sorted by its address, as cards and as lines, and so are its exports. What a job
// does not say does not hide it, unless the user says so.
func TestListsAreFilteredAndSorted(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	for _, c := range []struct{ query, first, last string }{
		{"place=utrecht", "Senior Go Engineer, Routing", "Senior Go Engineer, Routing"},
		{"board=LinkedIn&min=80", "Senior Go Engineer, Routing", "Backend Engineer (Go, PostgreSQL)"},
		{"board=naukri", "", ""},
		{"days=2", "Senior Go Engineer, Routing", "Backend Engineer (Go, PostgreSQL)"},
		{"easy=1&stated=1", "Senior Go Engineer, Routing", "Go Developer"},
		{"remote=1", "Backend Engineer (Go, PostgreSQL)", "Site Reliability Engineer"},
		{"pay=75000&stated=1", "Senior Go Engineer, Routing", "Backend Engineer (Go, PostgreSQL)"},
		{"pay=100000&cur=CHF&stated=1", "Embedded Engineer (C, some Go)", "Embedded Engineer (C, some Go)"},
		{"sort=pay", "Senior Go Engineer, Routing", "Platform Engineer"},
		{"sort=posted", "Senior Go Engineer, Routing", "Embedded Engineer (C, some Go)"},
		{"q=lisbon", "", ""},
		{"q=HELM+brno", "Platform Engineer", "Platform Engineer"},
		{"q=tide+mills", "Backend Engineer (Go, PostgreSQL)", "Backend Engineer (Go, PostgreSQL)"},
	} {
		t.Run(c.query, func(t *testing.T) {
			for _, form := range []string{"", "&list=1"} {
				status, _, text := b.get("/?" + c.query + form)
				require.Equal(t, http.StatusOK, status)
				titles := titlesOf(text)
				_, _, export := b.get("/export.csv?" + c.query)
				if c.first == "" {
					require.Empty(t, titles)
					continue
				}
				require.NotEmpty(t, titles)
				require.Equal(t, c.first, titles[0])
				require.Equal(t, c.last, titles[len(titles)-1])
				require.Equal(t, len(titles)+1, strings.Count(export, "\n"), "the export has the same jobs")
			}
		})
	}
}

// The form of the list is in the address, so that it stays from page to page.
func TestCompactListStaysCompact(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.withoutScripts()
	b.leads(chromedp.Navigate(s.URL))
	b.leads(chromedp.SendKeys(chromedp.CSS("#token"), adaToken+"\r"))
	b.leads(chromedp.Click(chromedp.CSS(".forms a")))
	require.Contains(t, b.html(), `class="lines"`)
	b.leads(chromedp.Click(chromedp.CSS(".line .button.primary")))
	require.Contains(t, b.html(), "Marked as applied")
	require.Contains(t, b.html(), `class="lines"`)
	b.leads(chromedp.Click(chromedp.CSS(".tabs li:nth-child(3) a")))
	require.Contains(t, b.html(), `class="lines"`)
	require.Contains(t, b.html(), "Senior Go Engineer, Routing")
	b.leads(chromedp.Click(chromedp.CSS(".forms a")))
	require.NotContains(t, b.html(), `class="lines"`)
	b.quiet()
}
