package naukri_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
)

func testdata(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return b
}

func list(t *testing.T, name string) naukri.Listing {
	t.Helper()
	l, err := naukri.ParseSearch(testdata(t, name), now)
	require.NoError(t, err, name)
	return l
}

func day(d int) time.Time { return time.Date(2026, 6, d, 0, 0, 0, 0, time.UTC) }

func TestCardsAreReadInEveryMarkup(t *testing.T) {
	t.Parallel()
	want := []lead.Lead{
		{
			ExternalID: "300526000001", Title: "Bridge Engineer", Company: "Quay & Sons",
			Location: "Hybrid - Hyderabad, Pune", PostedAt: day(3),
		},
		{
			ExternalID: "290526000002", Title: "C++ & Rivet Lead", Company: "Iron Works (India)",
			Location: "Bengaluru(HSR Layout)", PostedAt: day(3),
		},
		{
			ExternalID: "280526000003", Title: "Trainee Surveyor", Company: "Lantern Labs",
			Location: "Mumbai (All Areas)", PostedAt: day(2),
		},
		{
			ExternalID: "200526000004", Title: "Walk-in Drive for Welders", Company: "Forge Collective",
			Location: "Remote", PostedAt: day(3 - 14),
		},
		{
			ExternalID: "010426000005", Title: "Chief of Cranes", Company: "Harbour Trust",
			Location: "Kochi/Cochin, Chennai",
		},
	}
	for _, page := range []string{"search-2026.html", "search-2024.html", "search-cards-only.html"} {
		l := list(t, page)
		require.Empty(t, l.Reasons, page)
		require.False(t, l.Cut, page)
		require.Len(t, l.Leads, len(want), page)
		for i, got := range l.Leads {
			require.NoError(t, got.Validate(), page)
			require.Regexp(t, `^https://www\.naukri\.com/job-listings-[^?]*-`+got.ExternalID+`$`, got.URL)
			got.URL = ""
			w := want[i]
			w.Source = naukri.Source
			require.Equal(t, w, got, page)
		}
		require.Equal(t, []string{"5-8 Yrs", "0-1 Yrs", "0 Yrs", "3-13 Yrs", "15-24 Yrs"}, l.Experience, page)
	}
	require.Equal(t, 2624, list(t, "search-2026.html").Total)
	require.False(t, list(t, "search-2026.html").Last)
	require.True(t, list(t, "search-2024.html").Last, "no link to a next page")
	require.False(t, list(t, "search-cards-only.html").Last, "the page does not say")
}

func TestCardsOf2021AreRead(t *testing.T) {
	t.Parallel()
	l := list(t, "search-2021.html")
	require.Len(t, l.Leads, 3)
	require.Equal(t, lead.Lead{
		Source: naukri.Source, ExternalID: "120721000001", Title: "Bridge Engineer", Company: "Quay & Sons",
		Location: "Bangalore/Bengaluru", URL: "https://www.naukri.com/job-listings-x-120721000001",
		PostedAt: day(3),
	}, l.Leads[0], "its first label says PREFERRED")
	require.True(t, l.Leads[1].PostedAt.IsZero(), "HOT JOB is no age")
	require.Equal(t, day(2), l.Leads[2].PostedAt)
}

func TestCardsOfTheJSONSearchAreRead(t *testing.T) {
	t.Parallel()
	l := list(t, "search.json")
	require.Equal(t, 45317, l.Total)
	require.Len(t, l.Leads, 4)
	require.Equal(
		t, "https://www.naukri.com/job-listings-260526000005", l.Leads[3].URL,
		"made from the id where there is none",
	)
	require.Equal(t, lead.Lead{
		Source: naukri.Source, ExternalID: "300526000001", Title: "Bridge Engineer", Company: "Quay & Sons",
		Location: "Hybrid - Pune", URL: "https://www.naukri.com/job-listings-x-300526000001",
		PostedAt: time.UnixMilli(1779900000123).UTC(),
	}, l.Leads[0])
	require.True(t, l.Leads[1].PostedAt.IsZero(), "an internship's label is no age, and its date is 0")
	require.Equal(t, "Kochi", l.Leads[2].Location)
	require.Equal(t, day(0), l.Leads[2].PostedAt, "no date: the label counts")
	require.Equal(t, "https://www.naukri.com/job-listings-y-280526000003", l.Leads[2].URL)
	require.Equal(t, []string{"5-9 Yrs", "5-9 Yrs", "5-9 Yrs", ""}, l.Experience)
	require.Equal(t, []string{"title: missing", "its JSON has another form"}, l.Reasons)

	shown := `<html><head><meta name="color-scheme" content="light dark"></head><body>` +
		`<pre style="word-wrap: break-word;">` +
		strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(
			string(testdata(t, "search.json")),
		) + `</pre><div class="json-formatter-container"></div></body></html>`
	again, err := naukri.ParseSearch([]byte(shown), now)
	require.NoError(t, err)
	require.Equal(t, l, again, "a browser shows JSON in a page")
}

