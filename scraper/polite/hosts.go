package polite

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/scraper"
)

// maxRedirects is what RFC 9309 asks robots to follow for robots.txt; no page of a board needs as many.
const maxRedirects = 5

// Hosts refuses requests to hosts that are not allowed, and to addresses that are not public. An http.Client sends each
// redirect through its transport, so redirects are held to the same rules. Refusals wrap [scraper.ErrBlocked].
type Hosts struct {
	Base          http.RoundTripper // nil: http.DefaultTransport. What names resolve to is its own to check: see [NewTransport]
	Allow         []string          // hosts that may be asked, each with its subdomains; none: any public host
	AllowLoopback bool              // true: loopback addresses may be reached, whatever Allow says
}

// RoundTrip refuses the request, or passes it on.
func (h *Hosts) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := h.Check(req.URL); err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := transport(h.Base).RoundTrip(req)
	if refused, ok := errors.AsType[*AddressError](err); ok {
		return nil, refusal(req.URL, refused.Addr.String()+" is not a public address")
	}
	return resp, err
}

// Check returns nil if u may be asked for, as far as u itself says, and a [*scraper.PageError] if not.
func (h *Hosts) Check(u *url.URL) error {
	if problem := h.problem(u); problem != "" {
		return refusal(u, problem)
	}
	return nil
}

func refusal(u *url.URL, reason string) error {
	return &scraper.PageError{URL: u.String(), Reason: reason, Err: scraper.ErrBlocked}
}

// problem says why u must not be asked for, or "".
func (h *Hosts) problem(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" {
		return "only http and https are allowed"
	}
	if u.User != nil {
		return "an address with a password in it is not asked for"
	}
	host := hostOf(u)
	addr, err := netip.ParseAddr(host)
	loopback := err == nil && addr.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
	switch {
	case host == "":
		return "there is no host"
	case loopback && h.AllowLoopback:
		return ""
	case loopback || err == nil && !Public(addr):
		return "its address is not public; the option AllowLoopback opens loopback for tests"
	case err != nil && numeric(host):
		return "its host is a number that some resolvers take for an address"
	case len(h.Allow) > 0 && h.allowed(host) == "":
		return "its host is not one of those that this client may ask; see the option Hosts"
	}
	return ""
}

// allowed returns the entry of Allow that covers host, or "".
func (h *Hosts) allowed(host string) string {
	for _, a := range h.Allow {
		a = strings.ToLower(strings.TrimSuffix(a, "."))
		if host == a || strings.HasSuffix(host, "."+a) {
			return a
		}
	}
	return ""
}

// name is under which name the hosts of u share a pace: the entry that covers them, for a board's many subdomains are one
// board.
func (h *Hosts) name(u *url.URL) string {
	host := hostOf(u)
	if a := h.allowed(host); a != "" {
		return a
	}
	return host
}

func hostOf(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// numeric reports whether the last label of a name is a number: "127.1" and "0x7f000001" are addresses to some resolvers.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	hex, ok := strings.CutPrefix(last, "0x")
	if !ok {
		return false
	}
	_, err := strconv.ParseUint(hex, 16, 64)
	return hex == "" || err == nil || errors.Is(err, strconv.ErrRange)
}

// plainHost reports whether s is a host's name or address, without a scheme, a port or a path.
func plainHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && r != '-' && r != '.' && r != '_'
	}) && strings.Trim(s, ".") != ""
}

// checkRedirect is the http.Client's: it bounds the hops, and keeps what began encrypted so.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return refusal(from, "it leads from redirect to redirect; most often that is a wall for clients without cookies")
	case from.Scheme == "https" && req.URL.Scheme == "http":
		return refusal(from, "it leads from https to http")
	}
	return nil
}
