// Package browser is an http.RoundTripper that loads pages in a headless Chromium and returns them as their scripts left
// them, for boards whose pages are empty without. It goes under the polite client, which stays in charge of pace,
// robots.txt and limits:
//
//	tabs, err := browser.New(&browser.Options{WaitFor: "article.job", Hosts: []string{"jobs.example.com"}})
//	…
//	defer tabs.Close()
//	client, err := polite.NewClient(&polite.Options{Hosts: []string{"jobs.example.com"}, Transport: tabs})
//
// What a page loads by itself is not paced, and robots.txt is not asked about it: that is the page's own doing, as in any
// browser. What it may reach is held to the rules all the same. Chromium gets its whole network through a proxy in this
// process, which connects to public addresses only, checked after names are resolved, and only to the hosts that the
// options name; WebSockets, workers, frames and beacons included. Redirects of the page itself are not followed: the
// http.Client gets them, and asks anew under its own rules, as it does when a script moves the page to another host.
// Images, media and fonts are not loaded, downloads are refused, dialogs dismissed, and each page has a fresh profile
// without cookies.
//
// What a browser cannot be held to is what runs inside it: a page's scripts can use the processor until its time is up. Its
// sandbox stands between them and this machine; see [Options.NoSandbox] before turning it off.
package browser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// What the zero values of [Options] stand for.
const (
	DefaultSettle   = 10 * time.Second
	DefaultTimeout  = 30 * time.Second
	DefaultTabs     = 2
	DefaultMaxBytes = 5 << 20
	DefaultWidth    = 1280
	DefaultHeight   = 900
)

// Options configures [New]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	Path      string   // of Chromium or Chrome; "": looked for under the usual names
	NoSandbox bool     // true: without Chromium's sandbox. Needed as root and in many containers; then run nothing else there
	Hosts     []string // the only hosts that pages may load anything from, each with its subdomains; none: any public host

	WaitFor  string        // a CSS selector; the page is ready when something matches it. "": when the network has been idle for half a second
	Settle   time.Duration // how long to wait for that after the page arrived; then it is taken as it is. 0: 10 s
	Timeout  time.Duration // for one page in all, as far as the request's context does not end before; 0: 30 s
	Tabs     int           // pages at once; more wait; 0: 2
	MaxBytes int           // characters of a rendered page; a longer one is an error; 0: 5 Mi

	Width, Height int    // of the window, in pixels; 0: 1280 × 900
	UserAgent     string // "": the request's, or else Chromium's own

	AllowLoopback bool         // true: loopback addresses may be reached, whatever Hosts says; for tests against a local server
	Logger        *slog.Logger // told when Chromium starts and stops, and of refused connections; never of queries or pages. nil: discarded
}

// ErrClosed means that the transport was used after Close.
var ErrClosed = errors.New("browser: closed")

// A Transport is one Chromium, started with the first request, and its tabs. It is safe for concurrent use. Close it, or
// Chromium stays.
type Transport struct {
	opt  Options
	log  *slog.Logger
	tabs chan struct{}

	starting chan struct{} // held by who starts Chromium, or closes the transport
	mu       sync.Mutex
	chromium *chromium // nil: not running
	closed   bool
}

