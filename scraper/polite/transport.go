package polite

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/internal/hosts"
)

// NewTransport returns an http.Transport that connects to public addresses only, and to loopback
// addresses if they are allowed. It checks each address that it connects to, after names are
// resolved; a refusal wraps [scraper.ErrBlocked]. It uses no proxy.
func NewTransport(allowLoopback bool) *http.Transport {
	return newTransport(&net.Dialer{
		Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: hosts.Control(allowLoopback),
	})
}

func newTransport(d *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true, // the type limit inflates, and counts the bytes on both sides
	}
}

// A proxied transport sends a request directly, to public addresses only, or through the proxy that
// is chosen for it.
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
	// The function is called once for each request: a second call could choose otherwise, and then
	// no proxy at all.
	return p.other.RoundTrip(req.WithContext(context.WithValue(req.Context(), proxyKey{}, via)))
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach both transports.
func (p *proxied) CloseIdleConnections() {
	p.direct.CloseIdleConnections()
	p.other.CloseIdleConnections()
}
