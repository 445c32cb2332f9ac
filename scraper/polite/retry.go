package polite

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/agent-forge/forge/scraper"
)

const (
	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second
)

// Retry sends a request again after a network error or a 5xx that may pass: at most Retries times, after a pause that grows
// from a second and honours Retry-After up to half a minute. Only requests that change nothing and have no body are
// repeated. A refusal, a name that does not exist, a certificate that is wrong, and everything below 500 are final.
type Retry struct {
	Base    http.RoundTripper // nil: http.DefaultTransport
	Retries int               // 0: [DefaultRetries]
	Logger  *slog.Logger      // told of each further try; nil: discarded
}

// RoundTrip sends the request until there is an answer, or no further try.
func (r *Retry) RoundTrip(req *http.Request) (*http.Response, error) {
	tries := 1
	if repeatable(req) {
		tries += orDefault(r.Retries, DefaultRetries)
	}
	for try := 1; ; try++ {
		resp, err := transport(r.Base).RoundTrip(req)
		if try == tries || req.Context().Err() != nil || !mayPass(resp, err) {
			return resp, err
		}
		pause := backoff(try)
		status := 0
		if err == nil {
			status = resp.StatusCode
			asked, _ := RetryAfter(resp.Header, time.Now())
			if asked > maxBackoff {
				return resp, nil // it is the caller's to come back as late as that
			}
			pause = max(pause, asked)
			_ = resp.Body.Close()
		}
		logger(r.Logger).Info("try again", "host", req.URL.Hostname(), "status", status, "try", try+1, "pause", pause)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-req.Context().Done():
			timer.Stop()
			return nil, req.Context().Err()
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

// mayPass reports whether the same request may have a better answer soon.
func mayPass(resp *http.Response, err error) bool {
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
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusNetworkAuthenticationRequired:
		return false
	default:
		return s >= 500 && s < 600
	}
}

// backoff doubles with each try and is spread over its upper half, so that what failed together does not return together.
func backoff(try int) time.Duration {
	d := min(firstBackoff<<min(try-1, 10), maxBackoff)
	return d/2 + rand.N(d/2+1)
}
