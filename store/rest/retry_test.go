package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// A calling is one call with valid arguments.
type calling struct {
	name string
	make func(ctx context.Context, c *rest.Client) error
}

var everyCall = []calling{
	{"sync", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Sync(ctx, []lead.Lead{
			{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
		})
		return err
	}},
	{"claim", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Claim(ctx, 1, time.Minute)
		return err
	}},
	{"decide", func(ctx context.Context, c *rest.Client) error {
		return c.Decide(ctx, store.Lease{ID: 7, Token: 3}, enrich.Decision{Status: lead.AutoRejected})
	}},
	{"decide without a claim", func(ctx context.Context, c *rest.Client) error {
		return c.Decide(ctx, store.Lease{ID: 7}, enrich.Decision{Status: lead.AutoRejected})
	}},
	{"renew", func(ctx context.Context, c *rest.Client) error {
		return c.Renew(ctx, store.Lease{ID: 7, Token: 3}, time.Minute)
	}},
	{"release", func(ctx context.Context, c *rest.Client) error {
		return c.Release(ctx, store.Lease{ID: 7, Token: 3}, store.Outcome{})
	}},
	{"mark", func(ctx context.Context, c *rest.Client) error { return c.Mark(ctx, 7, lead.Applied) }},
	{"reopen", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Reopen(ctx, store.Selection{IDs: []int64{7}})
		return err
	}},
	{"list", func(ctx context.Context, c *rest.Client) error {
		_, _, err := c.List(ctx, store.Filter{})
		return err
	}},
	{"stats", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Stats(ctx)
		return err
	}},
	{"audit", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Audit(ctx, 3)
		return err
	}},
	{"judge", func(ctx context.Context, c *rest.Client) error { return c.Judge(ctx, 7, store.Worth) }},
	{"put", func(ctx context.Context, c *rest.Client) error {
		return c.Put(ctx, 7, "a", json.RawMessage(`1`))
	}},
	{"sketches", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Sketches(ctx, 0, 10)
		return err
	}},
	{"close unlisted", func(ctx context.Context, c *rest.Client) error {
		_, err := c.CloseUnlisted(ctx, lead.List{Source: "example", Name: "acme"})
		return err
	}},
	{"twins", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Twins(ctx, []int64{7})
		return err
	}},
	{"separate", func(ctx context.Context, c *rest.Client) error { return c.Separate(ctx, 7, true) }},
	{"evidence", func(ctx context.Context, c *rest.Client) error {
		_, err := c.Evidence(ctx)
		return err
	}},
}

// A call that failed for a reason that passes is repeated if a repeat is safe.
func TestRetryRepeatsWhatIsSafe(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, c := range []struct {
		name     string
		fails    func() (*http.Response, error)
		repeated func(call string) bool
	}{
		{
			"a server that is away", func() (*http.Response, error) { return nil, refused },
			func(string) bool { return true },
		},
		{"too many requests", func() (*http.Response, error) {
			return problemJSON(429, "rate_limited", "Retry-After", "2"), nil
		}, func(string) bool { return true }},
		{"a lost answer", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, isSafe},
		{
			"a bad gateway",
			func() (*http.Response, error) {
				return answered(502, "text/html", "<h1>Bad gateway</h1>"),
					nil
			}, isSafe,
		},
		{"a store that is down", func() (*http.Response, error) {
			return problemJSON(503, "unavailable", "Retry-After", "1"), nil
		}, isSafe},
		{
			"a lost lease", func() (*http.Response, error) { return problemJSON(409, "lease_lost"), nil },
			never,
		},
		{"no such job", func() (*http.Response, error) { return problemJSON(404, "not_found"), nil }, never},
		{"a bad argument", func() (*http.Response, error) { return problemJSON(422, "invalid"), nil }, never},
		{"no token", func() (*http.Response, error) { return problemJSON(401, "unauthorized"), nil }, never},
		{"a viewer", func() (*http.Response, error) { return problemJSON(403, "forbidden"), nil }, never},
		{
			"a store without it",
			func() (*http.Response, error) { return problemJSON(501, "unsupported"), nil }, never,
		},
		{
			"a stranger's answer",
			func() (*http.Response, error) { return answered(200, "text/html", "<h1>Sign in</h1>"), nil },
			never,
		},
		{"a redirect", func() (*http.Response, error) {
			return answered(302, "text/html", "", "Location", "http://evil.example.com"), nil
		}, never},
	} {
		for _, call := range everyCall {
			t.Run(c.name+"/"+call.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, wire := over(t,
						func(int, *http.Request) (*http.Response, error) { return c.fails() },
						rest.ClientOptions{})
					start := time.Now()
					require.Error(t, call.make(t.Context(), client))
					if !c.repeated(call.name) {
						require.Len(t, wire.at, 1)
						return
					}
					require.Greater(t, len(wire.at), 5)
					require.LessOrEqual(t, time.Since(start), time.Minute)
					require.Greater(t, time.Since(start), 50*time.Second)
				})
			})
		}
	}
}

func isSafe(call string) bool { return call != "reopen" && call != "decide without a claim" }

func never(string) bool { return false }

func TestRetryWaitsAsLongAsTheServerAsksAndTheCallerLets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, wire := over(t, func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return problemJSON(429, "rate_limited", "Retry-After", "13"), nil
			}
			return answered(200, "application/json", `{"jobs":[]}`), nil
		}, rest.ClientOptions{})
		_, err := client.Claim(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Equal(t, 13*time.Second, wire.at[1].Sub(wire.at[0]))
	})
	synctest.Test(t, func(t *testing.T) {
		client, _ := over(t, func(int, *http.Request) (*http.Response, error) { return nil, io.EOF },
			rest.ClientOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Claim(ctx, 1, time.Minute)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// If the answer to a release was lost, a claim that has ended is taken for its work. A call without
// a claim ended none.
func TestRetryOfAReleaseWhoseAnswerWasLostIsDone(t *testing.T) {
	t.Parallel()
	lost := func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
	for _, c := range []struct {
		name  string
		token int64
		first func() (*http.Response, error)
		want  error
	}{
		{"the answer was lost", 1, lost, nil},
		{
			"the server was not seen", 1,
			func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: io.EOF} },
			store.ErrLeaseLost,
		},
		{
			"the claim had ended", 1,
			func() (*http.Response, error) { return problemJSON(409, "lease_lost"), nil }, store.ErrLeaseLost,
		},
		{"no claim, and the answer was lost", 0, lost, store.ErrLeaseLost},
		{"a claim that never was, and the answer was lost", -1, lost, store.ErrLeaseLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := over(t, func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return c.first()
					}
					return problemJSON(409, "lease_lost"), nil
				}, rest.ClientOptions{})
				require.ErrorIs(t,
					client.Release(t.Context(), store.Lease{ID: 1, Token: c.token}, store.Outcome{}), c.want)
			})
		})
	}
}
