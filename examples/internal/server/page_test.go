package server

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A surfer is a browser without a screen.
type surfer struct {
	testing.TB
	site   *site
	client *http.Client
	header http.Header // of every request
}

func (s *site) surfer(token string) *surfer {
	s.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s, err)
	b := &surfer{TB: s.TB, site: s, header: http.Header{}, client: &http.Client{
		Jar: jar, Transport: s.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if token != "" {
		status, header, _ := b.post("/sign-in", url.Values{"token": {token}})
		require.Equal(s, http.StatusSeeOther, status)
		require.Equal(s, "/", header.Get("Location"))
	}
	return b
}

func (b *surfer) send(method, path string, body io.Reader) (status int, header http.Header, text string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.site.URL+path, body)
	require.NoError(b, err)
	for name, values := range b.header {
		r.Header[name] = values
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.client.Do(r)
	require.NoError(b, err)
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return response.StatusCode, response.Header, string(data)
}

func (b *surfer) get(path string) (status int, header http.Header, text string) {
	b.Helper()
	return b.send(http.MethodGet, path, nil)
}

func (b *surfer) post(path string, form url.Values) (status int, header http.Header, text string) {
	b.Helper()
	return b.send(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func TestEveryAnswerHoldsTheBrowserToThePolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.surfer(adaToken)
	for _, path := range []string{"/", "/sign-in", "/nowhere", "/static/style.css", "/export.csv"} {
		_, header, _ := b.get(path)
		require.Equal(t, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
			"form-action 'self'; "+
			"base-uri 'none'; frame-ancestors 'none'",
			header.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
	}
}

// The cookie holds the name of a session, which scripts and other sites cannot read. The token is
// neither in it nor on the page.
func TestTheTokenIsNotInTheCookieNorOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.surfer("")
	_, header, text := b.post("/sign-in", url.Values{"token": {" " + adaToken + "\n"}})
	require.NotContains(t, text, adaToken)
	cookie, err := http.ParseSetCookie(header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.Equal(t, "forge_session", cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.NotContains(t, cookie.Value, adaToken)
	require.Greater(t, len(cookie.Value), 40)
	_, _, text = b.get("/")
	require.NotContains(t, text, adaToken)
	require.NotContains(t, text, cookie.Value)
}

func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer("")
	for _, path := range []string{"/", "/export.csv", "/export.json", "/?view=rejected"} {
		status, header, text := b.get(path)
		require.Equal(t, http.StatusSeeOther, status, path)
		require.Equal(t, "/sign-in", header.Get("Location"), path)
		require.NotContains(t, text, "Wheelmarket")
	}
	for _, path := range []string{"/jobs/1/mark", "/jobs/1/reopen"} {
		status, _, _ := b.post(path, url.Values{"status": {"APPLIED"}})
		require.Equal(t, http.StatusSeeOther, status, path)
	}
	status, _, text := b.post("/sign-in", url.Values{"token": {""}})
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, text, "does not know this token")
	stats, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stats.ByStatus[lead.Applied], "0 rows changed")
}

// A session ends when its token is revoked, when its user signs out, and after a month.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.surfer(adaToken)
	in := func() bool {
		status, _, _ := b.get("/")
		require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, status)
		return status == http.StatusOK
	}
	require.True(t, in())
	s.now.advance(29 * 24 * time.Hour)
	require.True(t, in(), "a month since the last visit, not since signing in")
	s.now.advance(29 * 24 * time.Hour)
	require.True(t, in())
	s.now.advance(31 * 24 * time.Hour)
	require.False(t, in())

	b = s.surfer(adaToken)
	_, _, _ = b.post("/sign-out", nil)
	require.False(t, in())

	b = s.surfer(adaToken)
	require.True(t, in())
	s.setTokens(tokenLine(bobToken, "agent bob"))
	require.False(t, in(), "the token was revoked")
}

