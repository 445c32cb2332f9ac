// Package polite is an HTTP client for job boards. It is slow by default, follows what a board says
// about its pace, and cannot reach addresses that are not public.
//
// The client that [NewClient] returns does the following with each request, in this order:
//
//   - It obeys robots.txt, including Crawl-delay.
//   - It repeats the request after a 5xx or a network error.
//   - It refuses hosts that are not allowed, and addresses that are not public. Redirects are held
//     to the same rules.
//   - It spaces the requests to a host, and slows down when the host asks for it.
//   - It says who asks, by its User-Agent.
//   - It bounds what one answer can cost in bytes and in time.
//
// A refusal is a [*scraper.PageError] that wraps [scraper.ErrBlocked]. A page that is too large is
// one that wraps [scraper.ErrMarkup]. No error shows a query, because it holds the user's words.
// The client has no cookies, and takes no proxy from the environment. The terms of the board bind
// its user all the same.
package polite

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
)

const (
	// defaultUserAgent says what forge is and where its source is.
	defaultUserAgent = "agent-forge/1 (+https://github.com/agent-forge/forge)"
	// DefaultInterval is the time between two requests to one host.
	DefaultInterval = 2 * time.Second
)

// Options configures [NewClient]. The zero value and a nil pointer give the defaults. Negative
// values are errors.
type Options struct {
	// Hosts are the only hosts that may be asked, each with its subdomains, such as "linkedin.com".
	// They share one pace with their subdomains. If empty, any public host may be asked.
	Hosts []string
	// UserAgent is sent with requests that have no User-Agent of their own. Rules of robots.txt go
	// by the part before its first slash. If empty, it names forge and the address of its source.
	UserAgent string
	// IgnoreRobots turns robots.txt off. The terms of the board still bind you.
	IgnoreRobots bool
	// AllowLoopback allows loopback addresses, whatever Hosts says. It is for tests against a local
	// server.
	AllowLoopback bool

	// Interval is the least time between two requests to one host. If zero, [DefaultInterval] is
	// used.
	Interval time.Duration
	// MaxInterval bounds how far the interval grows when a host asks for less. If zero, one minute
	// is used, or Interval if that is longer.
	MaxInterval time.Duration
	// Burst is the number of requests that are sent without a delay after a quiet time. If zero, 1
	// is used.
	Burst int
	// Retries is the number of further attempts after a 5xx or a network error. If zero, 2 is used.
	Retries int
	// NoRetries sends each request once.
	NoRetries bool
	// MaxBody bounds a page in bytes, before and after inflation. A larger page is an error. If
	// zero, 5 MiB is used.
	MaxBody int64
	// Timeout bounds one attempt, from the request to the last byte. The time that the pace takes
	// does not count. If zero, 30 seconds are used.
	Timeout time.Duration

	// Proxy returns the proxy of a request, as in http.Transport. If nil, or if it returns nil, the
	// request is sent directly. A proxy connects where this client cannot see, so only the host in
	// the URL is checked then, and not what it resolves to. The proxy itself can be on a private
	// network.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport sends the requests, such as a headless browser or a recording. Hosts and addresses
	// in URLs are checked before it is called; it must check by itself what names resolve to. If
	// nil, an http.Transport that connects to public addresses only is used.
	Transport http.RoundTripper
	// Logger receives changes of pace and retries, never queries or pages. If nil, nothing is
	// logged.
	Logger *slog.Logger
}

// NewClient returns a client for one board or for several. Everything that uses it shares one pace
// per host, so make one client and share it. NewClient does no I/O. Its error joins a
// [*lead.FieldError] for each invalid option.
func NewClient(o *Options) (*http.Client, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	if err := opt.validate(); err != nil {
		return nil, err
	}
	opt.setDefaults()
	rules := hosts.Rules{Allow: opt.Hosts, AllowLoopback: opt.AllowLoopback}
	next := opt.Transport
	if next == nil {
		next = newProxied(opt.Proxy, opt.AllowLoopback)
	}
	next = &limit{next: next, maxBytes: opt.MaxBody, timeout: opt.Timeout}
	next = &userAgent{next: next, value: opt.UserAgent}
	pace := &pacer{
		next: next, interval: opt.Interval, maxInterval: opt.MaxInterval, burst: opt.Burst, log: opt.Logger,
		// The many subdomains of a board are one board.
		key: func(u *url.URL) string { return cmp.Or(hosts.Covering(opt.Hosts, u), hosts.Name(u)) },
	}
	next = &guard{next: pace, rules: rules}
	if !opt.NoRetries {
		next = &retry{next: next, retries: opt.Retries, log: opt.Logger}
	}
	if !opt.IgnoreRobots {
		next = &robots{next: next, agent: productToken(opt.UserAgent), space: pace.space}
	}
	return &http.Client{Transport: next, CheckRedirect: checkRedirect}, nil
}

func (o *Options) setDefaults() {
	o.UserAgent = cmp.Or(o.UserAgent, defaultUserAgent)
	o.Interval = cmp.Or(o.Interval, DefaultInterval)
	o.MaxInterval = cmp.Or(o.MaxInterval, max(time.Minute, o.Interval))
	o.Burst = cmp.Or(o.Burst, 1)
	o.Retries = cmp.Or(o.Retries, 2)
	o.MaxBody = cmp.Or(o.MaxBody, 5<<20)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
}

func (o *Options) validate() error {
	var problems []error
	problem := func(field, text string) {
		err := &lead.FieldError{Field: "Options." + field, Problem: text}
		problems = append(problems, fmt.Errorf("polite: %w", err))
	}
	for i, h := range o.Hosts {
		if !hosts.Valid(h) {
			problem(fmt.Sprintf("Hosts[%d]", i), `want the name of a host, in ASCII, such as "linkedin.com"`)
		}
	}
	if strings.ContainsFunc(o.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		problem("UserAgent", "holds characters that are not allowed in a header; want printable ASCII")
	}
	for _, n := range []struct {
		field string
		value int64
	}{
		{"Interval", int64(o.Interval)},
		{"MaxInterval", int64(o.MaxInterval)},
		{"Burst", int64(o.Burst)},
		{"MaxBody", o.MaxBody},
		{"Timeout", int64(o.Timeout)},
	} {
		if n.value < 0 {
			problem(n.field, "negative; use 0 for the default")
		}
	}
	if o.Retries < 0 {
		problem("Retries", "negative; use 0 for the default, or NoRetries")
	}
	if o.Retries > 0 && o.NoRetries {
		problem("NoRetries", "contradicts Retries; set one of them")
	}
	if o.MaxInterval > 0 && o.MaxInterval < cmp.Or(o.Interval, DefaultInterval) {
		problem("MaxInterval", "shorter than Interval; use 0 for the default")
	}
	if o.Proxy != nil && o.Transport != nil {
		problem("Proxy", "is not used with a Transport of your own; set the proxy there")
	}
	return errors.Join(problems...)
}

// RetryAfter reads both forms of the Retry-After header, for transports that keep a pace of their
// own: seconds, and a date. A date is compared with the answer's own Date if there is one, because
// clocks differ, and else with now. The wait is at most a day. If the header is missing or cannot
// be read, ok is false.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	return backoff.FromHeader(h, now)
}

// closeBody keeps the rule that a RoundTripper closes the body of the request even if it sends
// nothing.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
