package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/scraper"
)

// DefaultMaxBytes is what a page may hold after inflation. Real search pages stay under 1 MB.
const DefaultMaxBytes = 5 << 20

// A Getter gets pages. It is safe for concurrent use.
type Getter struct {
	Client   *http.Client     // required
	Hosts    []string         // that may be asked, with what is below them, redirects included; none: any
	MaxBytes int64            // of a body after inflation; 0: [DefaultMaxBytes]
	Now      func() time.Time // for a Retry-After date in an answer that does not say its own; nil: time.Now
}

// A Page is an answer.
type Page struct {
	URL    string // after redirects
	Status int
	Header http.Header
	Body   []byte // as UTF-8, whatever the charset was
}

// Get requests rawURL with these headers and no other than the client's. Every error is a [*scraper.PageError]. Beside an
// error the page is nil, or what the board answered, so that a caller who knows the board can say more about it.
//
//   - 2xx is a page, unless it is a challenge: ErrBlocked
//   - 404 and 410 are ErrGone
//   - 401, 403, 406, 407, 451 and LinkedIn's 999 are ErrBlocked
//   - 408, 425, 429 and 5xx are temporary, with the wait that Retry-After asked for
//   - everything else is ErrMarkup: no answer that an adapter knows. So is a body above MaxBytes
//   - no answer, or half of one, is the network's error and a net.Error
func (g Getter) Get(ctx context.Context, rawURL string, header http.Header) (*Page, error) {
	return g.get(ctx, rawURL, header, &trail{})
}

func (g Getter) get(ctx context.Context, rawURL string, header http.Header, t *trail) (*Page, error) {
	fail := func(status int, reason string, err error) *scraper.PageError {
		return &scraper.PageError{URL: rawURL, Status: status, Reason: reason, Err: err}
	}
	if g.Client == nil {
		return nil, fail(0, "", errNoClient)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, fail(0, "", errBadURL)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if !g.Allows(req.URL) {
		return nil, fail(0, "", errHost)
	}
	resp, err := g.client(t).Do(req)
	if err != nil {
		return nil, g.noAnswer(ctx, fail, 0, err)
	}
	defer func() { _ = resp.Body.Close() }()
	page := &Page{URL: rawURL, Status: resp.StatusCode, Header: resp.Header}
	if resp.Request != nil && resp.Request.URL != nil { // a caller's transport may leave it out
		page.URL = resp.Request.URL.String()
	}
	maxBytes := cmp.Or(g.MaxBytes, DefaultMaxBytes)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	tooLarge := int64(len(body)) > maxBytes
	if tooLarge {
		body = body[:maxBytes]
	}
	page.Body = utf8Body(body, resp.Header.Get("Content-Type"))

	bad := fail(resp.StatusCode, "", nil)
	bad.Reason, bad.Err = classify(resp.StatusCode)
	bad.Wait = g.retryAfter(resp.Header)
	wall, walled := challenge(page)
	switch {
	case walled && resp.StatusCode != http.StatusTooManyRequests:
		bad.Err, bad.Reason = scraper.ErrBlocked, wall
		return page, bad
	case bad.Err != nil:
		return page, bad
	case err != nil:
		return page, g.noAnswer(ctx, fail, resp.StatusCode, err)
	case tooLarge:
		return page, fail(resp.StatusCode, fmt.Sprintf("the page is larger than %d bytes, which no page of a board is", maxBytes), scraper.ErrMarkup)
	}
	return page, nil
}

// client returns a copy of the caller's client that follows redirects to allowed hosts only and keeps their trail.
func (g Getter) client(t *trail) *http.Client {
	client, check := *g.Client, g.Client.CheckRedirect
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		t.to = req.URL
		if !g.Allows(req.URL) {
			t.left = true
			return &scraper.PageError{URL: via[0].URL.String(), Reason: "redirects to a host that is not allowed", Err: scraper.ErrMarkup}
		}
		if check == nil {
			check = tenRedirects
		}
		err := check(req, via)
		t.refused = err != nil && !errors.Is(err, http.ErrUseLastResponse)
		return err
	}
	return &client
}

// tenRedirects is what net/http does by itself.
func tenRedirects(_ *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errRedirects
	}
	return nil
}

// Allows reports whether u may be asked.
func (g Getter) Allows(u *url.URL) bool { return Allowed(g.Hosts, u) }

// Allowed reports whether u's host is one of hosts, or below one. No hosts: every host is.
func Allowed(hosts []string, u *url.URL) bool {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool {
		h = strings.ToLower(h)
		return h == name || strings.HasSuffix(name, "."+h)
	})
}

// noAnswer keeps what a transport said in this package's own words, and makes everything else a net.Error without the
// request's query, which holds the user's words.
func (g Getter) noAnswer(ctx context.Context, fail func(int, string, error) *scraper.PageError, status int, err error) error {
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		return page
	}
	if ctx.Err() != nil { // whoever ended it may have said why
		if err = ctx.Err(); !errors.Is(err, context.Cause(ctx)) {
			err = fmt.Errorf("%w: %w", err, context.Cause(ctx))
		}
	}
	return fail(status, "", &transportError{withoutURL(err)})
}

// classify is the table of statuses. A nil error is a page.
func classify(status int) (reason string, err error) {
	switch {
	case status >= 200 && status < 300:
		return "", nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return "", scraper.ErrGone
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotAcceptable,
		status == http.StatusProxyAuthRequired, status == http.StatusUnavailableForLegalReasons, status == 999:
		return "the board refuses this client; leave it alone for some hours, slow down, or come from another address", scraper.ErrBlocked
	case status == http.StatusTooManyRequests:
		return "too many requests", errBusy
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500 && status < 600:
		return "", errBusy
	case status >= 300 && status < 400:
		return "a redirect that the client did not follow", scraper.ErrMarkup
	default:
		return "an answer that no board gives to a good request", scraper.ErrMarkup
	}
}