func TestBrokenCardsAreNamedAndCostNoOther(t *testing.T) {
	t.Parallel()
	l := list(t, "search-broken-cards.html")
	require.Len(t, l.Leads, 1)
	require.Equal(t, []string{"no id", "title: missing"}, l.Reasons)
}

func TestJobThatThePageNamesAndNoCardShowsIsReported(t *testing.T) {
	t.Parallel()
	page := string(testdata(t, "search-2026.html"))
	start := strings.Index(page, `<div class="srp-jobtuple-wrapper" data-job-id="280526000003"`)
	page = page[:start] + strings.Replace(page[start:], "srp-jobtuple-wrapper", "renamed", 1)
	l, err := naukri.ParseSearch([]byte(page), now)
	require.NoError(t, err)
	require.Len(t, l.Leads, 4)
	require.Equal(t, []string{"the page's own list names a job that no card shows"}, l.Reasons)
}

func TestPageWithoutCardsIsAnErrorThatSaysWhatHelps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page, want string
	}{
		{"search-shell.html", "scraper/browser"},
		{"search-skeleton.html", "wait for naukri.WaitFor"},
		{"posting-2026.html", "without a notice"},
	} {
		t.Run(c.page, func(t *testing.T) {
			l, err := naukri.ParseSearch(testdata(t, c.page), now)
			require.ErrorIs(t, err, scraper.ErrMarkup, c.page)
			require.ErrorContains(t, err, c.want, c.page)
			require.Empty(t, l.Leads, c.page)
		})
	}
	require.True(t, list(t, "search-none.html").None)
	_, err := naukri.ParseSearch([]byte(`<html><body><h1>recaptcha required</h1></body></html>`), now)
	require.ErrorIs(t, err, scraper.ErrBlocked)
}

func TestWaitForMatchesEveryPageThatIsDrawn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page string
		want bool
	}{
		{"search-2026.html", true},
		{"search-2024.html", true},
		{"search-none.html", true},
		{"posting-2026.html", true},
		{"posting-2020.html", true},
		{"search-shell.html", false},
		{"search-skeleton.html", false},
	} {
		t.Run(c.page, func(t *testing.T) {
			doc, err := goquery.NewDocumentFromReader(bytes.NewReader(testdata(t, c.page)))
			require.NoError(t, err)
			require.Equal(t, c.want, doc.Find(naukri.WaitFor).Length() > 0, c.page)
		})
	}
}

func TestPageThatBreaksOffIsNoticed(t *testing.T) {
	t.Parallel()
	page := testdata(t, "search-2026.html")
	for _, mark := range []string{
		`data-job-id="200526000004"`, "Harbour Trust",
		`<div class="styles_pagination__`, "A Leading Firm", `</body>`,
	} {
		at := strings.LastIndex(string(page), mark)
		l, err := naukri.ParseSearch(page[:at], now)
		require.NoError(t, err, mark)
		require.True(t, l.Cut, mark)
	}
}

func TestAgesAreTheBoardsDays(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 6, 3, 20, 0, 0, 0, time.UTC) // it is the 4th in India
	l, err := naukri.ParseSearch(
		[]byte(
			`{"noOfJobs":1,"jobDetails":[{"title":"Rigger","jobId":"300526000001",`+
				`"footerPlaceholderLabel":"Just Now"}]}`,
		),
		late,
	)
	require.NoError(t, err)
	require.Equal(t, day(4), l.Leads[0].PostedAt)
}

func posting(t *testing.T, name string) naukri.Posting {
	t.Helper()
	p, err := naukri.ParsePosting(testdata(t, name), now)
	require.NoError(t, err, name)
	require.NoError(t, p.Data.Validate(), name)
	return p
}

