package polite_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// failing is a network that fails n times, with a status or an error, and then answers.
func failing(n, status int, err error, header ...string) tripper {
	tries := 0
	return func(req *http.Request) (*http.Response, error) {
		if tries++; tries > n {
			return answer(req, 200, "a page"), nil
		}
		if err != nil {
			return nil, err
		}
		return answer(req, status, "", header...), nil
	}
}

func TestFailuresThatPassAreTriedAgain(t *testing.T) {
	t.Parallel()
	failures := map[string]tripper{
		"reset":      failing(2, 0, &net.OpError{Op: "read", Err: syscall.ECONNRESET}),
		"broken off": failing(2, 0, io.ErrUnexpectedEOF),
		"no network": failing(2, 0, &net.DNSError{Err: "server misbehaving", IsTemporary: true}),
	}
	for _, status := range []int{500, 502, 503, 504, 520} {
		failures[strconv.Itoa(status)] = failing(2, status, nil)
	}
	for name, network := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &log{}
				began := time.Now()
				status, body, err := get(t, &polite.Retry{Base: seen.around(network)}, "https://a.example/")
				require.NoError(t, err)
				require.Equal(t, 200, status)
				require.Equal(t, "a page", body)
				g := gaps(seen.times())
				require.Len(t, g, 2)
				for i, want := range []time.Duration{time.Second, 2 * time.Second} {
					require.GreaterOrEqual(t, g[i], want/2)
					require.LessOrEqual(t, g[i], want)
				}
				require.Less(t, time.Since(began), 4*time.Second)
			})
		})
	}
}

func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, retries := range []int{0, 1, 5} {
			seen := &log{}
			status, _, err := get(t, &polite.Retry{Retries: retries, Base: seen.around(always(503, ""))}, "https://a.example/")
			require.NoError(t, err)
			require.Equal(t, 503, status, "the last answer is the caller's")
			want := 1 + retries
			if retries == 0 {
				want = 1 + polite.DefaultRetries
			}
			require.Len(t, seen.times(), want)
		}
	})
}

func TestWhatIsFinalIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	finals := map[string]http.RoundTripper{
		"wrong certificate": failing(9, 0, &tls.CertificateVerificationError{Err: errors.New("unknown authority")}),
		"no such host":      failing(9, 0, &net.DNSError{Err: "no such host", IsNotFound: true}),
		"refused":           failing(9, 0, &scraper.PageError{Err: scraper.ErrBlocked}),
		"private address":   failing(9, 0, &net.OpError{Op: "dial", Err: &polite.AddressError{}}),
		"too large":         &polite.Limit{MaxBytes: 3, Base: always(200, "four")},
		"a long rest":       failing(9, 503, nil, "Retry-After", "31"),
	}
	for _, status := range []int{200, 301, 400, 401, 403, 404, 410, 429, 501, 505, 511, 999} {
		finals[strconv.Itoa(status)] = always(status, "")
	}
	for name, network := range finals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &log{}
				began := time.Now()
				_, _, _ = get(t, &polite.Retry{Base: seen.around(network)}, "https://a.example/")
				require.Len(t, seen.times(), 1)
				require.Zero(t, time.Since(began))
			})
		})
	}
}

func TestOnlyWhatChangesNothingIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for method, want := range map[string]int{
			http.MethodGet: 3, http.MethodHead: 3, http.MethodOptions: 3, http.MethodPost: 1, http.MethodPut: 1, http.MethodDelete: 1,
		} {
			seen := &log{}
			req, err := http.NewRequestWithContext(t.Context(), method, "https://a.example/", nil)
			require.NoError(t, err)
			resp, err := (&polite.Retry{Base: seen.around(always(503, ""))}).RoundTrip(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Len(t, seen.times(), want, method)
		}
		seen := &log{}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.example/", strings.NewReader("body"))
		require.NoError(t, err)
		resp, err := (&polite.Retry{Base: seen.around(always(503, ""))}).RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Len(t, seen.times(), 1, "a body was read already")
	})
}

func TestAShortRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		_, _, err := get(t, &polite.Retry{Base: seen.around(failing(1, 503, nil, "Retry-After", "20"))}, "https://a.example/")
		require.NoError(t, err)
		require.Equal(t, []time.Duration{20 * time.Second}, gaps(seen.times()))
	})
}

func TestACancelledPauseEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		seen := &log{}
		began := time.Now()
		_, err := (&polite.Retry{Base: seen.around(always(503, ""))}).RoundTrip(requestWith(ctx, t, "https://a.example/")) //nolint:bodyclose // there is none beside an error
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 100*time.Millisecond, time.Since(began))
		require.Len(t, seen.times(), 1)
	})
}
