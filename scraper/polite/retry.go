package polite

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/scraper"
)

var retryDelays = backoff.Doubling{First: time.Second, Longest: 30 * time.Second}

// A retry sends a request again after a network error or a 5xx that can pass. It honours
// Retry-After up to the longest of its own delays. Only requests that change nothing and have no
// body are repeated. Refusals, names that do not exist, invalid certificates and every status below
// 500 are final.
type retry struct {
	next    http.RoundTripper
	retries int
	log     *slog.Logger
}

// RoundTrip sends the request until it gets a final answer, or runs out of attempts.
func (r *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	attempts := 1
	if repeatable(req) {
		attempts += r.retries
	}
	for attempt := 1; ; attempt++ {
		resp, err := r.next.RoundTrip(req)
		if attempt == attempts || req.Context().Err() != nil || !canPass(resp, err) {
			return resp, err
		}
		delay := retryDelays.Delay(attempt)
		status := 0
		if err == nil {
			status = resp.StatusCode
			asked, _ := backoff.FromHeader(resp.Header, time.Now())
			if asked > retryDelays.Longest {
				return resp, nil // too long to wait for here; the caller sees the header
			}
			delay = max(delay, asked)
			_ = resp.Body.Close()
		}
		r.log.Info(
			"retry", "host", req.URL.Hostname(), "status", status, "attempt", attempt+1, "delay", delay,
		)
		if err := backoff.Sleep(req.Context(), delay); err != nil {
			return nil, err
		}
	}
}

func repeatable(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions:
		return req.Body == nil || req.Body == http.NoBody
	}
	return false
}

// canPass reports whether the same request can get a better answer soon.
func canPass(resp *http.Response, err error) bool {
	if err != nil {
		var (
			name *net.DNSError
			cert *tls.CertificateVerificationError
			page *scraper.PageError
		)
		final := errors.Is(err, scraper.ErrBlocked) || errors.As(err, &page) || errors.As(err, &cert) ||
			errors.As(err, &name) && name.IsNotFound
		return !final
	}
	switch s := resp.StatusCode; s {
	case http.StatusNotImplemented,
		http.StatusHTTPVersionNotSupported,
		http.StatusNetworkAuthenticationRequired:
		return false
	default:
		return s >= 500 && s < 600
	}
}
