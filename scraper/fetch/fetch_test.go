package fetch_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, h http.HandlerFunc) (*fetch.Page, error) {
	t.Helper()
	s := serve(t, h)
	return fetch.Getter{Client: s.Client()}.Get(t.Context(), s.URL+"/jobs?keywords=secret", nil)
}

func TestStatusDecidesTheError(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		404: scraper.ErrGone, 410: scraper.ErrGone,
		401: scraper.ErrBlocked, 403: scraper.ErrBlocked, 406: scraper.ErrBlocked, 451: scraper.ErrBlocked, 999: scraper.ErrBlocked,
		400: scraper.ErrMarkup, 304: scraper.ErrMarkup,
		408: nil, 425: nil, 429: nil, 500: nil, 502: nil, 503: nil, 504: nil,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				if status != http.StatusNotModified {
					_, _ = io.WriteString(w, "what it said")
				}
			})
			pe, ok := errors.AsType[*scraper.PageError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, status, pe.Status)
			require.NotNil(t, page)
			require.NotContains(t, err.Error(), "secret")
			if want == nil {
				require.True(t, pe.Temporary())
				for _, sentinel := range []error{scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup} {
					require.NotErrorIs(t, err, sentinel)
				}
				return
			}
			require.ErrorIs(t, err, want)
			require.False(t, pe.Temporary())
			if status != http.StatusNotModified {
				require.Equal(t, "what it said", string(page.Body))
			}
		})
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		value string
		date  time.Time
		want  time.Duration
	}{
		{"120", now, 2 * time.Minute},
		{" 1.5 ", now, 1500 * time.Millisecond},
		{"-3", now, 0},
		{"NaN", now, 0},
		{"1e300", now, 24 * time.Hour},
		{"soon", now, 0},
		{"", now, 0},
		{now.Add(90 * time.Second).Format(http.TimeFormat), now, 90 * time.Second},
		{now.Add(-time.Hour).Format(http.TimeFormat), now, 0},
		{now.Add(90 * time.Second).Format(http.TimeFormat), now.Add(time.Minute), 30 * time.Second}, // the board's clock decides
		{now.AddDate(1, 0, 0).Format(http.TimeFormat), time.Time{}, 24 * time.Hour},                 // and ours where it says nothing
		{now.Add(time.Minute).Format(http.TimeFormat), time.Time{}, time.Minute},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.value)
			if c.date.IsZero() {
				w.Header()["Date"] = nil
			} else {
				w.Header().Set("Date", c.date.Format(http.TimeFormat))
			}
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := fetch.Getter{Client: s.Client(), Now: func() time.Time { return now }}.Get(t.Context(), s.URL, nil)
		pe, ok := errors.AsType[*scraper.PageError](err)
		require.True(t, ok)
		require.Equal(t, c.want, pe.RetryAfter(), c.value)
	}
}

func TestBodyIsUTF8WhateverTheCharset(t *testing.T) {
	t.Parallel()
	const text = "<p>Münchner Büro für Zürich</p>"
	latin := strings.NewReplacer("ü", "\xfc").Replace(text)
	for name, c := range map[string]struct{ contentType, body, want string }{
		"declared in the header":         {"text/html; charset=iso-8859-1", latin, text},
		"declared in the page":           {"text/html", `<meta charset="iso-8859-1">` + latin, `<meta charset="iso-8859-1">` + text},
		"not declared, not UTF-8":        {"text/html", latin, text},
		"not declared, UTF-8":            {"text/html", text, text},
		"not declared, late":             {"text/html", strings.Repeat(" ", 4000) + text, strings.Repeat(" ", 4000) + text},
		"declared wrongly":               {"text/html; charset=iso-8859-1", text, text},
		"byte order mark":                {"text/html", "\ufeff" + text, text},
		"UTF-16":                         {"text/html; charset=utf-16le", "<\x00p\x00>\x00\xfc\x00", "<p>ü"},
		"JSON":                           {"application/json", `{"a":"ü"}`, `{"a":"ü"}`},
		"unknown charset, plain letters": {"text/html; charset=nonsense", "plain", "plain"},
	} {
		page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.contentType)
			_, _ = io.WriteString(w, c.body)
		})
		require.NoError(t, err, name)
		require.Equal(t, c.want, string(page.Body), name)
	}
}

func TestHugeBodyIsCutOffAndRefused(t *testing.T) {
	t.Parallel()
	for name, encoding := range map[string]string{"plain": "", "gzip bomb": "gzip"} {
		page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			var out io.Writer = w
			if encoding != "" {
				w.Header().Set("Content-Encoding", encoding)
				z := gzip.NewWriter(w)
				defer func() { _ = z.Close() }()
				out = z
			}
			chunk := []byte(strings.Repeat("a", 1<<16))
			for range 20 << 20 / len(chunk) {
				if _, err := out.Write(chunk); err != nil {
					return
				}
			}
		})
		require.ErrorIs(t, err, scraper.ErrMarkup, name)
		require.Len(t, page.Body, fetch.DefaultMaxBytes, name)
	}
}

