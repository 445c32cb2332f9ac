package rest

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

// ClientOptions change the defaults of a [Client].
type ClientOptions struct {
	// HTTP makes the requests. It is used as it is, except that a redirect is an error, because a
	// token must not follow it. If nil, a client is made that limits the time to connect and keeps
	// connections for many workers.
	HTTP *http.Client
	// Timeout bounds one attempt, from connecting to the last byte of the answer. If zero, 10
	// seconds is used.
	Timeout time.Duration
	// RetryFor is how long one call repeats what failed for a reason that passes: a server that is
	// away or busy, or a connection that broke. The call's context bounds it too. If zero, one
	// minute is used. If -1, nothing is repeated.
	RetryFor time.Duration
	// MaxAnswerBytes bounds the size of an answer. If zero, 128 MiB is used, far above what a claim
	// or a page of a listing needs.
	MaxAnswerBytes int64
}

const (
	defaultTimeout        = 10 * time.Second
	defaultRetryFor       = time.Minute
	defaultMaxAnswerBytes = 128 << 20
)

// withDefaults returns the options with the defaults filled in, and every field that is out of
// range.
func (o *ClientOptions) withDefaults() (ClientOptions, []error) {
	if o == nil {
		o = &ClientOptions{}
	}
	var problems []error
	if o.Timeout < 0 {
		problems = append(problems,
			problem("ClientOptions.Timeout", "negative; use 0 for the default of 10 seconds"))
	}
	if o.RetryFor < -1 {
		problems = append(
			problems,
			problem("ClientOptions.RetryFor",
				"negative; use 0 for the default of one minute, or set -1 to repeat nothing"),
		)
	}
	if o.MaxAnswerBytes < 0 {
		problems = append(problems,
			problem("ClientOptions.MaxAnswerBytes", "negative; use 0 for the default of 128 MiB"))
	}
	filled := ClientOptions{
		HTTP: o.HTTP, Timeout: cmp.Or(o.Timeout, defaultTimeout),
		RetryFor:       cmp.Or(o.RetryFor, defaultRetryFor),
		MaxAnswerBytes: cmp.Or(o.MaxAnswerBytes, defaultMaxAnswerBytes),
	}
	if filled.HTTP == nil {
		filled.HTTP = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{
				Timeout: 5 * time.Second, KeepAlive: 30 * time.Second,
			}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     90 * time.Second,
		}}
	}
	return filled, problems
}

// problem is the error of a constructor's argument or option.
func problem(field, text string) error {
	return fmt.Errorf("rest: %w", &lead.FieldError{Field: field, Problem: text})
}

// A Client is one user's view of a store on a server, over HTTP. It is safe for concurrent use.
//
// A call whose answer was lost is repeated if that is safe. Sync, Renew, Mark, List, Stats, Audit,
// Judge, Evidence, Sketches and CloseUnlisted are always repeated. Decide is repeated if the lease
// has a token, which makes the repeat the same decision and not a second one. Decide without a token,
// and Reopen, are repeated only if the server did not see the call. A repeated Claim can leave the
// jobs of the lost answer under their leases, which end by themselves. If a repeated Release finds
// the claim ended, it takes that for the work of its first attempt.
type Client struct {
	base      *url.URL
	http      http.Client
	opts      ClientOptions
	authorize func(*http.Request) // holds the token, so that printing a Client does not print it
}

// NewClient returns the view of the user to whom the token belongs. baseURL is the server's
// address, such as "https://forge.example.com", without /agent-forge. NewClient does no I/O. Each
// invalid argument is a [*lead.FieldError], which never holds the token. If o is nil, the defaults
// are used.
//
// Use https except for the loopback and networks that you trust: with http, the token and the jobs
// are sent in clear.
func NewClient(baseURL, token string, o *ClientOptions) (*Client, error) {
	opts, problems := o.withDefaults()
	base, err := url.Parse(strings.TrimSuffix(strings.TrimRight(baseURL, "/"), prefix))
	switch {
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		problems = append(problems,
			problem("baseURL", `want the address of a server, such as "http://localhost:8080"`))
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		problems = append(problems, problem("baseURL", "holds a user, a query or a fragment: leave them out"))
	}
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		problems = append(
			problems,
			problem(
				"token",
				"blank, or holds spaces or characters that a header cannot: give the token as the "+
					"server printed it",
			),
		)
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	c := &Client{
		base: base, http: *opts.HTTP, opts: opts,
		authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) },
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// CloseIdleConnections closes the connections that no call uses. The client stays usable.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }
