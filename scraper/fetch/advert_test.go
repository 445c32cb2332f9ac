package fetch_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

// advertBoard has one advert at /jobs/1, which answers as the path of each other page says.
func advertBoard(w http.ResponseWriter, r *http.Request) {
	to := func(target string) { http.Redirect(w, r, target, http.StatusFound) }
	switch r.URL.Path {
	case "/auth/1":
		to("/auth/1-engineer")
	case "/slug/1":
		to("/jobs/1-baker")
	case "/list/1":
		to("/jobs?q=secret")
	case "/home/1":
		to("/")
	case "/twice/1":
		to("/list/1")
	case "/other/1":
		to("/jobs/2")
	case "/away/1":
		to("https://elsewhere.example/careers")
	case "/private/1":
		to("http://10.0.0.1/")
	case "/members/1":
		to("/users/sign_in?next=1")
	case "/loop/1":
		to("/loop/1")
	case "/biglist/1":
		to("/huge")
	case "/gone/1":
		to("/missing")
	case "/busy/1":
		to("/broken")
	case "/refused/1":
		to("/forbidden")
	case "/missing":
		http.NotFound(w, r)
	case "/broken":
		w.WriteHeader(http.StatusBadGateway)
	case "/forbidden":
		w.WriteHeader(http.StatusForbidden)
	case "/odd":
		w.WriteHeader(http.StatusTeapot)
	case "/wall":
		_, _ = io.WriteString(w, "<title>Just a moment...</title>")
	case "/huge":
		_, _ = io.WriteString(w, strings.Repeat("a", 2000))
	case "/half":
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "<html>")
	default:
		_, _ = io.WriteString(w, "a page")
	}
}

// isFirst reports whether u is the page of the advert with the number 1.
func isFirst(u *url.URL) bool {
	id, ok := strings.CutPrefix(u.Path, "/jobs/1")
	return ok && (id == "" || id[0] == '-')
}

func TestAdvertKeepsItsFailuresToItself(t *testing.T) {
	t.Parallel()
	s := serve(t, advertBoard)
	for _, c := range []struct {
		path, says string
		want       error
		redirected string // the end of RedirectError.To
	}{
		{"/odd", "no board answers", scraper.ErrPosting, ""},
		{"/huge", "larger than 1000 bytes", scraper.ErrPosting, ""},
		{"/list/1", "redirected to http", scraper.ErrPosting, "/jobs?q=secret"},
		{"/home/1", "", scraper.ErrPosting, "/"},
		{"/twice/1", "", scraper.ErrPosting, "/jobs?q=secret"},
		{"/other/1", "", scraper.ErrPosting, "/jobs/2"},
		{"/away/1", "", scraper.ErrPosting, "https://elsewhere.example/careers"},
		{"/private/1", "", scraper.ErrPosting, "http://10.0.0.1/"},
		{"/biglist/1", "", scraper.ErrPosting, "/huge"},
		{"/members/1", "sign in", scraper.ErrPosting, ""},
		{"/loop/1", "redirects", scraper.ErrPosting, ""},
		{"/missing", "", scraper.ErrGone, ""},
		{"/gone/1", "", scraper.ErrGone, ""},
		{"/forbidden", "", scraper.ErrBlocked, ""},
		{"/refused/1", "", scraper.ErrBlocked, ""},
		{"/wall", "", scraper.ErrBlocked, ""},
	} {
		t.Run(strings.ReplaceAll(c.path[1:], "/", " "), func(t *testing.T) {
			t.Parallel()
			g := fetch.Getter{Client: s.Client(), Hosts: []string{"127.0.0.1"}, MaxBytes: 1000}
			_, err := g.Advert(t.Context(), s.URL+c.path, nil, isFirst)
			require.ErrorContains(t, pageError(t, err), c.says)
			requireOnly(t, c.want, err)
			redirect, ok := errors.AsType[*scraper.RedirectError](err)
			require.Equal(t, c.redirected != "", ok, "%v", err)
			if ok {
				require.True(t, strings.HasSuffix(redirect.To, c.redirected), redirect.To)
			}
		})
	}
}

