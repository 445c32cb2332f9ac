package polite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// A tripper is a function as a network.
type tripper func(req *http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answer is a response of this status and body, with headers in pairs.
func answer(req *http.Request, status int, body string, header ...string) *http.Response {
	h := make(http.Header)
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Request: req, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}
}

// always is a network with one answer.
func always(status int, body string, header ...string) tripper {
	return func(req *http.Request) (*http.Response, error) { return answer(req, status, body, header...), nil }
}

func request(t *testing.T, page string) *http.Request {
	t.Helper()
	return requestWith(t.Context(), t, page)
}

func requestWith(ctx context.Context, t *testing.T, page string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	require.NoError(t, err)
	return req
}

// get sends a request through rt and returns the status and the body.
func get(t *testing.T, rt http.RoundTripper, page string) (int, string, error) {
	t.Helper()
	resp, err := rt.RoundTrip(request(t, page))
	if err != nil {
		return 0, "", err
	}
	defer func() { require.NoError(t, resp.Body.Close()) }()
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	return resp.StatusCode, body.String(), err
}

// A log records which requests reached a network, and when.
type log struct {
	mu   sync.Mutex
	at   []time.Time
	what []string
}

func (l *log) around(next http.RoundTripper) http.RoundTripper {
	return tripper(func(req *http.Request) (*http.Response, error) {
		l.mu.Lock()
		l.at = append(l.at, time.Now())
		l.what = append(l.what, req.URL.String())
		l.mu.Unlock()
		return next.RoundTrip(req)
	})
}

func (l *log) times() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Time(nil), l.at...)
}

func (l *log) pages() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.what...)
}

func TestNilOptionsAreTheDefaults(t *testing.T) {
	t.Parallel()
	c, err := polite.NewClient(nil)
	require.NoError(t, err)
	require.NotNil(t, c.Transport)
	require.Nil(t, c.Jar, "no cookies")
}

func TestEachWrongOptionIsNamed(t *testing.T) {
	t.Parallel()
	_, err := polite.NewClient(&polite.Options{
		Hosts:     []string{"ok.example", "https://with.scheme", "with.port:80", "with/path", "", "münchen.de", "*.star.example"},
		UserAgent: "two\nlines", Interval: -1, MaxInterval: -1, Burst: -1, MaxBody: -1, Timeout: -1,
		Proxy: http.ProxyURL(&url.URL{}), Transport: http.DefaultTransport,
	})
	require.Error(t, err)
	for _, field := range []string{
		"Hosts[1]", "Hosts[2]", "Hosts[3]", "Hosts[4]", "Hosts[5]", "Hosts[6]", "UserAgent", "Interval", "MaxInterval", "Burst", "MaxBody",
		"Timeout", "Proxy",
	} {
		require.ErrorContains(t, err, "polite: Options."+field+": ")
	}
	require.NotContains(t, err.Error(), "Hosts[0]")
	var e *lead.FieldError
	require.ErrorAs(t, err, &e)
	_, err = polite.NewClient(&polite.Options{Interval: 5 * time.Second, MaxInterval: time.Second})
	require.ErrorContains(t, err, "Options.MaxInterval: shorter than Interval")
}

// fast is a client for tests against a local server.
func fast(t *testing.T, o polite.Options) *http.Client {
	t.Helper()
	o.AllowLoopback = true
	o.Interval, o.MaxInterval = time.Nanosecond, time.Millisecond
	c, err := polite.NewClient(&o)
	require.NoError(t, err)
	return c
}

func TestTheClientSaysWhoItIsAndKeepsNoCookies(t *testing.T) {
	t.Parallel()
	var agents, cookies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents, cookies = append(agents, r.UserAgent()), append(cookies, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
	}))
	t.Cleanup(srv.Close)
	c := fast(t, polite.Options{})
	for range 2 {
		resp, err := c.Do(request(t, srv.URL+"/jobs"))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	require.Equal(t, []string{polite.DefaultUserAgent, polite.DefaultUserAgent, polite.DefaultUserAgent}, agents, "robots.txt, and two pages")
	require.Equal(t, []string{"", "", ""}, cookies)
}

func TestTheRequestsOwnUserAgentStays(t *testing.T) {
	t.Parallel()
	var got string
	rt := &polite.UserAgent{Value: "mine/1", Base: tripper(func(req *http.Request) (*http.Response, error) {
		got = req.UserAgent()
		return answer(req, 200, ""), nil
	})}
	req := request(t, "https://jobs.example/")
	resp, err := rt.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "mine/1", got)
	require.Empty(t, req.Header, "the caller's request is not changed")
	req.Header.Set("User-Agent", "other/2")
	resp, err = rt.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "other/2", got)
}