// New checks the options and returns a transport. It does no I/O: Chromium is looked for and started when the first page is
// asked for, or by [Transport.Start]. Its error joins one [*lead.FieldError] for each wrong option.
func New(o *Options) (*Transport, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	var problems []error
	problem := func(field, text string) {
		problems = append(problems, fmt.Errorf("browser: %w", &lead.FieldError{Field: "Options." + field, Problem: text}))
	}
	for _, n := range []struct {
		field string
		value int64
	}{
		{"Settle", int64(opt.Settle)},
		{"Timeout", int64(opt.Timeout)},
		{"Tabs", int64(opt.Tabs)},
		{"MaxBytes", int64(opt.MaxBytes)},
		{"Width", int64(opt.Width)},
		{"Height", int64(opt.Height)},
	} {
		if n.value < 0 {
			problem(n.field, "negative; 0 is the default")
		}
	}
	for i, h := range opt.Hosts {
		if h == "" || strings.ContainsAny(h, ":/ *") {
			problem(fmt.Sprintf("Hosts[%d]", i), `want a host's name and nothing else: "linkedin.com"`)
		}
	}
	if strings.ContainsFunc(opt.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		problem("UserAgent", "holds characters that no header may hold; want printable ASCII")
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	opt.Settle = cmp.Or(opt.Settle, DefaultSettle)
	opt.Timeout = cmp.Or(opt.Timeout, DefaultTimeout)
	opt.Tabs = cmp.Or(opt.Tabs, DefaultTabs)
	opt.MaxBytes = cmp.Or(opt.MaxBytes, DefaultMaxBytes)
	opt.Width, opt.Height = cmp.Or(opt.Width, DefaultWidth), cmp.Or(opt.Height, DefaultHeight)
	t := &Transport{opt: opt, log: opt.Logger, tabs: make(chan struct{}, opt.Tabs), starting: make(chan struct{}, 1)}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

// Start starts Chromium if it does not run, so that a program learns early whether it can.
func (t *Transport) Start(ctx context.Context) error {
	_, err := t.running(ctx)
	return err
}

// RoundTrip loads the page in a tab of its own and returns it as rendered, with the status, the headers and the address of
// the document that the page began as. Only GET without a body is supported. A page that is not HTML, or has another
// status than 2xx, is returned as sent.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	if req.Method != "" && req.Method != http.MethodGet || req.Body != nil && req.Body != http.NoBody {
		return nil, errors.New("browser: only GET without a body is supported")
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" { // Chromium would read files, too
		return nil, fmt.Errorf("browser: only http and https are supported: %w", scraper.ErrBlocked)
	}
	ctx, cancel := context.WithTimeout(req.Context(), t.opt.Timeout)
	defer cancel()
	select {
	case t.tabs <- struct{}{}:
		defer func() { <-t.tabs }()
	case <-ctx.Done():
		return nil, t.stopped(req.Context(), ctx.Err())
	}
	c, err := t.running(ctx)
	if err != nil {
		return nil, t.stopped(req.Context(), err)
	}
	resp, err := c.load(ctx, req, &t.opt)
	if err != nil {
		return nil, t.stopped(req.Context(), err)
	}
	return resp, nil
}

// stopped says whose the end was: the caller's, or this package's time limit, which is the network's failure.
func (t *Transport) stopped(caller context.Context, err error) error {
	if caller.Err() != nil {
		return fmt.Errorf("browser: %w", context.Cause(caller))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &LoadError{Reason: fmt.Sprintf("no page within %v", t.opt.Timeout), timeout: true}
	}
	return err
}

// running returns Chromium, and starts it first if it does not run or has died.
func (t *Transport) running(ctx context.Context) (*chromium, error) {
	select {
	case t.starting <- struct{}{}:
		defer func() { <-t.starting }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t.mu.Lock()
	c, closed := t.chromium, t.closed
	t.mu.Unlock()
	if closed {
		return nil, ErrClosed
	}
	if c != nil && c.alive() {
		return c, nil
	}
	if c != nil {
		t.log.Warn("chromium died; it is started again")
		c.stop()
	}
	c, err := start(ctx, &t.opt, t.log)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chromium = c
	return c, err
}

// Close ends Chromium and every page that is being loaded, and waits until it is gone. It may be called again.
func (t *Transport) Close() error {
	t.starting <- struct{}{}
	defer func() { <-t.starting }()
	t.mu.Lock()
	c := t.chromium
	t.chromium, t.closed = nil, true
	t.mu.Unlock()
	if c != nil {
		c.stop()
		t.log.Info("chromium stopped")
	}
	return nil
}

// A LoadError is a page that did not load. It is a net.Error: the same page may load later.
type LoadError struct {
	Reason  string // Chromium's own word, such as "ConnectionReset"
	timeout bool
}

// Error names the reason.
func (e *LoadError) Error() string { return "browser: page did not load: " + e.Reason }

// Timeout reports whether time ran out.
func (e *LoadError) Timeout() bool { return e.timeout }

// Temporary returns true.
func (e *LoadError) Temporary() bool { return true }
