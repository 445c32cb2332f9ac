package polite

import (
	"errors"
	"net/http"

	"github.com/agent-forge/forge/internal/hosts"
)

// A guard refuses requests to hosts that are not allowed. An http.Client sends each redirect
// through its transport, so redirects are held to the same rules.
type guard struct {
	next  http.RoundTripper
	rules hosts.Rules
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.rules.Check(req.URL); err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := g.next.RoundTrip(req)
	if refused, ok := errors.AsType[*hosts.AddressError](err); ok {
		return nil, hosts.Refusal(req.URL, refused.Error())
	}
	return resp, err
}

// maxRedirects is the number of redirects that RFC 9309 asks robots to follow for robots.txt. No
// page of a board needs as many.
const maxRedirects = 5

// checkRedirect is the CheckRedirect of the client. It bounds the number of redirects, and keeps
// https.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return hosts.Refusal(from, "too many redirects; this is often a wall for clients without cookies")
	case from.Scheme == "https" && req.URL.Scheme == "http":
		return hosts.Refusal(from, "it redirects from https to http")
	}
	return nil
}

// A userAgent adds its header to requests that have none.
type userAgent struct {
	next  http.RoundTripper
	value string
}

func (a *userAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", a.value)
	}
	return a.next.RoundTrip(req)
}
