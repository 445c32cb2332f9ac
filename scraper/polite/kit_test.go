package polite_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
		StatusCode: status, Header: h, Request: req,
		ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}
}

// always is a network with one answer.
func always(status int, body string, header ...string) tripper {
	return func(req *http.Request) (*http.Response, error) {
		return answer(req, status, body, header...), nil
	}
}

// bare returns a client that sends each request once, at once, and without asking for robots.txt,
// but for what o says.
func bare(t *testing.T, network http.RoundTripper, o polite.Options) *http.Client {
	t.Helper()
	o.Transport, o.IgnoreRobots = network, true
	o.NoRetries = o.Retries == 0
	if o.Interval == 0 {
		o.Interval, o.MaxInterval = time.Nanosecond, time.Millisecond
	}
	return client(t, o)
}

func client(t *testing.T, o polite.Options) *http.Client {
	t.Helper()
	c, err := polite.NewClient(&o)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// get asks for a page and returns the status and the body. Its error is the client's own, without
// what net/http adds.
func get(t *testing.T, c *http.Client, page string) (int, string, error) {
	t.Helper()
	return getWith(t.Context(), t, c, page)
}

func getWith(ctx context.Context, t *testing.T, c *http.Client, page string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	require.NoError(t, err)
	return do(t, c, req)
}

func do(t *testing.T, c *http.Client, req *http.Request) (int, string, error) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		outer, ok := errors.AsType[*url.Error](err)
		require.True(t, ok, "%v", err)
		return 0, "", outer.Err
	}
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), cmp.Or(err, resp.Body.Close())
}

// A record holds which requests reached a network, and when.
type record struct {
	mu   sync.Mutex
	at   []time.Time
	what []string
}

// of is next with a record of what reaches it.
func (l *record) of(next http.RoundTripper) http.RoundTripper {
	return tripper(func(req *http.Request) (*http.Response, error) {
		l.mu.Lock()
		l.at = append(l.at, time.Now())
		l.what = append(l.what, req.URL.String())
		l.mu.Unlock()
		return next.RoundTrip(req)
	})
}

func (l *record) times() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.at)
}

func (l *record) pages() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.what)
}

// gaps are the times between requests.
func gaps(at []time.Time) (d []time.Duration) {
	for i := 1; i < len(at); i++ {
		d = append(d, at[i].Sub(at[i-1]))
	}
	return d
}

// requireSpaced checks that each gap is the interval, or up to a quarter more.
func requireSpaced(t *testing.T, gaps []time.Duration, interval time.Duration) {
	t.Helper()
	for _, g := range gaps {
		require.GreaterOrEqual(t, g, interval)
		require.LessOrEqual(t, g, interval+interval/4)
	}
}

// requireRefused checks a refusal: its class, and that it names the page without its query.
func requireRefused(t *testing.T, err error, reason string) {
	t.Helper()
	require.ErrorIs(t, err, scraper.ErrBlocked)
	page, ok := errors.AsType[*scraper.PageError](err)
	require.True(t, ok)
	require.ErrorContains(t, page, reason)
	require.NotContains(t, page.Error(), "secret")
}
