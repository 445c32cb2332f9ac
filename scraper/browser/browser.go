// Package browser is an http.RoundTripper that loads pages in a headless Chromium and returns them
// as their scripts left them, for boards whose pages are empty without scripts. It goes under the
// polite client, which stays in charge of pace, robots.txt and limits:
//
//	tabs, err := browser.New(&browser.Options{WaitFor: "article.job", Hosts: []string{"jobs.example.com"}})
//	…
//	defer tabs.Close()
//	client, err := polite.NewClient(&polite.Options{Hosts: []string{"jobs.example.com"}, Transport: tabs})
//
// What a page loads by itself is not paced, and robots.txt is not asked about it, as in any
// browser. What it can reach is bounded all the same. Chromium gets its whole network through a
// proxy in this process, which connects to public addresses only, checked after names are resolved,
// and only to the hosts that the options name. That includes WebSockets, workers, frames and
// beacons. Redirects of the page itself are not followed: the http.Client receives them, and sends
// the next request under its own rules. A script that moves the page to another host is treated the
// same way. Images, media and fonts are not loaded, downloads are refused, dialogs are dismissed,
// and each page has a fresh profile without cookies.
//
// What runs inside the browser is not bounded: the scripts of a page can use the processor until
// its time is up. The sandbox of Chromium stands between them and this machine; see
// [Options.NoSandbox] before turning it off.
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

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Options configures [New]. The zero value and a nil pointer give the defaults. Negative values are
// errors.
type Options struct {
	// Path is the path of Chromium or Chrome. If empty, it is looked for under its usual names.
	Path string
	// NoSandbox turns Chromium's sandbox off. It is needed as root and in many containers; nothing
	// else should run there then.
	NoSandbox bool
	// Hosts are the only hosts that pages may load anything from, each with its subdomains. If
	// empty, any public host is allowed.
	Hosts []string

	// WaitFor is a CSS selector. A page is ready when something matches it. If empty, a page is
	// ready when its network has been idle for half a second.
	WaitFor string
	// Settle is how long to wait for that after the page arrived. The page is then returned as it
	// is. If zero, 10 seconds are used.
	Settle time.Duration
	// Timeout bounds one page, as far as the context of the request does not end before. If zero,
	// 30 seconds are used.
	Timeout time.Duration
	// Tabs is the number of pages that are loaded at the same time. Further requests wait. If zero,
	// 2 is used.
	Tabs int
	// MaxBytes bounds a rendered page in characters. A larger page is an error. If zero, 5 Mi is
	// used.
	MaxBytes int

	// Width and Height are the size of the window in pixels. If zero, 1280 × 900 is used.
	Width, Height int
	// UserAgent replaces the user agent of the request. If empty, that one is used, or else
	// Chromium's own.
	UserAgent string

	// AllowLoopback allows loopback addresses, whatever Hosts says. It is for tests against a local
	// server.
	AllowLoopback bool
	// Logger receives the starts and stops of Chromium and the connections that were refused, never
	// queries or pages. If nil, nothing is logged.
	Logger *slog.Logger
}

// ErrClosed means that the transport was used after Close.
var ErrClosed = errors.New("browser: closed")

// A Transport is one Chromium, which is started with the first request, and its tabs. It is safe
// for concurrent use. If it is not closed, Chromium keeps running until this process ends.
type Transport struct {
	opt  Options
	log  *slog.Logger
	tabs chan struct{} // a semaphore

	starting chan struct{} // a semaphore for starting Chromium and for closing the transport
	mu       sync.Mutex
	chromium *chromium // nil if it is not running
	closed   bool
}

// New returns a transport. It does no I/O: Chromium is looked for and started with the first
// request, or by [Transport.Start]. The error of New joins a [*lead.FieldError] for each invalid
// option.
func New(o *Options) (*Transport, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	if err := opt.validate(); err != nil {
		return nil, err
	}
	opt.setDefaults()
	return &Transport{
		opt: opt, log: opt.Logger, tabs: make(chan struct{}, opt.Tabs), starting: make(chan struct{}, 1),
	}, nil
}

func (o *Options) setDefaults() {
	o.Settle = cmp.Or(o.Settle, 10*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Tabs = cmp.Or(o.Tabs, 2)
	o.MaxBytes = cmp.Or(o.MaxBytes, 5<<20)
	o.Width, o.Height = cmp.Or(o.Width, 1280), cmp.Or(o.Height, 900)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
}

func (o *Options) validate() error {
	var problems []error
	problem := func(field, text string) {
		err := &lead.FieldError{Field: "Options." + field, Problem: text}
		problems = append(problems, fmt.Errorf("browser: %w", err))
	}
	for i, h := range o.Hosts {
		if !hosts.Valid(h) {
			problem(fmt.Sprintf("Hosts[%d]", i), `want the name of a host, in ASCII, such as "linkedin.com"`)
		}
	}
	for _, n := range []struct {
		field string
		value int64
	}{
		{"Settle", int64(o.Settle)},
		{"Timeout", int64(o.Timeout)},
		{"Tabs", int64(o.Tabs)},
		{"MaxBytes", int64(o.MaxBytes)},
		{"Width", int64(o.Width)},
		{"Height", int64(o.Height)},
	} {
		if n.value < 0 {
			problem(n.field, "negative; use 0 for the default")
		}
	}
	if strings.ContainsFunc(o.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		problem("UserAgent", "holds characters that are not allowed in a header; want printable ASCII")
	}
	return errors.Join(problems...)
}

// Start starts Chromium if it is not running, so that a program learns early whether it can.
func (t *Transport) Start(ctx context.Context) error {
	_, err := t.running(ctx)
	return err
}

// RoundTrip loads the page in a tab of its own and returns it as rendered, with the status, the
// headers and the URL of the document that the page began as. It supports GET without a body only.
// A page that is not HTML, or whose status is not 2xx, is returned as sent.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	if req.Method != "" && req.Method != http.MethodGet || req.Body != nil && req.Body != http.NoBody {
		return nil, errors.New("browser: only GET without a body is supported")
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" { // Chromium would also read files
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

// stopped tells the end of the caller's context from this package's time limit, which is a network
// error.
func (t *Transport) stopped(caller context.Context, err error) error {
	if caller.Err() != nil {
		return fmt.Errorf("browser: %w", context.Cause(caller))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &loadError{Reason: fmt.Sprintf("no page within %v", t.opt.Timeout), timeout: true}
	}
	return err
}

// running returns Chromium. It starts it first if it is not running or has died.
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

// Close ends Chromium and every page that is being loaded, and waits until the process is gone and
// its files are removed. Further calls do nothing.
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

// A loadError says that a page did not load. It is a net.Error: the same page can load later.
type loadError struct {
	Reason  string // Chromium's own word, such as "ConnectionReset"
	timeout bool
}

// Error names the reason.
func (e *loadError) Error() string { return "browser: page did not load: " + e.Reason }

// Timeout reports whether time ran out.
func (e *loadError) Timeout() bool { return e.timeout }

// Temporary returns true.
func (e *loadError) Temporary() bool { return true }
