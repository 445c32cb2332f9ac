package polite

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/scraper"
)

const (
	easeAfter = 20              // good answers in a row that halve an interval that has grown
	patience  = 2 * time.Minute // the longest pause of a host that a request waits for
)

var errPaused = errors.New("polite: the host asked for a pause")

// A pacer spaces the requests to each host for everything that shares it. Requests to a host are
// sent one after the other in the order in which they came, interval apart and up to a quarter
// more, because rate limits look for a constant beat. After a quiet time, burst of them are sent at
// once.
//
// An answer that says "too much" (429, LinkedIn's 999, 503 with Retry-After) doubles the interval,
// once for all requests that were under way, up to maxInterval, and ends bursts. Twenty good
// answers in a row halve it, down to interval. During Retry-After no request is sent to the host.
// If that is longer than two minutes, requests fail at once with a [*scraper.PageError] whose
// RetryAfter says how long it is.
//
// It is not built on golang.org/x/time/rate, because the reservations of a limiter keep their time
// when the rate changes: requests that already wait would still be sent at the pace that the host
// has just refused.
type pacer struct {
	next        http.RoundTripper
	interval    time.Duration
	maxInterval time.Duration
	burst       int
	key         func(u *url.URL) string // the name under which hosts share a pace
	log         *slog.Logger

	mu    sync.Mutex
	hosts map[string]*pace
}

// RoundTrip waits until the request can be sent, and learns from the answer.
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	host := p.pace(req.URL)
	began, err := host.wait(req.Context())
	if err != nil {
		closeBody(req)
		if pause, ok := errors.AsType[*pauseError](err); ok {
			return nil, &scraper.PageError{URL: req.URL.String(), Wait: pause.left, Err: errPaused}
		}
		return nil, err
	}
	resp, err := p.next.RoundTrip(req)
	if err != nil {
		host.failed()
		return nil, err
	}
	asked, asks := backoff.FromHeader(resp.Header, time.Now())
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests, s == statusDenied, s == http.StatusServiceUnavailable && asks:
		if interval, slowed := host.slow(began, asked); slowed {
			p.log.Warn(
				"host slowed down", "host", host.name, "status", s, "interval", interval, "retry_after",
				asked,
			)
		}
	case s < http.StatusInternalServerError && s != http.StatusForbidden:
		if interval, eased := host.good(); eased {
			p.log.Info("host eased", "host", host.name, "interval", interval)
		}
	default:
		host.failed()
	}
	return resp, nil
}

// statusDenied is LinkedIn's own status for clients that it takes for robots.
const statusDenied = 999

func (p *pacer) pace(u *url.URL) *pace {
	name := p.key(u)
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hosts[name]; h != nil {
		return h
	}
	h := &pace{
		name: name, floor: p.interval, ceiling: p.maxInterval, burst: p.burst, interval: p.interval,
		next: make(chan struct{}, 1),
	}
	if p.hosts == nil {
		p.hosts = make(map[string]*pace)
	}
	p.hosts[name] = h
	return h
}

// space makes the requests to u's host at least d apart, up to maxInterval: robots.txt asks for it
// by Crawl-delay.
func (p *pacer) space(u *url.URL, d time.Duration) { p.pace(u).raise(d) }

// A pace belongs to one host.
type pace struct {
	name    string
	ceiling time.Duration
	burst   int
	// a semaphore, held by the request that is sent next; only that one waits for a time
	next chan struct{}

	mu       sync.Mutex
	floor    time.Duration
	interval time.Duration
	due      time.Time     // when the next request may be sent, bursts aside
	jitter   time.Duration // what the next request waits beyond that, if it has to wait at all
	paused   time.Time     // the end of the pause that the host asked for
	slowed   time.Time     // when the interval last grew
	streak   int           // good answers in a row
}

type pauseError struct{ left time.Duration }

func (*pauseError) Error() string { return errPaused.Error() }

// wait returns when the request may be sent, and the time at that moment.
func (h *pace) wait(ctx context.Context) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	select {
	case h.next <- struct{}{}:
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	defer func() { <-h.next }()
	for { // after a delay, once more: an answer can have slowed the host meanwhile
		now := time.Now()
		d, err := h.take(now)
		if err != nil || d <= 0 {
			return now, err
		}
		if err := backoff.Sleep(ctx, d); err != nil {
			return now, err
		}
	}
}

// take uses the next request's time if it has come, and returns 0. Otherwise it returns how long to
// wait.
func (h *pace) take(now time.Time) (time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if left := h.paused.Sub(now); left > patience {
		return 0, &pauseError{left}
	}
	burst := h.burst
	if h.interval > h.floor {
		burst = 1
	}
	at := h.due.Add(-time.Duration(burst-1) * h.interval)
	if h.paused.After(at) {
		at = h.paused
	}
	if d := at.Add(h.jitter).Sub(now); d > 0 {
		return d, nil
	}
	if h.due.Before(now) {
		h.due = now
	}
	h.due = h.due.Add(h.interval)
	h.jitter = 0
	if h.due.Add(-time.Duration(burst-1) * h.interval).After(now) {
		h.jitter = rand.N(h.interval/4 + 1)
	}
	return 0, nil
}

// slow doubles the interval, unless the request was sent before it was last doubled. It reports
// whether the pace changed.
func (h *pace) slow(began time.Time, asked time.Duration) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	h.streak = 0
	if until := now.Add(asked); until.After(h.paused) {
		h.paused = until
	}
	slowed := !began.Before(h.slowed) && h.interval < h.ceiling
	if !began.Before(h.slowed) {
		h.slowed = now
		h.interval = min(2*h.interval, h.ceiling)
		if from := now.Add(h.interval); from.After(h.due) {
			h.due = from
		}
	}
	return h.interval, slowed || asked > 0
}

// raise lifts the floor and never lowers it.
func (h *pace) raise(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.floor = max(h.floor, min(d, h.ceiling))
	h.interval = max(h.interval, h.floor)
}

// good counts a good answer, and reports whether it eased the pace.
func (h *pace) good() (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.interval == h.floor {
		return h.interval, false
	}
	if h.streak++; h.streak < easeAfter {
		return h.interval, false
	}
	h.streak = 0
	h.interval = max(h.interval/2, h.floor)
	return h.interval, true
}

func (h *pace) failed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streak = 0
}
