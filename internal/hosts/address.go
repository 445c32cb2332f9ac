package hosts

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"github.com/agent-forge/forge/scraper"
)

// An AddressError says that no connection was made because the address is not public. It wraps
// [scraper.ErrBlocked].
type AddressError struct{ Addr netip.Addr }

// Error names the address.
func (e *AddressError) Error() string { return e.Addr.String() + " is not a public address" }

// Unwrap returns [scraper.ErrBlocked].
func (e *AddressError) Unwrap() error { return scraper.ErrBlocked }

// notPublic are the special ranges inside what is otherwise public.
// https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays, withdrawn
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, among them Teredo
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

var (
	publicIPv6 = netip.MustParsePrefix("2000::/3") // the only range that is assigned to the public
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
)

// Public reports whether addr is an address of the public internet: not private, loopback,
// link-local, carrier-grade NAT, multicast, documentation or reserved. An IPv4 address inside an
// IPv6 one (mapped, 6to4, NAT64) is judged by itself, so that it cannot hide there. An address with
// a zone is not public.
func Public(addr netip.Addr) bool {
	addr = embedded(addr.Unmap())
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	if addr.Is6() && !publicIPv6.Contains(addr) { // no prefix contains an address with a zone
		return false
	}
	return !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// embedded returns the IPv4 address to which a NAT64 (RFC 6052) or 6to4 (RFC 3056) address leads,
// or addr.
func embedded(addr netip.Addr) netip.Addr {
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return addr
}

// Control returns a net.Dialer.Control that refuses addresses that are not public with an
// [*AddressError]. It sees the address after the name was resolved, so no name, and no change of
// what a name resolves to, gets around it.
func Control(allowLoopback bool) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("check address: %w", err)
		}
		addr := to.Addr()
		if Public(addr) || allowLoopback && addr.Unmap().IsLoopback() {
			return nil
		}
		return &AddressError{Addr: addr}
	}
}
