// Package hosts says which hosts and addresses may be asked: the hosts that a list names, and the
// addresses of the public internet. It is the one place where host names are compared.
package hosts

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/scraper"
)

// Name returns u's host in the form in which hosts are compared: lower case, without a port and a
// final dot.
func Name(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// Covering returns the entry of list, in lower case and without a final dot, that is u's host or a
// domain above it. It returns "" if there is none.
func Covering(list []string, u *url.URL) string {
	host := Name(u)
	for _, entry := range list {
		entry = strings.ToLower(strings.TrimSuffix(entry, "."))
		if entry != "" && (host == entry || strings.HasSuffix(host, "."+entry)) {
			return entry
		}
	}
	return ""
}

// Valid reports whether s is the name or the address of a host in ASCII, without a scheme, a port
// or a path.
func Valid(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return strings.Trim(s, ".") != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && r != '-' && r != '.' && r != '_'
	})
}

// Rules say which URLs may be asked. The zero value allows every public host.
type Rules struct {
	Allow         []string // the only hosts, each with its subdomains. If empty, any public host is allowed
	AllowLoopback bool     // whether loopback addresses may be asked, whatever Allow says
}

// Check returns nil if u may be asked as far as the URL alone can tell, and else a
// [*scraper.PageError] that wraps [scraper.ErrBlocked]. What a name resolves to is checked by
// [Control].
func (r Rules) Check(u *url.URL) error {
	if problem := r.problem(u); problem != "" {
		return Refusal(u, problem)
	}
	return nil
}

// Refusal is the error of a request that is not sent.
func Refusal(u *url.URL, reason string) error {
	return &scraper.PageError{URL: u.String(), Reason: reason, Err: scraper.ErrBlocked}
}

// problem says why u must not be asked, or "".
func (r Rules) problem(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" {
		return "only http and https are allowed"
	}
	if u.User != nil {
		return "a URL that holds a user name or a password is not asked"
	}
	host := Name(u)
	addr, err := netip.ParseAddr(host)
	isAddress := err == nil
	loopback := host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		isAddress && addr.Unmap().IsLoopback()
	switch {
	case host == "":
		return "the URL has no host"
	case loopback && r.AllowLoopback:
		return ""
	case loopback, isAddress && !Public(addr):
		return "its address is not public; the option AllowLoopback opens loopback for tests"
	case !isAddress && numeric(host):
		return "its host is a number that some resolvers take for an address"
	case len(r.Allow) > 0 && Covering(r.Allow, u) == "":
		return "its host is not one of those that the option Hosts allows"
	}
	return ""
}

// numeric reports whether the last label of a name is a number: some resolvers take "127.1" and
// "0x7f000001" for addresses. https://url.spec.whatwg.org/#ends-in-a-number-checker
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
