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

	"github.com/agent-forge/forge/scraper"
)

const (
	easeAfter = 20              // good answers in a row that halve a grown interval
	patience  = 2 * time.Minute // longest time that a request waits because its host asked to be left alone
	maxRest   = 24 * time.Hour  // longest Retry-After that is believed
)

var errResting = errors.New("polite: the host asked to be left alone")

// A Pacer spaces the requests to each host for all who share it. Requests to a host go one after the other in the order in
// which they came, Interval apart and up to a quarter more, because a steady beat is what rate limits look for; after a
// quiet time, Burst of them go at once.
//
// An answer that says "too much" (429, LinkedIn's 999, 503 with Retry-After) doubles the interval, once for all requests
// that were on their way, up to MaxInterval, and ends bursts; twenty good answers in a row halve it, down to Interval.
// Retry-After holds all requests to the host back. Where it asks for more than two minutes, they fail at once instead,
// with a [*scraper.PageError] whose RetryAfter says how long.
//
// It is not built on golang.org/x/time/rate, because a limiter's reservations keep their time when the rate changes: who
// already waits would still go at the pace that the host has just refused.
type Pacer struct {
	Base        http.RoundTripper       // nil: http.DefaultTransport
	Interval    time.Duration           // 0: [DefaultInterval]
	MaxInterval time.Duration           // 0: [DefaultMaxInterval], or Interval if longer
	Burst       int                     // 0: [DefaultBurst]
	Key         func(u *url.URL) string // names what shares a pace; nil: the host's name
	Logger      *slog.Logger            // told when a host's pace changes; nil: discarded

	mu    sync.Mutex
	hosts map[string]*pace
}

// RoundTrip waits for the request's turn, and learns from the answer.
func (p *Pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	host := p.pace(req.URL)
	began, err := host.wait(req.Context())
	if err != nil {
		closeBody(req)
		if rest, ok := errors.AsType[*restError](err); ok {
			return nil, &scraper.PageError{URL: req.URL.String(), Wait: rest.left, Err: errResting}
		}
		return nil, err
	}
	resp, err := transport(p.Base).RoundTrip(req)
	if err != nil {
		host.failed()
		return nil, err
	}
	asked, asks := RetryAfter(resp.Header, time.Now())
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests, s == statusDenied, s == http.StatusServiceUnavailable && asks:
		if interval, slowed := host.slow(began, asked); slowed {
			logger(p.Logger).Warn("host slowed down", "host", host.name, "status", s, "interval", interval, "retry_after", asked)
		}
	case s < http.StatusInternalServerError && s != http.StatusForbidden:
		if interval, eased := host.good(); eased {
			logger(p.Logger).Info("host eased", "host", host.name, "interval", interval)
		}
	default:
		host.failed()
	}
	return resp, nil
}

// statusDenied is LinkedIn's own status for clients that it takes for robots.
const statusDenied = 999

func (p *Pacer) pace(u *url.URL) *pace {
	name := hostOf(u)
	if p.Key != nil {
		name = p.Key(u)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hosts[name]; h != nil {
		return h
	}
	floor := orDefault(p.Interval, DefaultInterval)
	h := &pace{
		name: name, floor: floor, ceiling: max(orDefault(p.MaxInterval, DefaultMaxInterval), floor), burst: orDefault(p.Burst, DefaultBurst),
		interval: floor, turn: make(chan struct{}, 1),
	}
	if p.hosts == nil {
		p.hosts = make(map[string]*pace)
	}
	p.hosts[name] = h
	return h
}

// Space makes the requests to u's host at least d apart, up to MaxInterval, where that is more than Interval: it is what
// robots.txt asks for with Crawl-delay.
func (p *Pacer) Space(u *url.URL, d time.Duration) { p.pace(u).raise(d) }

// A pace is one host's. Its turn is held by the request that goes next; only that one looks at the clock.
type pace struct {
	name    string
	ceiling time.Duration
	burst   int
	turn    chan struct{}

	mu       sync.Mutex
	floor    time.Duration
	interval time.Duration
	next     time.Time     // when the next request may go, if there is no burst
	jitter   time.Duration // what the next request waits beyond that, if it has to wait at all
	rest     time.Time     // until when the host asked to be left alone
	slowed   time.Time     // when the interval last grew
	streak   int           // good answers in a row
}

type restError struct{ left time.Duration }

func (*restError) Error() string { return errResting.Error() }

// wait returns when the request may go, and the time at which it does.
func (h *pace) wait(ctx context.Context) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	defer func() { <-h.turn }()
	for {
		now := time.Now()
		d, err := h.take(now)
		if err != nil {
			return now, err
		}
		if d <= 0 {
			return now, nil
		}
		timer := time.NewTimer(d)
		select {
		case <-timer.C: // and then again: an answer may have slowed the host meanwhile
		case <-ctx.Done():
			timer.Stop()
			return now, ctx.Err()
		}
	}
}

// take uses up the next slot if its time has come, and returns 0; else it returns how long to wait.
func (h *pace) take(now time.Time) (time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if left := h.rest.Sub(now); left > patience {
		return 0, &restError{left}
	}
	burst := h.burst
	if h.interval > h.floor {
		burst = 1
	}
	at := h.next.Add(-time.Duration(burst-1) * h.interval)
	if h.rest.After(at) {
		at = h.rest
	}
	if d := at.Add(h.jitter).Sub(now); d > 0 {
		return d, nil
	}
	if h.next.Before(now) {
		h.next = now
	}
	h.next = h.next.Add(h.interval)
	h.jitter = 0
	if h.next.Add(-time.Duration(burst-1) * h.interval).After(now) {
		h.jitter = rand.N(h.interval/4 + 1)
	}
	return 0, nil
}

// slow doubles the interval, unless the request had left before it was last doubled. It reports whether the pace changed.
func (h *pace) slow(began time.Time, asked time.Duration) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	h.streak = 0
	until := now.Add(min(asked, maxRest))
	if until.After(h.rest) {
		h.rest = until
	}
	slowed := !began.Before(h.slowed) && h.interval < h.ceiling
	if !began.Before(h.slowed) {
		h.slowed = now
		h.interval = min(2*h.interval, h.ceiling)
		if from := now.Add(h.interval); from.After(h.next) {
			h.next = from
		}
	}
	return h.interval, slowed || asked > 0
}

// raise lifts the floor, never lowers it.
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
