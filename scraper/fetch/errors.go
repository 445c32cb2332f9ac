package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/agent-forge/forge/scraper"
)

var (
	errBusy     = errors.New("fetch: the board is busy or failed")
	errNoClient = errors.New("fetch: Getter.Client is missing; polite.NewClient makes one")
	errMaxBytes = errors.New("fetch: Getter.MaxBytes is negative; use 0 for the default")
	errBadURL   = errors.New("fetch: not a URL that can be requested")
	errHost     = errors.New("fetch: host is not allowed")
)

// classify is the table of statuses. A nil error means a page.
func classify(status int) (reason string, err error) {
	switch {
	case status >= 200 && status < 300:
		return "", nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return "", scraper.ErrGone
	case status == http.StatusUnauthorized,
		status == http.StatusForbidden,
		status == http.StatusNotAcceptable,
		status == http.StatusProxyAuthRequired,
		status == http.StatusUnavailableForLegalReasons,
		status == 999:
		return "leave it alone for some hours, ask more slowly, or use another address", scraper.ErrBlocked
	case status == http.StatusTooManyRequests:
		return "too many requests", errBusy
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500 && status < 600:
		return "", errBusy
	case status >= 300 && status < 400:
		return "a redirect that the client did not follow", scraper.ErrMarkup
	default:
		return "no board answers a good request so", scraper.ErrMarkup
	}
}

// noAnswer completes page with the error of a request that has no complete answer. What a transport
// said as a PageError stays as it is. Everything else becomes a net.Error, and loses the URL in the
// message, whose query holds the user's words.
func noAnswer(ctx context.Context, page *scraper.PageError, err error) error {
	if own, ok := errors.AsType[*scraper.PageError](err); ok {
		return own
	}
	if ctx.Err() != nil { // and the cause, if the caller gave one
		if err = ctx.Err(); !errors.Is(err, context.Cause(ctx)) {
			err = fmt.Errorf("%w: %w", err, context.Cause(ctx))
		}
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	page.Err = &transportError{err}
	return page
}

// A transportError is a request without a complete answer. It is a net.Error whatever the cause,
// because a part of a page is the network's failure too, and says nothing about the job.
type transportError struct{ err error }

func (e *transportError) Error() string   { return "fetch: no complete answer: " + e.err.Error() }
func (e *transportError) Unwrap() error   { return e.err }
func (e *transportError) Temporary() bool { return true }

func (e *transportError) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.err)
	return ok && t.Timeout()
}
