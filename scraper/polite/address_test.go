package polite_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
		"2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
	} {
		require.True(t, polite.Public(netip.MustParseAddr(s)), s)
	}
	for _, s := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
		"240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
		"2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
		"2606:4700::1111%eth0", "4000::1",
	} {
		require.False(t, polite.Public(netip.MustParseAddr(s)), s)
	}
	require.False(t, polite.Public(netip.Addr{}))
}

func TestANameThatLeadsToLoopbackIsRefusedWhenDialed(t *testing.T) {
	t.Parallel()
	var asked atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	t.Cleanup(srv.Close)
	port := srv.Listener.Addr().(*net.TCPAddr).Port
	page := fmt.Sprintf("http://localhost:%d/?q=secret", port)

	_, _, err := get(t, polite.NewTransport(false), page) // the name passes; the address does not
	require.ErrorIs(t, err, scraper.ErrBlocked)
	var e *polite.AddressError
	require.ErrorAs(t, err, &e)
	require.True(t, e.Addr.IsLoopback())
	require.False(t, asked.Load())

	_, _, err = get(t, polite.NewTransport(true), page)
	require.NoError(t, err)
	require.True(t, asked.Load())
}

func TestAnAddressThatIsRefusedWhenDialedNamesThePage(t *testing.T) {
	t.Parallel()
	dial := tripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &polite.AddressError{Addr: netip.MustParseAddr("10.0.0.1")}}
	})
	_, _, err := get(t, &polite.Hosts{Base: dial}, "https://rebound.example/?q=secret")
	blocked(t, err, "10.0.0.1 is not a public address")
	require.ErrorContains(t, err, "https://rebound.example/")
}

func TestWithoutAListEveryPublicHostMayBeAsked(t *testing.T) {
	t.Parallel()
	rt := &polite.Hosts{Base: always(200, "")}
	for page, reason := range map[string]string{
		"https://jobs.example/": "", "https://8.8.8.8/": "", "https://[2606:4700::1111]/": "", "https://jobs.example:8443/": "",
		"https://127.0.0.1/": "not public", "https://0.0.0.0/": "not public", "https://[fe80::1%25eth0]/": "not public", "https://LOCALHOST./": "not public",
		"https://a.localhost/": "not public", "https://127.1/": "number", "https://0x7f000001/": "number", "https://0x/": "number", "https://017700000001/": "number",
		"https://0x7f.0x0.0x0.0x1/": "number", "file:///etc/passwd": "only http and https", "https:///path": "no host",
	} {
		_, _, err := get(t, rt, page)
		if reason == "" {
			require.NoError(t, err, page)
			continue
		}
		blocked(t, err, reason)
	}
}

func TestAProxyIsAskedInsteadOfTheAddress(t *testing.T) {
	t.Parallel()
	var through []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through = append(through, r.URL.String())
		_, _ = w.Write([]byte("by proxy"))
	}))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	chosen := 0
	choose := func(req *http.Request) (*url.URL, error) {
		chosen++
		if req.URL.Path == "/direct" {
			return nil, nil
		}
		return at, nil
	}
	c, err := polite.NewClient(&polite.Options{IgnoreRobots: true, Proxy: choose})
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)

	resp, err := c.Do(request(t, "http://jobs.example/page"))
	require.NoError(t, err, "the proxy itself may be on loopback")
	require.NoError(t, resp.Body.Close())
	require.Equal(t, []string{"http://jobs.example/page"}, through)
	require.Equal(t, 1, chosen, "it is chosen once for a request")

	_, err = c.Do(request(t, proxy.URL+"/page")) //nolint:bodyclose // there is none beside an error
	blocked(t, unwrapURL(t, err), "not public")
	_, err = c.Do(request(t, "http://169.254.169.254/page")) //nolint:bodyclose // there is none beside an error
	blocked(t, unwrapURL(t, err), "not public")
	require.Len(t, through, 1)

	direct := fast(t, polite.Options{IgnoreRobots: true, Proxy: choose})
	t.Cleanup(direct.CloseIdleConnections)
	resp, err = direct.Do(request(t, proxy.URL+"/direct"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "/direct", through[1], "no proxy was named")
}

func ExamplePublic() {
	for _, s := range []string{"8.8.8.8", "192.168.1.1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a00:1"} {
		fmt.Println(s, polite.Public(netip.MustParseAddr(s)))
	}
	// Output:
	// 8.8.8.8 true
	// 192.168.1.1 false
	// 169.254.169.254 false
	// ::ffff:127.0.0.1 false
	// 64:ff9b::a00:1 false
}
