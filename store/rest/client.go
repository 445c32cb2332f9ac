package rest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
)

// ClientOptions change how a [Client] works. The zero value and nil are the defaults.
type ClientOptions struct {
	// HTTP makes the requests. It is used as it is, but for redirects, which are errors: a token must not follow them.
	// Default: a client of its own, with time limits on connecting and with connections kept for many workers.
	HTTP *http.Client
	// Timeout bounds one attempt, from connecting to the last byte of the answer. Default: 10 seconds.
	Timeout time.Duration
	// RetryFor bounds how long one call repeats what failed for a passing reason: a server that is away or busy, a connection
	// that broke. Negative: nothing is repeated. Default: one minute. The call's context bounds it too.
	RetryFor time.Duration
	// MaxAnswerBytes bounds an answer. Default: 64 MiB, far above what a claim or a page of a listing needs.
	MaxAnswerBytes int64
}

// Defaults of [ClientOptions].
const (
	defaultTimeout        = 10 * time.Second
	defaultRetryFor       = time.Minute
	defaultMaxAnswerBytes = 64 << 20
)

// A Client is one user's view of a store on a server, over HTTP. It is safe for concurrent use.
//
// A call whose answer was lost is made again where that is safe. Sync, Renew, Mark, List and Stats always are. Enrich is with a
// claim token, which makes a repeat the same decision and not a second one; without a token it is made again only if the server
// did not see it, like Reopen. A repeated Claim may leave the jobs of the lost answer under their leases, from which they
// return by themselves. A repeated Release that finds the claim ended takes that for the work of its first attempt.
type Client struct {
	base      *url.URL
	http      http.Client
	opts      ClientOptions
	authorize func(*http.Request) // holds the token, so that printing a Client does not
}

var (
	_ forge.Store    = (*Client)(nil)
	_ forge.Lister   = (*Client)(nil)
	_ forge.Reopener = (*Client)(nil)
	_ forge.Marker   = (*Client)(nil)
	_ forge.Counter  = (*Client)(nil)
)

// NewClient returns the view of the user whose token it is. baseURL is the server's address, such as
// "https://forge.example.com", without /agent-forge. It does no I/O; what is wrong is a [*lead.FieldError], which never holds the
// token. Use https for anything but the loopback and networks that you trust: the token and the jobs travel in clear otherwise.
func NewClient(baseURL, token string, opts *ClientOptions) (*Client, error) {
	c := &Client{}
	if opts != nil {
		c.opts = *opts
	}
	var problems []error
	problem := func(field, text string) {
		problems = append(problems, fmt.Errorf("rest: %w", &lead.FieldError{Field: field, Problem: text}))
	}

	base, err := url.Parse(strings.TrimSuffix(strings.TrimRight(baseURL, "/"), prefix))
	switch {
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		problem("baseURL", `want the address of a server, such as "http://localhost:8080"`)
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		problem("baseURL", "holds a user, a query or a fragment: leave them out")
	default:
		c.base = base
	}
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		problem("token", "blank, or holds spaces or characters that a header cannot: give the token as the server printed it")
	}
	if c.opts.Timeout < 0 {
		problem("ClientOptions.Timeout", "negative; leave it 0 for 10 seconds")
	}
	if c.opts.MaxAnswerBytes < 0 {
		problem("ClientOptions.MaxAnswerBytes", "negative; leave it 0 for 64 MiB")
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}

	c.opts.fill()
	c.http = *c.opts.HTTP
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.authorize = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	return c, nil
}

func (o *ClientOptions) fill() {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.RetryFor == 0 {
		o.RetryFor = defaultRetryFor
	}
	if o.MaxAnswerBytes == 0 {
		o.MaxAnswerBytes = defaultMaxAnswerBytes
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     90 * time.Second,
		}}
	}
}

// CloseIdleConnections closes the connections that no call uses. The client stays usable.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }
