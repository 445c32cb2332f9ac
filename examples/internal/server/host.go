package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// knownHost answers requests for the page only under a name that cannot be somebody else's: an
// address, localhost, a name without a dot, as containers have, or the name in the server's own
// URL. Otherwise a page of an attacker, whose name is made to lead here, would be of one origin
// with it (DNS rebinding).
func knownHost(own string, next http.Handler) http.Handler {
	u, _ := url.Parse(own) // was checked; if it is empty, it names no host
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostname(r.Host); !isLocal(host) && (u == nil || host != hostname(u.Host)) {
			say(w, http.StatusMisdirectedRequest,
				"the server does not know this host name; start it with -url and the address that users open")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname returns the name in a Host header, in lower case and without the port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// isLocal reports whether no name server of an attacker can answer for a host.
func isLocal(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost")
}