func TestHalfAnAnswerIsTheNetworksFault(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"half a page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "<html>")
		},
		"reset": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		},
	} {
		_, err := get(t, h)
		_, ok := errors.AsType[*scraper.PageError](err)
		require.True(t, ok, name)
		_, ok = errors.AsType[net.Error](err)
		require.True(t, ok, name)
		require.NotContains(t, err.Error(), "secret", name)
	}
}

func TestCancellationAndTimeoutKeepTheirNames(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := fetch.Getter{Client: s.Client()}.Get(ctx, s.URL, nil)
	require.ErrorIs(t, err, context.Canceled)

	why := errors.New("the lease was lost")
	told, tell := context.WithCancelCause(t.Context())
	tell(why)
	_, err = fetch.Getter{Client: s.Client()}.Get(told, s.URL, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, why)

	client := s.Client()
	client.Timeout = time.Millisecond
	_, err = fetch.Getter{Client: client}.Get(t.Context(), s.URL, nil)
	ne, ok := errors.AsType[net.Error](err)
	require.True(t, ok)
	require.True(t, ne.Timeout())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportsOwnVerdictIsKept(t *testing.T) {
	t.Parallel()
	verdict := &scraper.PageError{URL: "https://board.example/robots.txt", Reason: "robots.txt forbids it", Err: scraper.ErrBlocked}
	client := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, verdict })}
	_, err := fetch.Getter{Client: client}.Get(t.Context(), "https://board.example/jobs", nil)
	require.Equal(t, verdict, err)
}

func TestBadURLIsNotSent(t *testing.T) {
	t.Parallel()
	_, err := fetch.Getter{Client: http.DefaultClient}.Get(t.Context(), "http://[::1", nil)
	_, ok := errors.AsType[*scraper.PageError](err)
	require.True(t, ok)
}

func TestGetterWithoutAClientSaysSo(t *testing.T) {
	t.Parallel()
	_, err := fetch.Getter{}.Get(t.Context(), "https://board.example/", nil)
	require.ErrorContains(t, err, "Getter.Client")
}

func TestHeadersAreSent(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("Appid") })
	_, err := fetch.Getter{Client: s.Client()}.Get(t.Context(), s.URL, http.Header{"Appid": {"109"}})
	require.NoError(t, err)
	require.Equal(t, "109", <-got)
}

func TestChallengeIsBlockedWhateverTheStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, body string
		blocked      bool
	}{
		"Akamai":                          {"", `<TITLE>Access Denied</TITLE>You don't have permission to access "http://board.example/" on this server.`, true},
		"Cloudflare":                      {"", `<title>Just a moment...</title>`, true},
		"Cloudflare, localised":           {"", `<script>window._cf_chl_opt={}</script><script src="/cdn-cgi/challenge-platform/x.js"></script>`, true},
		"Cloudflare's header":             {"challenge", ``, true},
		"a good page that uses a captcha": {"", `<html data-recaptcha-v3-integration="control"><h1>Access Denied Movies hires</h1>`, false},
	} {
		for _, status := range []int{200, 403, 503} {
			_, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cf-Mitigated", c.header)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, c.body)
			})
			switch {
			case c.blocked:
				require.ErrorIs(t, err, scraper.ErrBlocked, name)
				require.ErrorContains(t, err, "browser transport", name)
			case status == http.StatusOK:
				require.NoError(t, err, name)
			}
		}
	}
}

func TestSavedWallsAreRecognised(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"naukri/", "other/"} {
		for _, p := range captures.Pages(t, "blocked", dir) {
			body := p.Body(t)
			_, err := get(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
			require.ErrorIs(t, err, scraper.ErrBlocked, p.File)
		}
	}
}

func TestOnlyAllowedHostsAreAskedRedirectsIncluded(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/", http.StatusFound)
		}
	})
	g := fetch.Getter{Client: s.Client(), Hosts: []string{"127.0.0.1"}}

	page, err := g.Get(t.Context(), s.URL+"/here", nil)
	require.NoError(t, err)
	require.Equal(t, s.URL+"/", page.URL)

	_, err = g.Get(t.Context(), s.URL+"/away", nil)
	require.ErrorIs(t, err, scraper.ErrMarkup)
	require.ErrorContains(t, err, "not allowed")

	_, err = g.Get(t.Context(), s.URL+"/loop", nil)
	require.ErrorContains(t, err, "10 redirects")

	_, err = g.Get(t.Context(), "http://other.example/", nil)
	require.ErrorContains(t, err, "not allowed")

	own := *s.Client()
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, err = fetch.Getter{Client: &own, Hosts: g.Hosts}.Get(t.Context(), s.URL+"/here", nil)
	require.ErrorContains(t, err, "did not follow")
}

func TestHostsBelowAnAllowedOneAreAllowed(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"board.example": true, "WWW.Board.Example": true, "a.b.board.example.": true, "board.example:8443": true,
		"notboard.example": false, "board.example.evil.example": false, "example": false,
	} {
		require.Equal(t, want, fetch.Allowed([]string{"Board.example"}, &url.URL{Scheme: "https", Host: host}), host)
	}
	require.True(t, fetch.Allowed(nil, &url.URL{Host: "any.example"}))
}
