// Package polite is the HTTP client of a board that wants to be asked again tomorrow: slow by default, attentive to what
// the board says about its pace, and unable to reach what is not public.
//
// [NewClient] puts the parts together. Each part is an http.RoundTripper around another one, usable alone, its zero value
// with a Base ready to use:
//
//   - [Robots] obeys robots.txt, its Crawl-delay included
//   - [Retry] tries again after a 5xx or a network error
//   - [Hosts] keeps requests, and each redirect, to the allowed hosts and to public addresses
//   - [Pacer] spaces the requests to a host, and slows down when told to
//   - [UserAgent] says who asks
//   - [Limit] bounds what one answer may cost in bytes and time
//   - [NewTransport] connects to public addresses only
//
// A refusal is a [*scraper.PageError] that wraps [scraper.ErrBlocked]; a page that is too large wraps [scraper.ErrMarkup].
// No error shows a query, because it holds the user's words. There are no cookies, and no proxy is taken from the
// environment. The client keeps forge polite; the board's terms bind its user all the same.
package polite

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

// What the zero values of [Options] stand for.
const (
	DefaultUserAgent   = "agent-forge/1 (+https://github.com/agent-forge/forge)"
	DefaultInterval    = 2 * time.Second
	DefaultMaxInterval = time.Minute
	DefaultBurst       = 1
	DefaultRetries     = 2
	DefaultMaxBody     = 5 << 20
	DefaultTimeout     = 30 * time.Second
)

// Options configures [NewClient]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	Hosts         []string // the only hosts that may be asked, each with its subdomains: "linkedin.com"; none: any public host
	UserAgent     string   // sent with every request; "": [DefaultUserAgent], which says what this is
	IgnoreRobots  bool     // true: robots.txt is not asked for. The board's terms still bind you
	AllowLoopback bool     // true: loopback addresses may be reached, whatever Hosts says; for tests against a local server

	Interval    time.Duration // the least time between two requests to one host; 0: 2 s
	MaxInterval time.Duration // how far the interval grows when the board says that it is too much; 0: 1 min, or Interval if longer
	Burst       int           // requests that may go without a pause after a quiet time; 0: 1
	Retries     int           // further tries after a 5xx or a network error; 0: 2; negative: none
	MaxBody     int64         // bytes of a page after inflation; a longer one is an error; 0: 5 MB
	Timeout     time.Duration // for one try, to the last byte; time spent waiting for a turn does not count; 0: 30 s

	// Proxy names the proxy of a request, as in http.Transport; nil, or a nil URL: none. A proxy connects where forge cannot
	// see, so the address check then covers what the URL says and not what its name resolves to; the proxy itself may be
	// on a private network.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport sends the requests, such as a headless browser or a recording; nil: an http.Transport that connects to public
	// addresses only. One of your own keeps the address check of URLs, and has to check by itself what it connects to.
	Transport http.RoundTripper
	Logger    *slog.Logger // told of hosts that are slowed down and of retries, never of queries or pages. nil: discarded
}

// NewClient returns a client for one board, or for several: it keeps one pace per host for all who share it, so make one
// and share it. It does no I/O. Nil options are the defaults. Its error joins one [*lead.FieldError] for each wrong option.
func NewClient(o *Options) (*http.Client, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	if err := opt.validate(); err != nil {
		return nil, err
	}
	hosts := &Hosts{Allow: opt.Hosts, AllowLoopback: opt.AllowLoopback}
	next := opt.Transport
	if next == nil {
		next = newProxied(opt.Proxy, opt.AllowLoopback)
	}
	next = &Limit{Base: next, MaxBytes: opt.MaxBody, Timeout: opt.Timeout}
	next = &UserAgent{Base: next, Value: opt.UserAgent}
	pacer := &Pacer{
		Base: next, Interval: opt.Interval, MaxInterval: opt.MaxInterval, Burst: opt.Burst, Key: hosts.name, Logger: opt.Logger,
	}
	hosts.Base = pacer
	next = hosts
	if opt.Retries >= 0 {
		next = &Retry{Base: next, Retries: opt.Retries, Logger: opt.Logger}
	}
	if !opt.IgnoreRobots {
		next = &Robots{Base: next, Agent: opt.UserAgent, Space: pacer.Space}
	}
	return &http.Client{Transport: next, CheckRedirect: checkRedirect}, nil
}

func (o *Options) validate() error {
	var problems []error
	problem := func(field, text string) {
		problems = append(problems, fmt.Errorf("polite: %w", &lead.FieldError{Field: "Options." + field, Problem: text}))
	}
	for i, h := range o.Hosts {
		if !plainHost(h) {
			problem(fmt.Sprintf("Hosts[%d]", i), `want a host's name and nothing else, in ASCII: "linkedin.com"`)
		}
	}
	if strings.ContainsFunc(o.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		problem("UserAgent", "holds characters that no header may hold; want printable ASCII")
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"Interval", o.Interval}, {"MaxInterval", o.MaxInterval}, {"Timeout", o.Timeout}} {
		if d.value < 0 {
			problem(d.field, "negative; 0 is the default")
		}
	}
	if o.MaxInterval > 0 && o.MaxInterval < orDefault(o.Interval, DefaultInterval) {
		problem("MaxInterval", "shorter than Interval; 0 is the default")
	}
	if o.Burst < 0 {
		problem("Burst", "negative; 0 is the default")
	}
	if o.MaxBody < 0 {
		problem("MaxBody", "negative; 0 is the default")
	}
	if o.Proxy != nil && o.Transport != nil {
		problem("Proxy", "is not used with a Transport of your own: set the proxy there")
	}
	return errors.Join(problems...)
}

func orDefault[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// transport is the base of a part, whose nil value is http.DefaultTransport, as in http.Client.
func transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return http.DefaultTransport
	}
	return base
}

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}

// closeBody keeps the rule that a RoundTripper closes the request's body also when it sends nothing.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
