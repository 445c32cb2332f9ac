package fetch_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

func TestGetClassifiesStatuses(t *testing.T) {
	t.Parallel()
	const temporary = true
	for _, c := range []struct {
		status    int
		want      error
		temporary bool
	}{
		{404, scraper.ErrGone, false},
		{410, scraper.ErrGone, false},
		{401, scraper.ErrBlocked, false},
		{403, scraper.ErrBlocked, false},
		{406, scraper.ErrBlocked, false},
		{407, scraper.ErrBlocked, false},
		{451, scraper.ErrBlocked, false},
		{999, scraper.ErrBlocked, false},
		{400, scraper.ErrMarkup, false},
		{304, scraper.ErrMarkup, false},
		{418, scraper.ErrMarkup, false},
		{408, nil, temporary},
		{425, nil, temporary},
		{429, nil, temporary},
		{500, nil, temporary},
		{502, nil, temporary},
		{503, nil, temporary},
		{504, nil, temporary},
	} {
		t.Run(strconv.Itoa(c.status), func(t *testing.T) {
			t.Parallel()
			page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				if c.status != http.StatusNotModified {
					_, _ = io.WriteString(w, "what it said")
				}
			})
			bad := pageError(t, err)
			require.Equal(t, c.status, bad.Status)
			require.Equal(t, c.temporary, bad.Temporary())
			requireOnly(t, c.want, err)
			require.NotNil(t, page)
			if c.status != http.StatusNotModified {
				require.Equal(t, "what it said", string(page.Body))
			}
		})
	}
}

func TestGetReadsRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	in := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, c := range []struct {
		name, value string
		date        time.Time // of the answer; zero if it says none
		want        time.Duration
	}{
		{"seconds", "120", now, 2 * time.Minute},
		{"date", in(90 * time.Second), now, 90 * time.Second},
		{"date by the board's clock", in(90 * time.Second), now.Add(time.Minute), 30 * time.Second},
		{"date by our clock", in(time.Minute), time.Time{}, time.Minute},
		{"unreadable", "soon", now, 0},
		{"missing", "", now, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", c.value)
				w.Header()["Date"] = nil
				if !c.date.IsZero() {
					w.Header().Set("Date", c.date.Format(http.TimeFormat))
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			g := fetch.Getter{Client: s.Client(), Now: func() time.Time { return now }}
			_, err := g.Get(t.Context(), s.URL, nil)
			require.Equal(t, c.want, pageError(t, err).RetryAfter())
		})
	}
}

func TestGetReportsAPartOfAnAnswerAsANetworkError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"half a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "<html>")
		}},
		{"reset", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := get(t, c.answer)
			_, ok := errors.AsType[net.Error](pageError(t, err))
			require.True(t, ok)
		})
	}
}

func TestGetKeepsTheNamesOfCancellationAndTimeout(t *testing.T) {
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
	network, ok := errors.AsType[net.Error](err)
	require.True(t, ok)
	require.True(t, network.Timeout())
}

func TestGetKeepsTheErrorOfTheTransport(t *testing.T) {
	t.Parallel()
	own := &scraper.PageError{URL: "https://board.example/", Reason: "forbidden", Err: scraper.ErrBlocked}
	refuse := roundTripper(func(*http.Request) (*http.Response, error) { return nil, own })
	client := &http.Client{Transport: refuse}
	_, err := fetch.Getter{Client: client}.Get(t.Context(), "https://board.example/jobs", nil)
	require.Equal(t, own, err)
}

func TestGetRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, url, says string
		get             fetch.Getter
	}{
		{"no client", "https://board.example/", "Getter.Client", fetch.Getter{}},
		{"negative limit", "https://board.example/", "Getter.MaxBytes", fetch.Getter{
			Client: http.DefaultClient, MaxBytes: -1,
		}},
		{"bad URL", "http://[::1", "not a URL", fetch.Getter{Client: http.DefaultClient}},
		{"other host", "https://other.example/", "host is not allowed", fetch.Getter{
			Client: http.DefaultClient, Hosts: []string{"board.example"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.get.Get(t.Context(), c.url, nil)
			require.ErrorContains(t, pageError(t, err), c.says)
		})
	}
}

func TestGetSendsTheHeaders(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("Appid") })
	_, err := fetch.Getter{Client: s.Client()}.Get(t.Context(), s.URL, http.Header{"Appid": {"109"}})
	require.NoError(t, err)
	require.Equal(t, "109", <-got)
}

func TestGetFollowsRedirectsToAllowedHostsOnly(t *testing.T) {
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
	require.ErrorIs(t, err, scraper.ErrBlocked)
	require.ErrorContains(t, err, "10 redirects")

	own := *s.Client()
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, err = fetch.Getter{Client: &own, Hosts: g.Hosts}.Get(t.Context(), s.URL+"/here", nil)
	require.ErrorIs(t, err, scraper.ErrMarkup)
	require.ErrorContains(t, err, "did not follow")
}

func TestAllowedTakesSubdomainsOfTheHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host string
		want bool
	}{
		{"board.example", true},
		{"WWW.Board.Example", true},
		{"a.b.board.example.", true},
		{"board.example:8443", true},
		{"notboard.example", false},
		{"board.example.evil.example", false},
		{"example", false},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			u := &url.URL{Scheme: "https", Host: c.host}
			require.Equal(t, c.want, fetch.Allowed([]string{"Board.example"}, u))
			require.True(t, fetch.Allowed(nil, u), "no list allows every host")
		})
	}
}