func TestPostingIsReadFromJSON(t *testing.T) {
	t.Parallel()
	p := posting(t, "posting.json")
	require.Equal(t, "300526000001", p.ID)
	require.Equal(t, "Bridge Engineer", p.Title)
	require.Equal(t, "Quay & Sons", p.Company)
	require.Equal(
		t, "You will rivet plates.\n\nRequirements:\n\n- Five years of steel & rivets", p.Data.Description,
	)
	require.Equal(
		t,
		"Requirements:\n- Five years of steel & rivets\nExperience: 5-8 years\nKey skills: Riveting, "+
			"Steel, AutoCAD\nEducation: UG: Any Graduate; PG: M.Tech in Civil",
		p.Data.Requirements,
	)
	require.True(t, *p.Data.IsEasyApply)
	require.Equal(t, map[string]string{
		enrich.AttrExperience: "5-8 years", enrich.AttrSkills: "Riveting, Steel, AutoCAD",
		enrich.AttrEducation: "UG: Any Graduate; PG: M.Tech in Civil",
		enrich.AttrSalary:    "80,000-3 Lacs", enrich.AttrSalaryMin: "80000",
		enrich.AttrSalaryMax: "300000", enrich.AttrSalaryCurrency: "INR", enrich.AttrSalaryPeriod: "year",
		enrich.AttrEmploymentType: "Full Time, Permanent", naukri.AttrRole: "Site Engineer",
		naukri.AttrRoleCategory: "Civil", enrich.AttrFunction: "Engineering",
		enrich.AttrIndustries: "Construction", enrich.AttrOpenings: "4",
		enrich.AttrWorkplace: "hybrid", enrich.AttrWalkIn: "10 June - 12 June, 9.30 AM, Dock 4, Kochi",
	}, p.Data.Attributes)
}

func TestJSONOfAJobIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	read := func(members string) naukri.Posting {
		p, err := naukri.ParsePosting([]byte(`{"jobDetails":{"description":"Rivet.",`+members+`}}`), now)
		require.NoError(t, err, members)
		return p
	}
	for _, c := range []struct {
		members, want string
	}{
		{
			`"salaryDetail":{"minimumSalary":80000,"maximumSalary":300000,"hideSalary":true,` +
				`"label":"80,000-3 Lacs"}`,
			"salary=",
		},
		{
			`"salaryDetail":{"minimumSalary":600000,"maximumSalary":800000,"hideSalary":false}`,
			"salary=6 Lacs-8 Lacs",
		},
		{`"salaryDetail":{"minimumSalary":12500000,"maximumSalary":12500000}`, "salary=1.25 Cr"},
		{
			`"salaryDetail":{"minimumSalary":20000,"maximumSalary":30000,"currency":"USD"}`,
			"salary=USD 20000-USD 30000",
		},
		{`"salaryDetail":{"minimumSalary":0,"maximumSalary":0,"label":"Not Disclosed"}`, "salary="},
		{`"experienceText":"5-8 Yrs","minimumExperience":1,"maximumExperience":2`, "experience=5-8 Yrs"},
		{`"minimumExperience":"0","maximumExperience":"0"`, "experience=0 years"},
		{`"wfhType":0`, "workplace=on-site"},
		{`"wfhType":"2"`, "workplace=remote"},
		{`"wfhLabel":"Remote"`, "workplace=remote"},
		{`"wfhType":"3"`, "workplace=hybrid"},
		{`"walkIn":true`, "walk_in=yes"},
		{`"walkIn":false`, "walk_in="},
		{`"walkIn":null`, "walk_in="},
		{`"title":"Walk in drive"`, "walk_in=yes"},
		{`"vacancy":"0"`, "openings="},
		{`"vacancy":"7"`, "openings=7"},
		{`"keySkills":[],"companyDetail":"Quay","vacancy":7`, "openings=7"},
		{`"education":{"ug":"Any"},"vacancy":7`, "openings=7"},
	} {
		t.Run(c.members, func(t *testing.T) {
			key, value, _ := strings.Cut(c.want, "=")
			require.Equal(t, value, read(c.members).Data.Attributes[key], c.members)
		})
	}
	for _, c := range []struct {
		members, want string
	}{
		{`"mode":"jp"`, "true"},
		{`"mode":"crawled"`, "false"},
		{`"mode":"airex"`, ""},
		{`"mode":"jp","applyRedirectUrl":"https://careers.example/1"`, "false"},
		{`"hideApplyButton":true`, ""},
	} {
		t.Run(c.members, func(t *testing.T) {
			got := ""
			if easy := read(c.members).Data.IsEasyApply; easy != nil {
				got = fmt.Sprint(*easy)
			}
			require.Equal(t, c.want, got, c.members)
		})
	}
}

