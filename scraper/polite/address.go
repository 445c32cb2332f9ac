package polite

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/agent-forge/forge/scraper"
)

// An AddressError is a connection that was not made, because its address is not public. It wraps [scraper.ErrBlocked].
type AddressError struct{ Addr netip.Addr }

// Error names the address.
func (e *AddressError) Error() string {
	return fmt.Sprintf("polite: %v is not a public address", e.Addr)
}

// Unwrap returns [scraper.ErrBlocked].
func (e *AddressError) Unwrap() error { return scraper.ErrBlocked }

// notPublic are the ranges that are special among what would otherwise be public.
// https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry
func notPublic() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),       // this network
		netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
		netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
		netip.MustParsePrefix("192.0.2.0/24"),    // documentation
		netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays, withdrawn
		netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"), // documentation
		netip.MustParsePrefix("203.0.113.0/24"),  // documentation
		netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
		netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo among them
		netip.MustParsePrefix("2001:db8::/32"),   // documentation
		netip.MustParsePrefix("3fff::/20"),       // documentation
	}
}

// Public reports whether addr is an address of the public internet: not private, loopback, link-local, carrier-grade NAT,
// multicast, documentation or reserved. An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as itself, so
// that it cannot hide there. An address with a zone is not public.
func Public(addr netip.Addr) bool {
	addr = embedded(addr.Unmap())
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	if addr.Is6() && !netip.MustParsePrefix("2000::/3").Contains(addr) { // nothing else is assigned to the public; no prefix contains a zone
		return false
	}
	return !slices.ContainsFunc(notPublic(), func(p netip.Prefix) bool { return p.Contains(addr) })
}

// embedded returns the IPv4 address to which a NAT64 (RFC 6052) or 6to4 (RFC 3056) address leads, or addr.
func embedded(addr netip.Addr) netip.Addr {
	b := addr.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case netip.MustParsePrefix("2002::/16").Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return addr
}

func reachable(addr netip.Addr, allowLoopback bool) bool {
	return Public(addr) || allowLoopback && addr.Unmap().IsLoopback()
}

// control is a net.Dialer.Control: it sees the address after the name was resolved, so that no name, and no change of what a
// name means, leads past it.
func control(allowLoopback bool) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("polite: dial: %w", err)
		}
		if !reachable(to.Addr(), allowLoopback) {
			return &AddressError{Addr: to.Addr()}
		}
		return nil
	}
}

// NewTransport returns an http.Transport that connects to public addresses only, and to loopback ones if allowed. It checks
// each address that it connects to, after names are resolved, and fails with an [*AddressError]. It uses no proxy.
func NewTransport(allowLoopback bool) *http.Transport {
	return newTransport(&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: control(allowLoopback)})
}

func newTransport(d *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true, // Limit inflates, and counts both sides
	}
}

// A proxied sends a request directly, to public addresses only, or through the proxy that is named for it, which may be
// anywhere.
type proxied struct {
	proxy         func(*http.Request) (*url.URL, error)
	direct, other *http.Transport
}

type proxyKey struct{}

func newProxied(proxy func(*http.Request) (*url.URL, error), allowLoopback bool) http.RoundTripper {
	direct := NewTransport(allowLoopback)
	if proxy == nil {
		return direct
	}
	other := newTransport(&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second})
	other.Proxy = func(req *http.Request) (*url.URL, error) {
		u, _ := req.Context().Value(proxyKey{}).(*url.URL)
		return u, nil
	}
	return &proxied{proxy: proxy, direct: direct, other: other}
}

func (p *proxied) RoundTrip(req *http.Request) (*http.Response, error) {
	via, err := p.proxy(req)
	if err != nil {
		closeBody(req)
		return nil, fmt.Errorf("polite: choose a proxy: %w", err)
	}
	if via == nil {
		return p.direct.RoundTrip(req)
	}
	// The proxy is asked for once: one that is chosen anew for each request might not be named a second time.
	return p.other.RoundTrip(req.WithContext(context.WithValue(req.Context(), proxyKey{}, via)))
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach both.
func (p *proxied) CloseIdleConnections() {
	p.direct.CloseIdleConnections()
	p.other.CloseIdleConnections()
}
