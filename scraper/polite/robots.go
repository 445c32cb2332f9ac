package polite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
)

const (
	robotsTTL      = 24 * time.Hour  // RFC 9309, section 2.4
	robotsRetry    = 5 * time.Minute // until a robots.txt that the server failed to give is asked for again
	maxRobotsBytes = 500 << 10       // RFC 9309, section 2.5: what is beyond is not read
)

// robots obeys robots.txt (RFC 9309). It asks each host for the file when it is first needed, and
// keeps it for a day. No file (a status of 4xx) allows everything. A server that fails (429, 5xx)
// allows nothing, unless an older copy is at hand. What is forbidden is a [*scraper.PageError] that
// wraps [scraper.ErrBlocked] and names the rule. A network error stays one.
type robots struct {
	next  http.RoundTripper
	agent string                                // the name that rules go by; see productToken
	space func(u *url.URL, apart time.Duration) // receives Crawl-delay

	mu    sync.Mutex
	files map[string]*robotsFile
}

// A robotsFile is the file of one origin. Its fields are guarded by the semaphore.
type robotsFile struct {
	sem     chan struct{}
	rules   *robotsRules // nil if the file was never read
	err     error        // instead of rules: the server failed
	expires time.Time
}

// RoundTrip sends the request if robots.txt allows it.
func (r *robots) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path != "/robots.txt" {
		if err := r.check(req); err != nil {
			closeBody(req)
			return nil, err
		}
	}
	return r.next.RoundTrip(req)
}

func (r *robots) check(req *http.Request) error {
	rules, err := r.rules(req.Context(), req.URL)
	if err != nil {
		return err
	}
	if rule, forbidden := rules.forbids(req.URL); forbidden {
		return hosts.Refusal(req.URL, fmt.Sprintf(
			"robots.txt forbids it to user agent %q: %q; the rule is obeyed unless "+
				"polite.Options.IgnoreRobots is set",
			rules.agent,
			rule,
		))
	}
	return nil
}

func (r *robots) rules(ctx context.Context, u *url.URL) (*robotsRules, error) {
	origin := url.URL{Scheme: u.Scheme, Host: u.Host}
	f := r.file(origin.String())
	select {
	case f.sem <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.sem }()
	if time.Now().Before(f.expires) {
		return f.rules, f.err
	}
	at := origin.JoinPath("robots.txt")
	text, status, err := r.fetch(ctx, at)
	if err != nil {
		return nil, err
	}
	f.set(at, status, text, r.agent)
	if f.rules != nil && f.rules.delay > 0 {
		r.space(u, f.rules.delay)
	}
	return f.rules, f.err
}

func (r *robots) file(origin string) *robotsFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[origin]
	if f == nil {
		f = &robotsFile{sem: make(chan struct{}, 1)}
		if r.files == nil {
			r.files = make(map[string]*robotsFile)
		}
		r.files[origin] = f
	}
	return f
}

// set keeps what an answer means, and until when.
// https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
func (f *robotsFile) set(at *url.URL, status int, text []byte, agent string) {
	f.err, f.expires = nil, time.Now().Add(robotsTTL)
	switch {
	case status >= 200 && status < 300:
		f.rules = parseRobots(text, agent)
	case status >= 300 && status < 500 && status != http.StatusTooManyRequests:
		f.rules = &robotsRules{agent: agent}
	default:
		f.expires = time.Now().Add(robotsRetry)
		if f.rules == nil {
			f.err = &scraper.PageError{
				URL:    at.String(),
				Status: status,
				Wait:   robotsRetry,
				Err:    scraper.ErrBlocked,
				Reason: "the host does not give its robots.txt, so nothing is asked for; see " +
					"polite.Options.IgnoreRobots",
			}
		}
	}
}

// fetch gets the file and follows its redirects, also to other hosts. Redirects without an end, or
// to a host that this client may not ask, mean that there is no file.
func (r *robots) fetch(ctx context.Context, at *url.URL) (text []byte, status int, err error) {
	asking := context.WithValue(ctx, cutKey{}, int64(maxRobotsBytes))
	for hop := range maxRedirects + 1 {
		req, err := http.NewRequestWithContext(asking, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, 0, fmt.Errorf("polite: robots.txt: %w", err)
		}
		resp, err := r.next.RoundTrip(req)
		if hop > 0 && errors.Is(err, scraper.ErrBlocked) {
			break
		}
		if err != nil {
			return nil, 0, robotsError(ctx, at, err)
		}
		text, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, 0, robotsError(ctx, at, err)
		}
		status = resp.StatusCode
		to, ok := location(at, resp)
		if !ok {
			return text, status, nil
		}
		at = to
	}
	return nil, status, nil
}

// location returns the target of a redirect.
func location(at *url.URL, resp *http.Response) (*url.URL, bool) {
	to := resp.Header.Get("Location")
	if to == "" || resp.StatusCode < 300 || resp.StatusCode >= 400 {
		return nil, false
	}
	u, err := at.Parse(to)
	return u, err == nil
}

// robotsError names the file. Refusals, and the end of the context, stay as they are. A file that a
// transport found too large is a refusal: nothing is known of what it forbids.
func robotsError(ctx context.Context, at *url.URL, err error) error {
	if ctx.Err() != nil {
		return err
	}
	page, ok := errors.AsType[*scraper.PageError](err)
	if ok && !errors.Is(err, scraper.ErrMarkup) {
		return err
	}
	failed := &scraper.PageError{URL: at.String(), Reason: "robots.txt could not be fetched", Err: err}
	if ok {
		failed.Status, failed.Err = page.Status, scraper.ErrBlocked
		failed.Reason += ": " + page.Reason
	}
	return failed
}