func TestPostingIsReadFromThePage(t *testing.T) {
	t.Parallel()
	p := posting(t, "posting-2026.html")
	require.Equal(t, "300526000001", p.ID)
	require.Equal(t, "Bridge Engineer", p.Title)
	require.Equal(t, "Quay & Sons", p.Company)
	require.False(t, p.Closed, "what the employer writes is no notice")
	require.True(t, *p.Data.IsEasyApply, "what the employer writes is no button")
	require.Contains(
		t, p.Data.Description, "You will rivet plates.\nThis job is no longer available to agencies.",
	)
	require.NotContains(t, p.Data.Description, "Role")
	require.Equal(t, map[string]string{
		enrich.AttrExperience: "5 - 8 years", enrich.AttrSkills: "Riveting, Steel, AutoCAD",
		enrich.AttrEducation: "UG: Any Graduate", enrich.AttrSalary: "2.25-6 Lacs P.A.",
		enrich.AttrSalaryMin: "225000", enrich.AttrSalaryMax: "600000", enrich.AttrSalaryCurrency: "INR",
		enrich.AttrSalaryPeriod: "year", enrich.AttrEmploymentType: "Full Time, Permanent",
		naukri.AttrRole: "Site Engineer", naukri.AttrRoleCategory: "Civil",
		enrich.AttrFunction: "Engineering", enrich.AttrIndustries: "Construction",
		enrich.AttrOpenings: "12", enrich.AttrWorkplace: "hybrid", enrich.AttrWalkIn: "yes",
	}, p.Data.Attributes)

	p = posting(t, "posting-2020.html")
	require.Equal(t, "About you\n\n- Five years of steel", p.Data.Description)
	require.Nil(t, p.Data.IsEasyApply)
	require.Equal(t, map[string]string{
		enrich.AttrSkills: "Riveting, Steel", enrich.AttrEducation: "UG: Any Graduate; PG: M.Tech",
		naukri.AttrRole: "Site Engineer", enrich.AttrFunction: "Civil, R&D",
	}, p.Data.Attributes)

	p = posting(t, "posting-jsonld.html")
	require.Equal(t, "300526000001", p.ID)
	require.Equal(t, "You will rivet plates.\n\nSkills\nRiveting, Steel", p.Data.Description)
	require.Equal(t, "Riveting, Steel", p.Data.Attributes[enrich.AttrSkills])
}

func TestJobIsClosedByANoticeAndNoWayToApply(t *testing.T) {
	t.Parallel()
	page := string(testdata(t, "posting-closed.html"))
	p, err := naukri.ParsePosting([]byte(page), now)
	require.NoError(t, err)
	require.True(t, p.Closed)

	p, err = naukri.ParsePosting(
		[]byte(
			strings.Replace(
				page, "</body>", `<button id="login-apply-button">Login to apply</button></body>`, 1,
			),
		),
		now,
	)
	require.NoError(t, err)
	require.False(t, p.Closed, "one can still apply")
	require.Equal(t, "You will rivet plates.", p.Data.Description)

	p, err = naukri.ParsePosting([]byte(strings.Replace(page, "This job has expired.", "", 1)), now)
	require.NoError(t, err)
	require.False(t, p.Closed, "nothing says so")
}

func TestPageWithoutAPostingIsTheAdvertsOwnFailure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page, want string
	}{
		{"search-shell.html", "scraper/browser"},
		{"search-skeleton.html", "scraper/browser"},
		{"search-none.html", "neither a job's text"},
	} {
		t.Run(c.page, func(t *testing.T) {
			_, err := naukri.ParsePosting(testdata(t, c.page), now)
			require.ErrorIs(t, err, scraper.ErrPosting, c.page)
			require.ErrorContains(t, err, c.want, c.page)
		})
	}
	page := testdata(t, "posting-2026.html")
	_, err := naukri.ParsePosting(page[:strings.Index(string(page), "Five years")], now)
	require.ErrorIs(t, err, scraper.ErrPosting)
	require.ErrorContains(t, err, "ends within")
}
