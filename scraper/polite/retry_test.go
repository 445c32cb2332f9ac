package polite_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// failing is a network that fails n times, with a status or an error, and then answers.
func failing(n, status int, err error, header ...string) tripper {
	attempts := 0
	return func(req *http.Request) (*http.Response, error) {
		if attempts++; attempts > n {
			return answer(req, 200, "a page"), nil
		}
		if err != nil {
			return nil, err
		}
		return answer(req, status, "", header...), nil
	}
}

// retrying returns a client that retries network's failures, as often as it does by default,
// without a pace.
func retrying(t *testing.T, network http.RoundTripper, o polite.Options) *http.Client {
	t.Helper()
	o.IgnoreRobots, o.Transport = true, network
	o.Interval, o.MaxInterval = time.Nanosecond, time.Nanosecond
	return client(t, o)
}

func TestRetryRepeatsFailuresThatPass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		err    error
	}{
		{"reset", 0, &net.OpError{Op: "read", Err: syscall.ECONNRESET}},
		{"broken off", 0, io.ErrUnexpectedEOF},
		{"no network", 0, &net.DNSError{Err: "server misbehaving", IsTemporary: true}},
		{"500", 500, nil},
		{"502", 502, nil},
		{"503", 503, nil},
		{"504", 504, nil},
		{"520", 520, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				client := retrying(t, seen.of(failing(2, c.status, c.err)), polite.Options{})
				status, body, err := get(t, client, "https://a.example/")
				require.NoError(t, err)
				require.Equal(t, 200, status)
				require.Equal(t, "a page", body)
				g := gaps(seen.times())
				require.Len(t, g, 2)
				for i, want := range []time.Duration{time.Second, 2 * time.Second} {
					require.GreaterOrEqual(t, g[i], want/2)
					require.LessOrEqual(t, g[i], want+time.Nanosecond)
				}
			})
		})
	}
}

func TestRetryIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options polite.Options
		want    int
	}{
		{"default", polite.Options{}, 3},
		{"once", polite.Options{Retries: 1}, 2},
		{"five times", polite.Options{Retries: 5}, 6},
		{"never", polite.Options{NoRetries: true}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				status, _, err := get(
					t, retrying(t, seen.of(always(503, "")), c.options), "https://a.example/",
				)
				require.NoError(t, err)
				require.Equal(t, 503, status, "the last answer is the caller's")
				require.Len(t, seen.times(), c.want)
			})
		})
	}
}

func TestRetryLeavesWhatIsFinal(t *testing.T) {
	t.Parallel()
	type final struct {
		name    string
		network http.RoundTripper
	}
	private := &hosts.AddressError{Addr: netip.IPv6Loopback()}
	finals := []final{
		{"wrong certificate", failing(9, 0, &tls.CertificateVerificationError{Err: errors.New("unknown")})},
		{"no such host", failing(9, 0, &net.DNSError{Err: "no such host", IsNotFound: true})},
		{"refused", failing(9, 0, &scraper.PageError{Err: scraper.ErrBlocked})},
		{"private address", failing(9, 0, &net.OpError{Op: "dial", Err: private})},
		{"too large", always(200, "more than ten bytes")},
		{"a long pause", failing(9, 503, nil, "Retry-After", "31")},
	}
	for _, status := range []int{200, 301, 400, 401, 403, 404, 410, 429, 501, 505, 511, 999} {
		finals = append(finals, final{strconv.Itoa(status), always(status, "")})
	}
	for _, c := range finals {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				began := time.Now()
				_, _, _ = get(
					t, retrying(t, seen.of(c.network), polite.Options{MaxBody: 10}), "https://a.example/",
				)
				require.Len(t, seen.times(), 1)
				require.Zero(t, time.Since(began))
			})
		})
	}
}

func TestRetryRepeatsOnlyWhatChangesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, body string
		want         int
	}{
		{http.MethodGet, "", 3},
		{http.MethodHead, "", 3},
		{http.MethodOptions, "", 3},
		{http.MethodPost, "", 1},
		{http.MethodPut, "", 1},
		{http.MethodDelete, "", 1},
		{http.MethodGet, "a body that was read already", 1},
	} {
		t.Run(c.method+" "+c.body, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				req, err := http.NewRequestWithContext(t.Context(), c.method, "https://a.example/", nil)
				require.NoError(t, err)
				if c.body != "" {
					req.Body = io.NopCloser(strings.NewReader(c.body))
				}
				_, _, err = do(t, retrying(t, seen.of(always(503, "")), polite.Options{}), req)
				require.NoError(t, err)
				require.Len(t, seen.times(), c.want)
			})
		})
	}
}

func TestRetryWaitsForAShortRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		c := retrying(t, seen.of(failing(1, 503, nil, "Retry-After", "20")), polite.Options{})
		_, _, err := get(t, c, "https://a.example/")
		require.NoError(t, err)
		g := gaps(seen.times())
		require.Len(t, g, 1)
		require.InDelta(t, 20*time.Second, g[0], 2)
	})
}

func TestRetryEndsItsDelayWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		seen := &record{}
		began := time.Now()
		_, _, err := getWith(
			ctx, t, retrying(t, seen.of(always(503, "")), polite.Options{}), "https://a.example/",
		)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 100*time.Millisecond, time.Since(began))
		require.Len(t, seen.times(), 1)
	})
}
