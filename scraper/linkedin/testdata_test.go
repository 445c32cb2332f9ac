package linkedin_test

import (
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
)

var update = flag.Bool("update", false, "write what the pages of testdata yield as their goldens")

func golden(t *testing.T, page string, got any) {
	t.Helper()
	file := filepath.Join("testdata", strings.TrimSuffix(page, ".html")+".golden.json")
	b, err := json.MarshalIndent(got, "", " ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(file, append(b, '\n'), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(b), page)
}

func TestSearchPagesYieldTheirLeads(t *testing.T) {
	t.Parallel()
	type result struct {
		Leads   []lead.Lead
		Reasons []string
		None    bool
		Blank   bool
	}
	got := map[string]result{}
	for _, p := range ownPages(t, "search-") {
		var r result
		r.Leads, r.Reasons, r.None, r.Blank = linkedin.ParseSearch(p.body)
		golden(t, p.name, r)
		got[p.name] = r
	}

	require.Len(t, got["search-fragment.html"].Leads, 10)
	require.Len(t, got["search-page.html"].Leads, 60, "the similar jobs beside the list are not results")
	require.Len(t, got["search-2022.html"].Leads, 25)
	require.Len(t, got["search-localised.html"].Leads, 2)
	require.True(t, got["search-no-results.html"].None)

	anchor := got["search-anchor-card.html"].Leads
	require.Len(t, anchor, 3)
	require.Equal(
		t, "https://www.linkedin.com/jobs/view/ferry-pilot-420000002", anchor[1].URL,
		"a card may be the link itself",
	)
	require.Equal(t, "No Page Shipping", anchor[1].Company)
	require.Equal(
		t, "https://de.linkedin.com/jobs/view/f%C3%A4hr-lotse-at-%C3%BCberfahrt-420000003", anchor[2].URL,
		"the address stays as the board spells it",
	)

	broken := got["search-broken-cards.html"]
	require.Equal(t, []string{"440000001", "440000005", "440000006", "440000008"}, idsOf(broken.Leads))
	require.Equal(
		t,
		[]string{
			"title: missing", "its address names another job", "no job id",
			"a job in a form that is not known",
		},
		broken.Reasons,
	)
	require.True(t, broken.Leads[2].PostedAt.IsZero(), "a date that is none is not a reason to lose a job")
	require.Equal(
		t, "https://www.linkedin.com/jobs/view/440000008", broken.Leads[3].URL,
		"an address elsewhere is not followed",
	)

	cut := got["search-cut.html"]
	require.Len(t, cut.Leads, 5, "the last card holds what a lead must have")
	require.Len(t, cut.Reasons, 1)
	require.Empty(t, cut.Leads[4].Location)

	for name, r := range got {
		for _, l := range r.Leads {
			require.NoError(t, l.Validate(), name)
			require.NotContains(t, l.URL, "?", name)
		}
	}
}

func TestTitleIsReadFromTheHiddenTextWhereTheHeadingIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"search-fragment", "search-2022"} {
		body, err := os.ReadFile(filepath.Join("testdata", page+".html"))
		require.NoError(t, err)
		want, _, _, _ := linkedin.ParseSearch(body)
		got, reasons, _, _ := linkedin.ParseSearch(
			[]byte(strings.ReplaceAll(string(body), "base-search-card__title", "title-v9")),
		)
		require.Empty(t, reasons)
		require.Equal(t, want, got)
	}
}

