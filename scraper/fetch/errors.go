package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
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

// retryAfter returns how long the board asked to be left alone; 0 if it did not say.
func (g Getter) retryAfter(h http.Header) time.Duration {
	now := time.Now
	if g.Now != nil {
		now = g.Now
	}
	wait, _ := backoff.FromHeader(h, now())
	return wait
}