func TestAdvertIsReadWhereItsRedirectsEnd(t *testing.T) {
	t.Parallel()
	s := serve(t, advertBoard)
	for _, c := range []struct {
		name, path string
		same       func(*url.URL) bool
	}{
		{"no redirect", "/jobs/1", isFirst},
		{"another spelling", "/slug/1", isFirst},
		{"no redirect, any page", "/jobs/1", nil},
		{"any page", "/list/1", nil},
		{"a path that sounds like a login page", "/auth/1", nil},
		{"a path that sounds like a login page, any path", "/auth/1", func(*url.URL) bool { return true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := fetch.Getter{Client: s.Client(), Hosts: []string{"127.0.0.1"}}
			page, err := g.Advert(t.Context(), s.URL+c.path, nil, c.same)
			require.NoError(t, err)
			require.Equal(t, "a page", string(page.Body))
		})
	}
	_, err := fetch.Getter{Client: s.Client()}.Advert(t.Context(), s.URL+"/members/1", nil, nil)
	require.ErrorContains(t, err, "sign in")
}

func TestAdvertLeavesTheNetworksFailuresAsTheyAre(t *testing.T) {
	t.Parallel()
	s := serve(t, advertBoard)
	for _, path := range []string{"/broken", "/busy/1", "/half"} {
		t.Run(path[1:], func(t *testing.T) {
			t.Parallel()
			_, err := fetch.Getter{Client: s.Client()}.Advert(t.Context(), s.URL+path, nil, isFirst)
			require.NotErrorIs(t, err, scraper.ErrPosting)
			_, network := errors.AsType[net.Error](err)
			require.True(t, pageError(t, err).Temporary() || network, "%v", err)
		})
	}
}

func TestAdvertThroughThePoliteClientKeepsItsFailuresToItself(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /jobs?\nDisallow: /jobs/9")
			return
		}
		advertBoard(w, r)
	})
	client, err := polite.NewClient(&polite.Options{
		Hosts: []string{"127.0.0.1"}, AllowLoopback: true, Interval: time.Millisecond, Burst: 100,
		MaxBody: 1000, NoRetries: true,
	})
	require.NoError(t, err)
	for _, c := range []struct {
		path       string
		want       error
		redirected bool
	}{
		{"/huge", scraper.ErrPosting, false},
		{"/biglist/1", scraper.ErrPosting, true},
		{"/list/1", scraper.ErrPosting, true}, // robots.txt forbids the list
		{"/away/1", scraper.ErrPosting, true},
		{"/private/1", scraper.ErrPosting, true},
		{"/loop/1", scraper.ErrPosting, false},
		{"/jobs/9", scraper.ErrBlocked, false}, // robots.txt forbids the advert
	} {
		t.Run(strings.ReplaceAll(c.path[1:], "/", " "), func(t *testing.T) {
			t.Parallel()
			for _, hosts := range [][]string{nil, {"127.0.0.1"}} {
				page, err := fetch.Getter{
					Client: client, Hosts: hosts,
				}.Advert(t.Context(), s.URL+c.path, nil, isFirst)
				require.ErrorIs(t, err, c.want)
				redirect, ok := errors.AsType[*scraper.RedirectError](err)
				require.Equal(t, c.redirected, ok, "%v", err)
				if ok {
					require.Equal(t, redirect.To, page.URL)
				}
			}
		})
	}
}

func TestAdvertJudgesRedirectsThatTheClientDidNotFollow(t *testing.T) {
	t.Parallel()
	s := serve(t, advertBoard)
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, same := range []func(*url.URL) bool{isFirst, nil} {
		page, err := fetch.Getter{Client: &client}.Advert(t.Context(), s.URL+"/list/1", nil, same)
		require.ErrorIs(t, err, scraper.ErrPosting)
		require.Equal(t, http.StatusFound, page.Status)
		_, ok := errors.AsType[*scraper.RedirectError](err)
		require.Equal(t, same != nil, ok)
	}
}

func TestAdvertJudgesRedirectsThatTheTransportFollowed(t *testing.T) {
	t.Parallel()
	client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		at := r.Clone(r.Context())
		at.URL.Path = "/jobs"
		return &http.Response{
			StatusCode: 200, Request: at, Body: io.NopCloser(strings.NewReader("a list")),
		}, nil
	})}
	_, err := fetch.Getter{Client: client}.Advert(t.Context(), "https://board.example/jobs/1", nil, isFirst)
	redirect, ok := errors.AsType[*scraper.RedirectError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "https://board.example/jobs", redirect.To)
}

func TestAdvertOfAnotherSiteIsItsOwnFailure(t *testing.T) {
	t.Parallel()
	g := fetch.Getter{Client: http.DefaultClient, Hosts: []string{"board.example"}}
	for _, at := range []string{"https://elsewhere.example/jobs/1", "http://[::1"} {
		_, err := g.Advert(t.Context(), at, nil, nil)
		require.ErrorIs(t, err, scraper.ErrPosting, at)
	}
}
