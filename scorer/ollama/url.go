package ollama

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/agent-forge/forge/lead"
)

// containerHosts are the names by which a container reaches the machine that it runs on: Docker's
// and Podman's.
var containerHosts = []string{"host.docker.internal", "host.containers.internal"}

// checkURL returns the server's address without a trailing slash.
func checkURL(raw string, remote bool) (string, error) {
	problem := func(s string) error { return &lead.FieldError{Field: "Options.BaseURL", Problem: s} }
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", problem("not a URL; want one such as " + DefaultBaseURL)
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", problem("want http:// or https:// and a host, such as " + DefaultBaseURL)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", problem("want no user, query or fragment; put credentials into Options.Client")
	case !remote && !isLoopback(u.Hostname()) && !isContainerHost(u.Hostname()):
		return "", problem("names another machine, and the résumé would be sent there; " +
			"set Options.AllowRemote if that is wanted")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isContainerHost(host string) bool { return slices.Contains(containerHosts, strings.ToLower(host)) }

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// newClient returns a client that goes to the server and nowhere else.
func newClient(o Options) *http.Client {
	c := &http.Client{}
	if o.Client != nil {
		*c = *o.Client
	}
	if c.Transport == nil {
		u, _ := url.Parse(o.BaseURL) // checkURL made it
		c.Transport = directTransport(o.AllowRemote, isContainerHost(u.Hostname()))
	}
	// A redirect could carry the résumé to another host. The redirect itself is returned, and is an
	// answer like any other that is not 200.
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// directTransport uses no proxy, which the environment could name, and unless remote is set
// connects to loopback addresses only, whatever "localhost" resolves to. The machine that runs a
// container has a private address.
func directTransport(remote, container bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !remote {
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			ip := ap.Addr().Unmap()
			here := ip.IsLoopback() || container && ip.IsPrivate()
			if err != nil || !here {
				return errors.New("not an address of this machine; set Options.AllowRemote if the résumé " +
					"can be sent to another")
			}
			return nil
		}
	}
	return &http.Transport{
		DialContext:         dialer.DialContext,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     time.Minute,
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
	}
}