// blocked checks a refusal: its class, and that it names the page without its query.
func blocked(t *testing.T, err error, reason string) {
	t.Helper()
	require.ErrorIs(t, err, scraper.ErrBlocked)
	var page *scraper.PageError
	require.ErrorAs(t, err, &page)
	require.ErrorContains(t, page, reason)
	require.NotContains(t, page.Error(), "secret")
}

func TestRedirectsAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	for to, reason := range map[string]string{
		"http://127.0.0.1:1/?q=secret":       "not public",
		"http://[::1]/?q=secret":             "not public",
		"http://169.254.169.254/latest":      "not public",
		"http://10.0.0.7/":                   "not public",
		"http://[::ffff:10.0.0.7]/":          "not public",
		"http://2130706433/":                 "number",
		"http://elsewhere.example/?q=secret": "not one of those",
		"http://evil-jobs.example/":          "not one of those",
		"http://jobs.example.evil.example/":  "not one of those",
		"http://user:secret@jobs.example/":   "password",
		"ftp://jobs.example/":                "only http and https",
		"http://localhost/":                  "not public",
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			c, err := polite.NewClient(&polite.Options{
				Hosts: []string{"jobs.example"}, IgnoreRobots: true, Interval: time.Nanosecond,
				Transport: always(http.StatusFound, "", "Location", to),
			})
			require.NoError(t, err)
			resp, err := c.Do(request(t, "http://www.jobs.example/search?q=secret")) //nolint:bodyclose // there is none beside an error
			require.Nil(t, resp)
			blocked(t, unwrapURL(t, err), reason)
		})
	}
}

// unwrapURL takes off the http.Client's own error, whose text shows the URL.
func unwrapURL(t *testing.T, err error) error {
	t.Helper()
	var e *url.Error
	require.ErrorAs(t, err, &e)
	return e.Err
}

func TestRedirectsEndAndStayEncrypted(t *testing.T) {
	t.Parallel()
	seen := &log{}
	c, err := polite.NewClient(&polite.Options{IgnoreRobots: true, Interval: time.Nanosecond, Transport: seen.around(always(302, "", "Location", "/again"))})
	require.NoError(t, err)
	_, err = c.Do(request(t, "https://jobs.example/?q=secret")) //nolint:bodyclose // there is none beside an error
	blocked(t, unwrapURL(t, err), "redirect to redirect")
	require.Len(t, seen.pages(), 6)

	c, err = polite.NewClient(&polite.Options{IgnoreRobots: true, Interval: time.Nanosecond, Transport: always(302, "", "Location", "http://jobs.example/")})
	require.NoError(t, err)
	_, err = c.Do(request(t, "https://jobs.example/?q=secret")) //nolint:bodyclose // there is none beside an error
	blocked(t, unwrapURL(t, err), "from https to http")
}

func TestTheHostsOfABoardShareOnePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		c, err := polite.NewClient(&polite.Options{
			Hosts: []string{"Jobs.Example.", "other.example"}, IgnoreRobots: true, Interval: time.Second, Transport: seen.around(always(200, "")),
		})
		require.NoError(t, err)
		for _, host := range []string{"jobs.example", "www.JOBS.example", "pt.jobs.example", "other.example"} {
			resp, err := c.Do(request(t, "https://"+host+"/"))
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
		}
		g := gaps(seen.times())
		spaced(t, g[:2], time.Second)
		require.Zero(t, g[2])
	})
}

func ExampleNewClient() {
	client, err := polite.NewClient(&polite.Options{
		Hosts:    []string{"jobs.example.com"},
		Interval: 5 * time.Second,
		// Instead of the network, so that this example needs none:
		Transport: tripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/robots.txt" {
				return answer(req, 200, "User-agent: *\nDisallow: /search\n"), nil
			}
			return answer(req, 200, "a page"), nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Get("https://jobs.example.com/search?q=gopher") //nolint:bodyclose // there is none beside an error
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		fmt.Println(page)
	}
	_, err = client.Get("https://other.example.com/") //nolint:bodyclose // there is none beside an error
	fmt.Println(errors.Is(err, scraper.ErrBlocked))
	// Output:
	// scraper: board refuses this client: https://jobs.example.com/search: robots.txt forbids it to user agent "*": "Disallow: /search"; the rule is obeyed unless polite.Options.IgnoreRobots is set
	// true
}
