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

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestTransportRefusesANameThatResolvesToLoopback(t *testing.T) {
	t.Parallel()
	var asked atomic.Bool
	srv := httptest.NewServer(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }),
	)
	t.Cleanup(srv.Close)
	page := fmt.Sprintf("http://localhost:%d/?q=secret", srv.Listener.Addr().(*net.TCPAddr).Port)

	// The name passes; the address does not.
	_, _, err := get(t, &http.Client{Transport: polite.NewTransport(false)}, page)
	require.ErrorIs(t, err, scraper.ErrBlocked)
	require.ErrorContains(t, err, "is not a public address")
	require.False(t, asked.Load())

	_, _, err = get(t, &http.Client{Transport: polite.NewTransport(true)}, page)
	require.NoError(t, err)
	require.True(t, asked.Load())
}

func TestClientNamesThePageOfAnAddressThatIsRefusedWhenDialed(t *testing.T) {
	t.Parallel()
	c := bare(t, tripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &hosts.AddressError{Addr: netip.MustParseAddr("10.0.0.1")}}
	}), polite.Options{})
	_, _, err := get(t, c, "https://rebound.example/?q=secret")
	requireRefused(t, err, "10.0.0.1 is not a public address")
	require.ErrorContains(t, err, "https://rebound.example/")
}

func TestProxyIsConnectedToInsteadOfTheHost(t *testing.T) {
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
	c := client(t, polite.Options{IgnoreRobots: true, Proxy: choose})

	_, _, err = get(t, c, "http://jobs.example/page")
	require.NoError(t, err, "the proxy itself can be on loopback")
	require.Equal(t, []string{"http://jobs.example/page"}, through)
	require.Equal(t, 1, chosen, "it is chosen once for a request")

	for _, page := range []string{proxy.URL + "/page", "http://169.254.169.254/page"} {
		_, _, err = get(t, c, page)
		requireRefused(t, err, "not public")
	}
	require.Len(t, through, 1)

	direct := client(t, polite.Options{IgnoreRobots: true, Proxy: choose, AllowLoopback: true})
	_, _, err = get(t, direct, proxy.URL+"/direct")
	require.NoError(t, err)
	require.Equal(t, "/direct", through[1], "no proxy was chosen")
}
