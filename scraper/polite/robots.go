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

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const (
	robotsTTL      = 24 * time.Hour  // RFC 9309, section 2.4
	robotsRetry    = 5 * time.Minute // until a robots.txt that the server failed to give is asked for again
	maxRobotsBytes = 500 << 10       // RFC 9309, section 2.5
)

// Robots obeys robots.txt (RFC 9309). It asks each host for the file through Base when it is first needed, and keeps it for
// a day. No file (a status of 4xx) allows everything; a server that fails (429, 5xx) allows nothing, unless an older copy is
// at hand. What is forbidden is a [*scraper.PageError] that wraps [scraper.ErrBlocked] and names the rule. A file that the
// network did not bring is the network's error.
type Robots struct {
	Base  http.RoundTripper // nil: http.DefaultTransport
	Agent string            // the user agent; what stands before its first slash is the name that rules go by. "": [DefaultUserAgent]

	// Space is told how far apart the file asks requests to be (Crawl-delay), such as [Pacer.Space]; nil: nobody is.
	Space func(u *url.URL, d time.Duration)

	mu    sync.Mutex
	files map[string]*robotsEntry
}

// A robotsEntry is one origin's file. Its turn is held by who fetches it.
type robotsEntry struct {
	turn    chan struct{}
	rules   *robotsRules // nil: never read
	err     error        // instead of rules: the server failed
	expires time.Time
}

// RoundTrip passes the request on if robots.txt allows it.
func (r *Robots) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path != "/robots.txt" {
		if err := r.check(req); err != nil {
			closeBody(req)
			return nil, err
		}
	}
	return transport(r.Base).RoundTrip(req)
}

func (r *Robots) check(req *http.Request) error {
	rules, err := r.rules(req.Context(), req.URL)
	if err != nil {
		return err
	}
	if rule, forbidden := rules.forbids(req.URL); forbidden {
		return refusal(req.URL, fmt.Sprintf(
			"robots.txt forbids it to user agent %q: %q; the rule is obeyed unless polite.Options.IgnoreRobots is set", rules.agent, rule))
	}
	return nil
}

func (r *Robots) rules(ctx context.Context, u *url.URL) (*robotsRules, error) {
	origin := url.URL{Scheme: u.Scheme, Host: u.Host}
	e := r.entry(origin.String())
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-e.turn }()
	if time.Now().Before(e.expires) {
		return e.rules, e.err
	}
	text, status, err := r.fetch(ctx, origin.JoinPath("robots.txt"))
	if err != nil {
		return nil, err
	}
	e.judge(origin.JoinPath("robots.txt"), status, text, productToken(agentOr(r.Agent)))
	if r.Space != nil && e.rules != nil && e.rules.delay > 0 {
		r.Space(u, e.rules.delay)
	}
	return e.rules, e.err
}

func (r *Robots) entry(origin string) *robotsEntry {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.files[origin]
	if e == nil {
		e = &robotsEntry{turn: make(chan struct{}, 1)}
		if r.files == nil {
			r.files = make(map[string]*robotsEntry)
		}
		r.files[origin] = e
	}
	return e
}

// judge says what an answer means, and until when. https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
func (e *robotsEntry) judge(at *url.URL, status int, text []byte, agent string) {
	e.err, e.expires = nil, time.Now().Add(robotsTTL)
	switch {
	case status >= 200 && status < 300:
		e.rules = parseRobots(text, agent)
	case status >= 300 && status < 500 && status != http.StatusTooManyRequests:
		e.rules = &robotsRules{agent: agent}
	default:
		e.expires = time.Now().Add(robotsRetry)
		if e.rules == nil {
			e.err = &scraper.PageError{
				URL: at.String(), Status: status, Wait: robotsRetry, Err: scraper.ErrBlocked,
				Reason: "the host does not give its robots.txt, and then nothing may be asked for, unless polite.Options.IgnoreRobots is set",
			}
		}
	}
}

// fetch gets the file and follows its redirects, to other hosts too. Redirects without end, or to where this client may not
// ask, lead to no file.
func (r *Robots) fetch(ctx context.Context, at *url.URL) (text []byte, status int, err error) {
	for hop := range maxRedirects + 1 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, 0, fmt.Errorf("polite: robots.txt: %w", err)
		}
		resp, err := transport(r.Base).RoundTrip(req)
		if hop > 0 && errors.Is(err, scraper.ErrBlocked) {
			break
		}
		if err != nil {
			return nil, 0, robotsFailure(ctx, at, err)
		}
		text, err = io.ReadAll(io.LimitReader(resp.Body, maxRobotsBytes))
		_ = resp.Body.Close()
		if err != nil {
			return nil, 0, robotsFailure(ctx, at, err)
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

// location is where a redirect leads.
func location(at *url.URL, resp *http.Response) (*url.URL, bool) {
	to := resp.Header.Get("Location")
	if to == "" || resp.StatusCode < 300 || resp.StatusCode >= 400 {
		return nil, false
	}
	u, err := at.Parse(to)
	return u, err == nil
}

// robotsFailure keeps a refusal, and what the context says, as they are.
func robotsFailure(ctx context.Context, at *url.URL, err error) error {
	if _, ok := errors.AsType[*scraper.PageError](err); ok || ctx.Err() != nil {
		return err
	}
	return &scraper.PageError{URL: at.String(), Reason: "robots.txt could not be fetched", Err: err}
}

// quoted makes a line of a file that is not ours fit for an error.
func quoted(line string) string {
	line = lead.CleanLine(line)
	const most = 120
	if len(line) > most {
		return line[:most] + "…"
	}
	return line
}
