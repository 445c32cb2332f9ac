package polite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/agent-forge/forge/scraper"
)

// statusDenied is LinkedIn's own status for clients that it takes for robots.
const statusDenied = 999

// A Page is an answer with a status of 2xx, read to its end.
type Page struct {
	URL    *url.URL // of the page itself, after redirects
	Header http.Header
	Body   []byte // as sent, after inflation; its character set is what the header and the page say
}

// Get fetches a page through client, whose nil value is refused: it is the caller's to be polite. Every error is a
// [*scraper.PageError] that names the page without its query: [scraper.ErrGone] for 404 and 410, [scraper.ErrBlocked] for
// what [CheckStatus] says, and the network's own otherwise. header is added to the request; it may be nil.
func Get(ctx context.Context, client *http.Client, page string, header http.Header) (*Page, error) {
	if client == nil {
		return nil, &scraper.PageError{URL: page, Err: errors.New("polite: no client")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, &scraper.PageError{Err: errors.New("polite: not a URL that can be asked for")}
	}
	for name, values := range header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, pageError(page, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := CheckStatus(resp); err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if _, err := io.Copy(&body, resp.Body); err != nil {
		return nil, pageError(page, err)
	}
	return &Page{URL: resp.Request.URL, Header: resp.Header, Body: body.Bytes()}, nil
}

// pageError takes the error out of the http.Client's own, whose text holds the whole URL.
func pageError(page string, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if e, ok := errors.AsType[*scraper.PageError](err); ok {
		return e
	}
	return &scraper.PageError{URL: page, Err: err}
}

// CheckStatus returns nil for a status of 2xx, and a [*scraper.PageError] for every other: [scraper.ErrGone] for 404 and 410,
// [scraper.ErrBlocked] for 401, 403, 407, 451 and 999, and for the rest an error of no class, with what Retry-After asks for.
func CheckStatus(resp *http.Response) error {
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	e := &scraper.PageError{Status: resp.StatusCode, Wait: retryAfter(resp.Header, time.Now())}
	if resp.Request != nil && resp.Request.URL != nil {
		e.URL = resp.Request.URL.String()
	}
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		e.Err = scraper.ErrGone
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons, statusDenied:
		e.Err = scraper.ErrBlocked
		e.Reason = "the board does not serve this client; leave it alone for some hours, or try from another network"
	case http.StatusTooManyRequests:
		e.Err = errors.New("polite: too many requests")
	default:
		e.Err = fmt.Errorf("polite: unexpected answer")
	}
	return e
}

// retryAfter reads both forms of the header: seconds, and a date (RFC 9110, section 10.2.3). 0: it is not there, or in the past.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(max(s, 0)) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
