package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var (
	errBusy      = errors.New("fetch: the board is busy or failed")
	errNoClient  = errors.New("fetch: Getter.Client is missing; polite.NewClient makes one")
	errBadURL    = errors.New("fetch: not a URL that can be requested")
	errHost      = errors.New("fetch: host is not allowed")
	errRedirects = errors.New("fetch: stopped after 10 redirects")
)

// A transportError is a request without a whole answer. It is a net.Error whatever the cause, because half a page is the
// network's failure too and says nothing about the job.
type transportError struct{ err error }

func (e *transportError) Error() string   { return "fetch: no whole answer: " + e.err.Error() }
func (e *transportError) Unwrap() error   { return e.err }
func (e *transportError) Temporary() bool { return true }

func (e *transportError) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.err)
	return ok && t.Timeout()
}

// withoutURL peels the *url.Error, whose message shows the whole URL.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

const maxWait = 24 * time.Hour

// retryAfter reads both forms of Retry-After (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). A date counts from
// the board's own clock where the answer tells it.
func (g Getter) retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		if s >= maxWait.Seconds() {
			return maxWait
		}
		if s > 0 { // also false for NaN
			return time.Duration(s * float64(time.Second))
		}
		return 0
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
		if g.Now != nil {
			now = g.Now()
		}
	}
	return min(max(until.Sub(now), 0), maxWait)
}