// Another site cannot send a form in a user's name.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Origin": {"https://evil.example.com"}},
		{"Origin": {"null"}},
	} {
		for _, path := range []string{"/jobs/1/mark", "/jobs/1/reopen", "/sign-in", "/sign-out"} {
			t.Run(fmt.Sprint(header, path), func(t *testing.T) {
				b.header = header
				status, _, _ := b.post(path, url.Values{"status": {"APPLIED"}, "token": {adaToken}})
				require.Equal(t, http.StatusForbidden, status)
			})
		}
	}
	b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	status, _, _ := b.post("/jobs/1/mark", url.Values{"status": {"APPLIED"}})
	require.Equal(t, http.StatusSeeOther, status)
}

func TestAnActionReachesOnlyOnesOwnJobsAndOnlyWithTheRightToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	for _, c := range []struct {
		token string
		want  int
	}{{bobToken, http.StatusNotFound}, {adaLooks, http.StatusForbidden}} {
		b := s.surfer(c.token)
		for _, path := range []string{
			"/jobs/1/mark", "/jobs/12/reopen", "/jobs/999999/mark",
			"/jobs/x/mark",
		} {
			t.Run(c.token+path, func(t *testing.T) {
				status, _, _ := b.post(path, url.Values{"status": {"APPLIED"}})
				require.Equal(t, c.want, status)
			})
		}
	}
	_, _, text := s.surfer(bobToken).get("/")
	require.NotContains(t, text, "Wheelmarket")
	_, _, text = s.surfer(adaLooks).get("/")
	require.Contains(t, text, "Wheelmarket")
	require.NotContains(t, text, "I applied", "there is no button that would not work")
	b := s.surfer(adaToken)
	for _, status := range []string{"AUTO_REJECTED", "FAILED", "<script>", ""} {
		got, _, _ := b.post("/jobs/1/mark", url.Values{"status": {status}})
		require.Equal(t, http.StatusUnprocessableEntity, got, status)
	}
	got, header,
		_ := b.post("/jobs/1/mark",
		url.Values{"status": {"APPLIED"}, "back": {"view=saved&q=x&at=//evil.example.com"}})
	require.Equal(t, http.StatusSeeOther, got)
	require.Equal(
		t, "/?q=x&view=saved", header.Get("Location"), "an action leads back to the page and nowhere else",
	)
}

// A spreadsheet must not run text of a board as a formula.
func TestExportsHoldWhatIsShownAndNoFormulas(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ada := s.forUser("ada")
	easy := true
	for i, title := range []string{
		`=HYPERLINK("http://evil.example.com")`, "+1 Engineer", "-Engineer", "@SUM(A1)", `Engineer, "quoted"`,
		"Engineer\u00a0plain",
	} {
		refs, err := ada.Sync(t.Context(), []lead.Lead{
			{
				Source: "example", ExternalID: title, Title: title, Company: "=1+1",
				URL: "https://jobs.example.com/1", PostedAt: s.now.Now(),
			},
		})
		require.NoError(t, err)
		require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{
				Score: 90 - i, Reasoning: "-2", MissingSkills: []string{"=A1", "Go"},
			},
			Status: lead.Matched,
			Data:   &enrich.Data{Description: "Text.", IsEasyApply: &easy},
		}))
	}
	matches, _, err := ada.(forge.Lister).List(t.Context(), store.Filter{})
	require.NoError(t, err)
	for _, e := range matches {
		require.NoError(t, ada.(forge.Annotator).Put(t.Context(), e.ID, "a", []byte(`"=1"`)))
	}
	b := s.surfer(adaToken)
	status, header, text := b.get("/export.csv?min=86")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, `attachment; filename="forge-jobs-2026-11-24.csv"`, header.Get("Content-Disposition"))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, []string{
		"score", "status", "title", "company", "location", "posted_at", "easy_apply", "missing_skills",
		"reasoning", "url", "source", "external_id", "updated_at", "unverified", "extra", "pay", "advice",
	}, rows[0])
	for _, row := range rows[1:] {
		for _, cell := range row {
			require.False(t, cell != "" && strings.ContainsRune("=+-@", rune(cell[0])), cell)
		}
	}
	require.Equal(t, `'=HYPERLINK("http://evil.example.com")`, rows[1][2])
	require.Equal(t, `Engineer, "quoted"`, rows[5][2])
	require.Equal(t, "'=A1; Go", rows[1][7])
	require.Equal(t, `{"a":"=1"}`, rows[1][14])

	_, header, text = b.get("/export.json?q=plain")
	require.Equal(t, "application/json", header.Get("Content-Type"))
	var jobs []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &jobs))
	require.Len(t, jobs, 1)
	require.EqualValues(t, 85, jobs[0]["score"])
	require.Equal(t, []any{"=A1", "Go"}, jobs[0]["missing_skills"])
	require.Equal(t, map[string]any{"a": "=1"}, jobs[0]["extra"])
	_, _, text = b.get("/export.json?view=rejected")
	require.JSONEq(t, "[]", text)
}

