package polite

import "net/http"

// UserAgent says in each request who asks, unless the request says so itself. A user agent that pretends to be a person's
// browser is yours to answer for.
type UserAgent struct {
	Base  http.RoundTripper // nil: http.DefaultTransport
	Value string            // "": [DefaultUserAgent]
}

// RoundTrip adds the header and passes the request on.
func (a *UserAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", agentOr(a.Value))
	}
	return transport(a.Base).RoundTrip(req)
}

func agentOr(value string) string {
	if value == "" {
		return DefaultUserAgent
	}
	return value
}
