package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// clientOf returns a function that names the client of a request: by its address or, because one
// client has many of them, by its network of 64 bits of IPv6. Behind a proxy on a private address,
// it is the last address of X-Forwarded-For, which the proxy adds.
func clientOf(proxied bool) func(*http.Request) string {
	return func(r *http.Request) string {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			return ""
		}
		address, err := netip.ParseAddr(host)
		if err != nil {
			return host
		}
		if proxied && (address.IsLoopback() || address.IsPrivate()) {
			forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
			last := strings.TrimSpace(forwarded[strings.LastIndex(forwarded, ",")+1:])
			if a, err := netip.ParseAddr(last); err == nil {
				address = a
			}
		}
		address = address.Unmap().WithZone("")
		if address.Is6() {
			network, _ := address.Prefix(64) // 64 is a valid length
			return network.String()
		}
		return address.String()
	}
}
