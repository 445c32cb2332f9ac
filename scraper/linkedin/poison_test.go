package linkedin_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
)

// closedTop is a closed job's page without its description.
func closedTop(id string) string {
	page := jobHTML(id, "Keeper", "", closedFigure, "")
	start, end := strings.Index(page, `<div class="decorated-job-posting__details">`), strings.Index(
		page, "<code",
	)
	return page[:start] + page[end:]
}

// One odd advert is that advert's own matter: the rest of the board is asked on.
func TestDetailOfAnOddAdvertIsItsOwnFailure(t *testing.T) {
	t.Parallel()
	const id = "460000001"
	good := jobHTML(id, "Keeper", "<p>Keep the light.</p>", "", easyButton)
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/jobs-guest/jobs/api/jobPosting/") {
				http.Redirect(w, r, to, http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, fragmentHTML(jobs(0, 10)))
		}
	}
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		want  error
	}{
		{"a blank text", page(jobHTML(id, "Keeper", " <p>&nbsp;</p> ", "", easyButton)), scraper.ErrPosting},
		{
			"only a picture", page(jobHTML(id, "Keeper", `<img src="x.png" alt="">`, "", easyButton)),
			scraper.ErrPosting,
		},
		{
			"only comments and a script",
			page(jobHTML(id, "Keeper", `<!-- text --><script>x()</script>`, "", easyButton)),
			scraper.ErrPosting,
		},
		{
			"no place for the text", page(strings.ReplaceAll(good, "show-more-less-html__markup", "v9")),
			scraper.ErrPosting,
		},
		{
			"another advert's page", page(jobHTML("460000002", "Cook", "<p>Cook.</p>", "", easyButton)),
			scraper.ErrPosting,
		},
		{
			"another advert's page, closed",
			page(jobHTML("460000002", "Cook", "<p>Cook.</p>", closedFigure, "")), scraper.ErrPosting,
		},
		{
			"a text longer than any",
			page(jobHTML(id, "Keeper", strings.Repeat("lorem ipsum ", 60_000), "", easyButton)),
			scraper.ErrPosting,
		},
		{
			"a page larger than any", page(good + strings.Repeat("<!-- filler -->", 400_000)),
			scraper.ErrPosting,
		},
		{"a redirect to the list", redirect("/jobs/search?keywords=keeper"), scraper.ErrPosting},
		{"a redirect to the home page", redirect("/"), scraper.ErrPosting},
		{"a redirect to another advert", redirect("/jobs/view/cook-at-acme-460000002"), scraper.ErrPosting},
		{"a redirect in circles", redirect("/jobs-guest/jobs/api/jobPosting/460000001"), scraper.ErrPosting},
		{"a redirect to another host", redirect("http://elsewhere.test/jobs"), scraper.ErrPosting},
		{
			"words that say closed",
			page("<html><body><h1>Keeper</h1><p>No longer accepting applications</p></body></html>"),
			scraper.ErrPosting,
		},
		{
			"the notice outside of the head", page(jobHTML(id, "Keeper", "", "", "") + closedFigure),
			scraper.ErrPosting,
		},
		{"a list instead of an advert", page(fragmentHTML(jobs(0, 10))), scraper.ErrPosting},
		{"JSON that is cut", page(`{"title":"Keeper","descri`), scraper.ErrPosting},
		{"JSON", page(`{"title":"Keeper"}`), scraper.ErrPosting},
		{
			"markup that never ends",
			page(
				`<section class="top-card-layout"><h2 class="topcard__title">Keeper</h2>` +
					`<div class="show-more-less-html__markup"><p>Keep <b>the`),
			scraper.ErrPosting,
		},
		{
			"a page that ends within a tag", page(good[:strings.Index(good, "Keep the light")] + "<p cla"),
			scraper.ErrPosting,
		},
		{"an empty page", page(""), scraper.ErrPosting},
		{
			"a new design", page("<html><body><main class=v9>Keep the light.</main></body></html>"),
			scraper.ErrPosting,
		},
		{"a picture as the page", page("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), scraper.ErrPosting},
		{"a refusal of the request", status(http.StatusBadRequest, ""), scraper.ErrPosting},
		{
			"words of walls in a new design",
			page(
				`<html><head><title>Captcha engineer | Acme</title></head><body><main>We build captcha and ` +
					`authwall pages, look for unusual activity, and ask for security verification. <a ` +
					`href="/login">Sign in</a></main></body></html>`), scraper.ErrPosting,
		},
		{
			"words of walls in a title",
			page(strings.ReplaceAll(jobHTML(id, "Captcha and Security Verification Lead, Authwall", "", "",
				easyButton), "show-more", "v9")),
			scraper.ErrPosting,
		},

		{
			"a closed job", page(jobHTML(id, "Keeper", "<p>Keep the light.</p>", closedFigure, "")),
			scraper.ErrGone,
		},
		{"a closed job without its text", page(closedTop(id)), scraper.ErrGone},
		{
			"a closed job with a blank text", page(jobHTML(id, "Keeper", " ", closedFigure, "")),
			scraper.ErrGone,
		},
		{"a deleted job", status(http.StatusNotFound, "<p>not found</p>"), scraper.ErrGone},
		{"a login wall", redirect("/authwall?trk=x"), scraper.ErrBlocked},
		{
			"a login wall with status 200",
			page(
				`<html><head><meta name="pageKey" content="auth_wall_desktop_profile"></head><body><form>` +
					`</form></body></html>`),
			scraper.ErrBlocked,
		},
		{
			"a security check",
			page(
				`<html><head><title>Security Verification | LinkedIn</title></head><body>` +
					`<form action="/checkpoint/challenge/verify"></form></body></html>`),
			scraper.ErrBlocked,
		},
		{
			"a captcha",
			page(
				`<html><head><title>LinkedIn</title></head><body><div id="captcha-internal"></div></body>` +
					`</html>`),
			scraper.ErrBlocked,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data, err := serve(
				t, c.serve,
			).Detail(t.Context(), lead.Lead{Source: linkedin.Source, ExternalID: id})
			require.Zero(t, data)
			for _, class := range []error{
				scraper.ErrPosting, scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup,
			} {
				require.Equal(t, errors.Is(c.want, class), isError(err, class), "%v: %v", class, err)
			}
		})
	}
}

func TestDetailNamesWhereARedirectLeads(t *testing.T) {
	t.Parallel()
	for _, to := range []string{
		"/jobs/search", "/", "/jobs/view/cook-at-acme-460000002", "http://elsewhere.test/jobs",
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/jobs-guest/") {
					http.Redirect(w, r, to, http.StatusMovedPermanently)
				}
			}))
			_, err := s.Detail(t.Context(), keeper())
			var redirect *scraper.RedirectError
			require.ErrorAs(t, err, &redirect)
			require.True(t, strings.HasSuffix(redirect.To, to), redirect.To)
		})
	}
}

func TestDetailFollowsARedirectToTheSameAdvert(t *testing.T) {
	t.Parallel()
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/jobs-guest/") {
			http.Redirect(w, r, "/jobs/view/keeper-at-acme-460000001?trk=x", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, jobHTML("460000001", "Keeper", "<p>Keep the light.</p>", "", easyButton))
	}))
	data, err := s.Detail(t.Context(), keeper())
	require.NoError(t, err)
	require.Equal(t, "Keep the light.", data.Description)
}
