package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
)

// defaultMaxBytes is the default of [Getter.MaxBytes]. Real search pages stay under 1 MB.
const defaultMaxBytes = 5 << 20

// A Getter requests pages. It is safe for concurrent use as long as its fields do not change.
type Getter struct {
	// Client sends the requests. It is required; [polite.NewClient] makes one.
	Client *http.Client
	// Hosts are the only hosts that may be asked, each with its subdomains. Redirects are held to
	// the same rule. If empty, any host may be asked.
	Hosts []string
	// MaxBytes bounds the body of a page after inflation. If zero, 5 MiB is used. A negative
	// value is an error of every request.
	MaxBytes int64
	// Now is the clock that a date in Retry-After is compared with if the answer does not say its
	// own date. If nil, time.Now is used.
	Now func() time.Time
}

// A Page is the answer to a request.
type Page struct {
	URL    string // where the redirects ended
	Status int
	Header http.Header
	Body   []byte // in UTF-8, whatever the charset was
}

// Get requests a page of a search, or any page that stands for the board. header is added to what
// the client sends. Every error is a [*scraper.PageError]. Beside an error the page is nil, or what
// the board answered, so that an adapter that knows the board can say more about it.
//
//   - A 2xx is a page, unless it is the challenge of a bot guard: ErrBlocked.
//   - 404 and 410 are ErrGone.
//   - 401, 403, 406, 407, 451 and LinkedIn's 999 are ErrBlocked.
//   - 408, 425, 429 and 5xx are temporary, with the wait that Retry-After asked for.
//   - Everything else is ErrMarkup, because no adapter knows such an answer. So is a body that is
//     larger than MaxBytes, and a redirect to a host that is not allowed.
//   - No answer, or a part of one, is a network error: a net.Error.
func (g Getter) Get(ctx context.Context, rawURL string, header http.Header) (*Page, error) {
	return g.get(ctx, rawURL, header, nil, &trail{})
}

// get sends a GET if the body is nil, and else a POST, and reads the whole answer.
func (g Getter) get(
	ctx context.Context, rawURL string, header http.Header, body []byte, t *trail,
) (*Page, error) {
	page, content, err := g.open(ctx, rawURL, header, body, t)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	maxBytes := cmp.Or(g.MaxBytes, defaultMaxBytes)
	answer, err := io.ReadAll(io.LimitReader(content, maxBytes+1))
	page.Body = utf8Body(answer[:min(int64(len(answer)), maxBytes)], page.Header.Get("Content-Type"))
	return page, g.judge(ctx, rawURL, page, err, int64(len(answer)) > maxBytes)
}

// open sends the request, and returns the page without its body.
func (g Getter) open(
	ctx context.Context, rawURL string, header http.Header, body []byte, t *trail,
) (*Page, io.ReadCloser, error) {
	fail := func(err error) (*Page, io.ReadCloser, error) {
		return nil, nil, &scraper.PageError{URL: rawURL, Err: err}
	}
	switch {
	case g.Client == nil:
		return fail(errNoClient)
	case g.MaxBytes < 0:
		return fail(errMaxBytes)
	}
	method, content := http.MethodGet, io.Reader(nil)
	if body != nil {
		method, content = http.MethodPost, bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, rawURL, content)
	if err != nil {
		return fail(errBadURL)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if !Allowed(g.Hosts, req.URL) {
		return fail(errHost)
	}
	resp, err := g.client(t).Do(req)
	if err != nil {
		return nil, nil, noAnswer(ctx, &scraper.PageError{URL: rawURL}, err)
	}
	page := &Page{URL: rawURL, Status: resp.StatusCode, Header: resp.Header}
	if resp.Request != nil && resp.Request.URL != nil { // a caller's transport can leave it out
		page.URL = resp.Request.URL.String()
	}
	return page, resp.Body, nil
}

// judge returns the failure of an answer, whose body ended with err; nil if it is a page.
func (g Getter) judge(ctx context.Context, rawURL string, page *Page, err error, tooLarge bool) error {
	bad := &scraper.PageError{URL: rawURL, Status: page.Status, Wait: g.retryAfter(page.Header)}
	bad.Reason, bad.Err = classify(page.Status)
	wall, walled := challenge(page)
	switch {
	case walled && page.Status != http.StatusTooManyRequests:
		bad.Reason, bad.Err = wall, scraper.ErrBlocked
	case bad.Err != nil:
	case err != nil:
		return noAnswer(ctx, bad, err)
	case tooLarge:
		maxBytes := cmp.Or(g.MaxBytes, defaultMaxBytes)
		bad.Reason = fmt.Sprintf("the page is larger than %d bytes, the value of Getter.MaxBytes", maxBytes)
		bad.Err = scraper.ErrMarkup
	default:
		return nil
	}
	return bad
}

// client returns a copy of the caller's client that follows redirects to allowed hosts only, and
// records them.
func (g Getter) client(t *trail) *http.Client {
	client, check := *g.Client, g.Client.CheckRedirect
	if check == nil {
		check = tenRedirects
	}
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		t.to = req.URL
		if !Allowed(g.Hosts, req.URL) {
			t.left = true
			return &scraper.PageError{
				URL: via[0].URL.String(), Reason: "it redirects to a host that is not allowed",
				Err: scraper.ErrMarkup,
			}
		}
		err := check(req, via)
		t.refused = err != nil && !errors.Is(err, http.ErrUseLastResponse)
		return err
	}
	return &client
}

// tenRedirects is what an http.Client does by itself.
func tenRedirects(_ *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return &scraper.PageError{
			URL: via[0].URL.String(), Err: scraper.ErrBlocked,
			Reason: "more than 10 redirects; this is often a wall for clients without cookies",
		}
	}
	return nil
}

// Allowed reports whether the host of u is one of these, or a subdomain of one. If allowed is
// empty, every host is.
func Allowed(allowed []string, u *url.URL) bool {
	return len(allowed) == 0 || hosts.Covering(allowed, u) != ""
}

// retryAfter returns how long the board asked to be left alone; 0 if it did not ask.
func (g Getter) retryAfter(h http.Header) time.Duration {
	now := time.Now
	if g.Now != nil {
		now = g.Now
	}
	wait, _ := backoff.FromHeader(h, now())
	return wait
}
