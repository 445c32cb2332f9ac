// Package polite is the HTTP client of a board that wants to be asked again tomorrow: slow by default, deaf to nothing that
// the board says about its own pace, and unable to reach what is not public.
//
// [NewClient] puts the parts together. Each part is an http.RoundTripper of its own around another one, for those who want
// only some of them.
package polite

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// What the zero values of Options stand for.
const (
	DefaultInterval    = 2 * time.Second
	DefaultMaxInterval = time.Minute
	DefaultBurst       = 1
	DefaultRetries     = 2
	DefaultMaxBody     = 5 << 20
	DefaultTimeout     = 30 * time.Second
	DefaultUserAgent   = "agent-forge/1 (+https://github.com/agent-forge/forge)"
)

// Options configures [NewClient]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	Hosts         []string // the only hosts that may be asked, each with its subdomains: "linkedin.com"; none: any public host
	UserAgent     string   // sent with every request; "": [DefaultUserAgent], which says what this is
	IgnoreRobots  bool     // true: robots.txt is not asked for. The board's terms still bind you
	AllowLoopback bool     // true: loopback addresses may be reached; for tests against a local server

	Interval    time.Duration // the least time between two requests to one host; 0: 2 s
	MaxInterval time.Duration // how far the interval grows when the board says that it is too much; 0: 1 min
	Burst       int           // requests that may go without a pause after a quiet time; 0: 1
	Retries     int           // further tries after a 5xx or a network error; 0: 2; negative: none
	MaxBody     int64         // bytes of a page after inflation; a longer one is an error; 0: 5 MB
	Timeout     time.Duration // for one try, to the last byte; time spent waiting for a turn does not count; 0: 30 s

	Proxy     func(*http.Request) (*url.URL, error) // as in http.Transport; nil: none
	Transport http.RoundTripper                     // what sends the requests; nil: an http.Transport that reaches public addresses only
	Logger    *slog.Logger                          // told of slowed hosts and retries; never of queries or pages. nil: discarded
}

// NewClient returns a client for one board, or for several: it keeps one pace per host for all who share it. It does no
// I/O. Nil options are the defaults.
func NewClient(o *Options) (*http.Client, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	base := opt.Transport
	if base == nil {
		base = &http.Transport{Proxy: opt.Proxy, DisableCompression: false, ForceAttemptHTTP2: true}
	}
	return &http.Client{Transport: base}, nil
}
