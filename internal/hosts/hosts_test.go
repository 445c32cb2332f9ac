package hosts_test

import (
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
)

func TestCoveringFindsTheHostAndWhatIsBelowIt(t *testing.T) {
	t.Parallel()
	list := []string{"", "Board.Example.", "127.0.0.1"}
	for _, c := range []struct{ host, want string }{
		{"board.example", "board.example"},
		{"WWW.Board.Example", "board.example"},
		{"a.b.board.example.", "board.example"},
		{"board.example:8443", "board.example"},
		{"127.0.0.1:80", "127.0.0.1"},
		{"notboard.example", ""},
		{"board.example.evil.example", ""},
		{"example", ""},
		{"", ""},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, hosts.Covering(list, &url.URL{Scheme: "https", Host: c.host}))
		})
	}
}

func TestValidTakesANameAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host string
		want bool
	}{
		{"board.example", true},
		{"board.example.", true},
		{"my_board-1.example", true},
		{"127.0.0.1", true},
		{"::1", true},
		{"", false},
		{".", false},
		{"https://board.example", false},
		{"board.example:80", false},
		{"board.example/jobs", false},
		{"*.board.example", false},
		{"münchen.example", false},
		{"a b", false},
		{"user@board.example", false},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, hosts.Valid(c.host))
		})
	}
}

func TestCheckRefusesWhatIsNotPublicOrNotAllowed(t *testing.T) {
	t.Parallel()
	anyHost, onlyBoard := hosts.Rules{}, hosts.Rules{Allow: []string{"board.example"}}
	local := hosts.Rules{Allow: onlyBoard.Allow, AllowLoopback: true}
	for _, c := range []struct {
		rules       hosts.Rules
		page, wants string
	}{
		{anyHost, "https://jobs.example/", ""},
		{anyHost, "https://jobs.example:8443/", ""},
		{anyHost, "https://8.8.8.8/", ""},
		{anyHost, "https://[2606:4700::1111]/", ""},
		{anyHost, "https://127.0.0.1/", "not public"},
		{anyHost, "https://0.0.0.0/", "not public"},
		{anyHost, "https://[fe80::1%25eth0]/", "not public"},
		{anyHost, "https://LOCALHOST./", "not public"},
		{anyHost, "https://a.localhost/", "not public"},
		{anyHost, "https://127.1/", "number"},
		{anyHost, "https://0x7f000001/", "number"},
		{anyHost, "https://0x/", "number"},
		{anyHost, "https://017700000001/", "number"},
		{anyHost, "https://0x7f.0x0.0x0.0x1/", "number"},
		{anyHost, "file:///etc/passwd", "only http and https"},
		{anyHost, "https:///path", "no host"},
		{anyHost, "https://user:pw@jobs.example/", "password"},
		{onlyBoard, "https://www.board.example/view/1", ""},
		{onlyBoard, "https://board.example.org/view/1", "the option Hosts"},
		{onlyBoard, "http://8.8.8.8/", "the option Hosts"},
		{onlyBoard, "http://127.0.0.1/", "not public"},
		{local, "http://127.0.0.1:8080/", ""},
		{local, "http://localhost/", ""},
		{local, "http://10.0.0.1/", "not public"},
	} {
		t.Run(c.page, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.page)
			require.NoError(t, err)
			err = c.rules.Check(u)
			if c.wants == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, scraper.ErrBlocked)
			require.ErrorContains(t, err, c.wants)
			require.NotContains(t, err.Error(), "pw")
		})
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		public    bool
		addresses []string
	}{
		{true, []string{
			"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1",
			"198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
			"2001:4860:4860::8888", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
		}},
		{false, []string{
			"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255",
			"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
			"192.168.1.1",
			"198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
			"240.0.0.1",
			"255.255.255.255",
		}},
		{false, []string{
			"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
			"64:ff9b::a9fe:a9fe",
			"64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1",
			"5f00::1",
			"fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
			"2606:4700::1111%eth0",
			"4000::1",
		}},
	} {
		for _, s := range c.addresses {
			t.Run(s, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, c.public, hosts.Public(netip.MustParseAddr(s)))
			})
		}
	}
	require.False(t, hosts.Public(netip.Addr{}))
}

func TestControlRefusesAddressesThatAreNotPublic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address  string
		loopback bool
		refused  bool
	}{
		{"8.8.8.8:443", false, false},
		{"127.0.0.1:80", false, true},
		{"127.0.0.1:80", true, false},
		{"[::ffff:127.0.0.1]:80", true, false},
		{"10.0.0.1:80", true, true},
		{"[64:ff9b::a00:1]:80", false, true},
	} {
		t.Run(c.address, func(t *testing.T) {
			t.Parallel()
			err := hosts.Control(c.loopback)("tcp", c.address, nil)
			require.Equal(t, c.refused, err != nil)
			if c.refused {
				require.ErrorIs(t, err, scraper.ErrBlocked)
			}
		})
	}
	require.Error(t, hosts.Control(true)("tcp", "a name", nil))
}