func TestPostingsYieldTheirDataOrAnError(t *testing.T) {
	t.Parallel()
	type result struct {
		ID     string
		Closed bool
		Data   enrich.Data
		Err    string
	}
	got := map[string]result{}
	for _, p := range ownPages(t, "posting-") {
		var r result
		var err error
		if r.ID, r.Closed, r.Data, err = linkedin.ParsePosting(p.body); err != nil {
			r.Err = err.Error()
		}
		golden(t, p.name, r)
		got[strings.TrimSuffix(strings.TrimPrefix(p.name, "posting-"), ".html")] = r
	}

	for _, want := range []struct {
		name   string
		easy   string
		closed bool
	}{
		{name: "offsite", easy: "false"},
		{name: "offsite-2024", easy: "false"},
		{name: "easy-apply", easy: "true"},
		{name: "easy-apply-simple", easy: "true"},
		{name: "closed", easy: "not said", closed: true},
		{name: "closed-localised", easy: "not said", closed: true},
		{name: "notice-but-open", easy: "true"},  // one signal is not two
		{name: "no-control", easy: "not said"},   // nor is the other one
		{name: "hostile-text", easy: "not said"}, // the employer's markup is not the page's
	} {
		t.Run(want.name, func(t *testing.T) {
			r := got[want.name]
			require.Empty(t, r.Err, want.name)
			require.Equal(t, want.easy, easy(r.Data.IsEasyApply), want.name)
			require.Equal(t, want.closed, r.Closed, want.name)
			require.NoError(t, r.Data.Validate(), want.name)
		})
	}
	require.Equal(t, "the page has no description", got["no-description"].Err)
	require.Equal(t, "the page ends within the description", got["cut"].Err)

	d := got["easy-apply"].Data
	require.Equal(t, map[string]string{
		enrich.AttrSeniority: "Mid-Senior level", enrich.AttrEmploymentType: "Full-time",
		enrich.AttrFunction:   "Maintenance and Navigation",
		enrich.AttrIndustries: "Maritime Transportation", enrich.AttrSalary: "$70.00/hr - $100.00/hr",
		enrich.AttrSalaryMin: "70", enrich.AttrSalaryMax: "100", enrich.AttrSalaryCurrency: "USD",
		enrich.AttrSalaryPeriod: "hour",
	}, d.Attributes)
	require.Contains(t, d.Description, "- Climb 214 steps a day.\n- Polish the lens; trim wicks.")
	require.Contains(t, d.Description, "<No pets>")
	require.NotContains(t, d.Description, "Show more")
	require.Contains(t, d.Requirements, "Good knees")
	require.NotContains(t, d.Requirements, "lamp oil")

	require.Equal(
		t,
		map[string]string{
			enrich.AttrEmploymentType: "Full-time", enrich.AttrFunction: "Maintenance and Navigation",
		},
		got["easy-apply-simple"].Data.Attributes,
		"labels tell where some are missing",
	)
	require.Equal(
		t, "برمجيات", got["closed-localised"].Data.Attributes[enrich.AttrIndustries],
		"the order tells where labels do not",
	)
	require.Equal(t, "460000009", got["hostile-text"].ID)
}

func TestBlockedPagesAreErrBlockedWhateverTheStatus(t *testing.T) {
	t.Parallel()
	for _, p := range ownPages(t, "blocked-") {
		for _, status := range []int{http.StatusOK, 999, http.StatusForbidden} {
			s := serving(t, status, p.body)
			err := firstError(s.Search(t.Context(), lead.Query{Keywords: "keeper"}))
			blocked(t, err, p.name)
			_, err = s.Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: "460000001"})
			blocked(t, err, p.name)
		}
	}
}

// blocked checks that the error says what was seen and what the user can do.
func blocked(t *testing.T, err error, name string) {
	t.Helper()
	require.ErrorIs(t, err, scraper.ErrBlocked, name)
	var page *scraper.PageError
	require.True(t, errors.As(err, &page), name)
	require.Contains(t, page.Reason, "leave it alone for some hours", name)
	require.NotContains(t, err.Error(), "keeper", name)
}

func TestPageOfAnotherJobIsNotTaken(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"offsite", "closed"} {
		body, err := os.ReadFile(filepath.Join("testdata", "posting-"+name+".html"))
		require.NoError(t, err)
		_, err = serving(
			t, http.StatusOK, body,
		).Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: "499999999"})
		require.ErrorIs(t, err, scraper.ErrPosting)
		require.NotErrorIs(t, err, scraper.ErrGone)
	}
}

func TestIDIsFoundWhereverThePageSaysIt(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join("testdata", "posting-easy-apply.html"))
	require.NoError(t, err)
	page := strings.Replace(string(body), `<code id="decoratedJobPostingId"`, `<code id="x"`, 1)
	for _, mark := range []string{
		`<link rel="canonical"`, `<meta property="og:url"`,
		`class="topcard__link"`,
	} {
		id, _, _, err := linkedin.ParsePosting([]byte(page))
		require.NoError(t, err)
		require.Equal(t, "460000003", id, "before %s went", mark)
		page = strings.Replace(page, mark, `<p data-x`, 1)
	}
	id, _, _, err := linkedin.ParsePosting([]byte(page))
	require.NoError(t, err)
	require.Empty(t, id, "the other jobs on the page are not it")
}
