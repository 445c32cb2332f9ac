package linkedin_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
)

func keeper() lead.Lead { return lead.Lead{Source: linkedin.Source, ExternalID: "460000001"} }

// A failure is what a search or a posting ended with.
type failure struct {
	what string
	err  error
	own  error // the class of a page that is not known
}

// both returns what a search and a posting end with.
func both(t *testing.T, s *linkedin.Scraper) []failure {
	t.Helper()
	ids, _, end := collect(s.Search(t.Context(), lead.Query{Keywords: "keeper"}))
	require.Empty(t, ids)
	data, err := s.Detail(t.Context(), keeper())
	require.Zero(t, data)
	return []failure{{"search", end, scraper.ErrMarkup}, {"detail", err, scraper.ErrPosting}}
}

func TestRedirectToALoginPageIsBlockedWhateverItSays(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/authwall?trk=x", "/login", "/uas/login?session_redirect=y",
		"/signup/cold-join", "/checkpoint/challenge/x",
	} {
		for _, c := range []struct {
			name   string
			follow func(*http.Request, []*http.Request) error
		}{
			{"followed", nil},
			{"not followed", func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/jobs-guest/") {
					http.Redirect(w, r, path, http.StatusFound)
					return
				}
				_, _ = io.WriteString(w, "<p>Welcome</p>")
			}))
			t.Cleanup(srv.Close)
			s, err := linkedin.New(
				&linkedin.Options{Client: &http.Client{CheckRedirect: c.follow}, BaseURL: srv.URL},
			)
			require.NoError(t, err)
			for _, f := range both(t, s) {
				blocked(t, f.err, f.what+" "+c.name+" "+path)
			}
		}
	}
}

func TestRedirectToAnotherHostIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"http://169.254.169.254/latest/meta-data", "http://elsewhere.example/"} {
		s := answeredWith(t, func(r *http.Request) *http.Response {
			require.Equal(t, "www.linkedin.com", r.URL.Host)
			return &http.Response{
				StatusCode: http.StatusFound, Header: http.Header{"Location": {target}}, Body: http.NoBody,
				Request: r,
			}
		})
		for _, f := range both(t, s) {
			require.ErrorIs(t, f.err, f.own, f.what)
			require.NotContains(t, f.err.Error(), "keeper", f.what)
		}
	}
}

func TestUnknownPageIsNotBlockedForThePartsOfEveryPage(t *testing.T) {
	t.Parallel()
	page := `<!DOCTYPE html><html><head><meta id="config"
	data-recaptcha-v3-integration-lix-value="control"><title>Jobs</title></head>
<body><a href="https://www.linkedin.com/login">Sign in</a><div class="join-form">Join now</div><div
class="v9">A new design</div></body></html>`
	for _, f := range both(t, serving(t, http.StatusOK, []byte(page))) {
		require.ErrorIs(t, f.err, f.own, f.what)
		require.NotErrorIs(t, f.err, scraper.ErrBlocked, f.what)
	}
}

func TestBusyBoardSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		h    http.Header
	}{
		{"seconds", http.Header{"Retry-After": {"90"}}},
		{"a date", http.Header{
			"Retry-After": {now.Add(90 * time.Second).Format(http.TimeFormat)},
			"Date":        {now.Format(http.TimeFormat)},
		}},
	} {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			s := answeredWith(t, func(r *http.Request) *http.Response {
				return &http.Response{StatusCode: status, Header: c.h.Clone(), Body: http.NoBody, Request: r}
			})
			for _, f := range both(t, s) {
				var page *scraper.PageError
				require.ErrorAs(t, f.err, &page, f.what)
				require.Equal(t, 90*time.Second, page.RetryAfter(), "%s, %s", f.what, c.name)
				require.True(t, page.Temporary(), f.what)
				require.NotErrorIs(t, f.err, scraper.ErrBlocked, f.what)
			}
		}
	}
}

func TestPostingThatIsTooLongIsItsOwnFailure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
	}{
		{"words", strings.Repeat("lorem ipsum ", 50_000)},
		{"markup", "x" + strings.Repeat("<b></b>", 100_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := serving(
				t, http.StatusOK, []byte(jobHTML("460000001", "Keeper", c.text, "", easyButton)),
			).Detail(t.Context(), keeper())
			require.ErrorContains(t, err, "longer than any posting", c.name)
			require.ErrorIs(t, err, scraper.ErrPosting, c.name)
		})
	}
}

func TestTextOfAnEmployerIsNotTakenForThePagesOwnMarks(t *testing.T) {
	t.Parallel()
	marks := `<a class="topcard__link" href="https://www.linkedin.com/jobs/view/x-499999999">x</a>` +
		closedFigure + easyButton
	page := jobHTML("460000001", "Keeper", "Keep the light. "+marks, "", "")
	page = strings.ReplaceAll(page, `class="top-card-layout container-lined"`, `class="head-v9"`)
	page = strings.ReplaceAll(page, `id="decoratedJobPostingId"`, `id="x"`)
	id, closed, data, err := linkedin.ParsePosting(
		[]byte(strings.Replace(page, `class="topcard__link"`, `class="y"`, 1)),
	)
	require.NoError(t, err)
	require.Empty(t, id)
	require.False(t, closed)
	require.Nil(t, data.IsEasyApply)
}

func isError(err, class error) bool { return errors.Is(err, class) }