func TestLongListsGoOnOnTheNextPageAndExportWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for i := range 60 {
		require.NoError(t, decide(t.Context(), s.forUser("ada"), lead.Lead{
			Source: "example", ExternalID: string(rune('0'+i/10)) + string(rune('0'+i%10)), Title: "Engineer",
			URL: "https://jobs.example.com/1",
		}, 40+i))
	}
	b := s.surfer(adaToken)
	path, cards := "/", []int{}
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	for path != "" {
		_, _, text := b.get(path)
		cards = append(cards, strings.Count(text, `<article class="card`))
		path = ""
		if found := next.FindStringSubmatch(text); found != nil {
			path = found[1]
		}
	}
	require.Equal(t, []int{25, 25, 10}, cards)
	_, _, text := b.get("/export.csv")
	rows, err := csv.NewReader(bytes.NewBufferString(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 61)
}

func TestAnAddressThatMakesNoSenseShowsTheMatches(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	for _, query := range []string{
		"view=nothing", "min=x", "min=-1", "min=1000", "at=x", "q=%00", "q=" + strings.Repeat("x", 600),
		"%zz",
		"view=%3Cscript%3E",
	} {
		status, _, text := b.get("/?" + query)
		require.Equal(t, http.StatusOK, status, query)
		require.Contains(t, text, "Wheelmarket", query)
	}
}

// A match is new if it came after the user's previous visit with this browser. Requests shortly
// after each other are one visit.
func TestWhatIsNewIsNewSinceTheUsersLastVisit(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	page := func(path string) string { _, _, text := b.get(path); return text }
	require.NotContains(t, page("/"), "since your visit", "the first visit")
	s.now.advance(24 * time.Hour)
	require.NoError(t, s.fresh("ada"))
	for range 3 {
		require.Contains(t, page("/"), "<strong>1 new</strong></a> since your visit yesterday")
		s.now.advance(20 * time.Minute)
	}
	require.Equal(t, 1, strings.Count(page("/?new=1"), "<article"))
	require.Equal(t, 2, strings.Count(page("/export.csv?new=1"), "\n"), "a header and one job")
	s.now.advance(8 * 24 * time.Hour)
	require.Contains(t, page("/"), "Nothing new since your visit on 25 November")

	_, _, _ = b.post("/sign-out", nil)
	_, _, _ = b.post("/sign-in", url.Values{"token": {adaLooks}})
	require.Contains(t, page("/"), "since your visit", "another token of the same user")
	_, _, _ = b.post("/sign-out", nil)
	_, _, _ = b.post("/sign-in", url.Values{"token": {bobToken}})
	require.NotContains(t, page("/"), "since your visit", "another user of the same browser")

	// A match that was dismissed and taken back is not new.
	b = s.surfer(adaToken)
	_ = page("/")
	s.now.advance(time.Hour)
	_, _, _ = b.post("/jobs/1/mark", url.Values{"status": {"DISMISSED"}, "from": {"MATCHED"}})
	_, _, _ = b.post("/jobs/1/mark", url.Values{"status": {"MATCHED"}, "from": {"DISMISSED"}, "undo": {"1"}})
	require.NotContains(t, page("/"), `<article class="card new"`)
}
