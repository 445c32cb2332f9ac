package polite_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestClientOfNilOptionsIsTheDefault(t *testing.T) {
	t.Parallel()
	c, err := polite.NewClient(nil)
	require.NoError(t, err)
	require.NotNil(t, c.Transport)
	require.Nil(t, c.Jar, "no cookies")
}

func TestOptionsThatAreInvalidAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field   string
		options polite.Options
	}{
		{"Hosts[0]", polite.Options{Hosts: []string{"https://with.scheme"}}},
		{"Hosts[1]", polite.Options{Hosts: []string{"ok.example", "with.port:80"}}},
		{"Hosts[0]", polite.Options{Hosts: []string{""}}},
		{"UserAgent", polite.Options{UserAgent: "two\nlines"}},
		{"Interval", polite.Options{Interval: -1}},
		{"MaxInterval", polite.Options{MaxInterval: -1}},
		{"MaxInterval", polite.Options{Interval: 5 * time.Second, MaxInterval: time.Second}},
		{"MaxInterval", polite.Options{MaxInterval: time.Second}},
		{"Burst", polite.Options{Burst: -1}},
		{"Retries", polite.Options{Retries: -1}},
		{"NoRetries", polite.Options{Retries: 1, NoRetries: true}},
		{"MaxBody", polite.Options{MaxBody: -1}},
		{"Timeout", polite.Options{Timeout: -1}},
		{"Proxy", polite.Options{Proxy: http.ProxyURL(&url.URL{}), Transport: http.DefaultTransport}},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := polite.NewClient(&c.options)
			require.ErrorContains(t, err, "polite: Options."+c.field+": ")
			_, ok := errors.AsType[*lead.FieldError](err)
			require.True(t, ok)
		})
	}
	_, err := polite.NewClient(&polite.Options{Burst: -1, Timeout: -1})
	require.ErrorContains(t, err, "Options.Burst")
	require.ErrorContains(t, err, "Options.Timeout", "all of them at once")
}

func TestClientSaysWhoItIsAndKeepsNoCookies(t *testing.T) {
	t.Parallel()
	var agents, cookies []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents, cookies = append(agents, r.UserAgent()), append(cookies, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
	}))
	t.Cleanup(srv.Close)
	c := client(t, polite.Options{AllowLoopback: true, Interval: time.Nanosecond})
	for range 2 {
		_, _, err := get(t, c, srv.URL+"/jobs")
		require.NoError(t, err)
	}
	const agent = "agent-forge/1 (+https://github.com/agent-forge/forge)"
	want := []string{agent, agent, agent}
	require.Equal(t, want, agents, "robots.txt, and two pages")
	require.Equal(t, []string{"", "", ""}, cookies)
}

func TestClientKeepsTheUserAgentOfTheRequest(t *testing.T) {
	t.Parallel()
	var got string
	c := bare(t, tripper(func(req *http.Request) (*http.Response, error) {
		got = req.UserAgent()
		return answer(req, 200, ""), nil
	}), polite.Options{UserAgent: "mine/1"})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://jobs.example/", nil)
	require.NoError(t, err)
	_, _, err = do(t, c, req)
	require.NoError(t, err)
	require.Equal(t, "mine/1", got)
	require.Empty(t, req.Header, "the caller's request is not changed")
	req.Header.Set("User-Agent", "other/2")
	_, _, err = do(t, c, req)
	require.NoError(t, err)
	require.Equal(t, "other/2", got)
}

func TestRedirectsAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ to, reason string }{
		{"http://127.0.0.1:1/?q=secret", "not public"},
		{"http://[::1]/?q=secret", "not public"},
		{"http://169.254.169.254/latest", "not public"},
		{"http://10.0.0.7/", "not public"},
		{"http://[::ffff:10.0.0.7]/", "not public"},
		{"http://2130706433/", "number"},
		{"http://elsewhere.example/?q=secret", "not one of those"},
		{"http://evil-jobs.example/", "not one of those"},
		{"http://jobs.example.evil.example/", "not one of those"},
		{"http://user:secret@jobs.example/", "password"},
		{"ftp://jobs.example/", "only http and https"},
		{"http://localhost/", "not public"},
	} {
		t.Run(c.to, func(t *testing.T) {
			t.Parallel()
			redirect := always(http.StatusFound, "", "Location", c.to)
			client := bare(t, redirect, polite.Options{Hosts: []string{"jobs.example"}})
			_, _, err := get(t, client, "http://www.jobs.example/search?q=secret")
			requireRefused(t, err, c.reason)
		})
	}
}

func TestRedirectsEndAndStayEncrypted(t *testing.T) {
	t.Parallel()
	seen := &record{}
	c := bare(t, seen.of(always(302, "", "Location", "/again")), polite.Options{})
	_, _, err := get(t, c, "https://jobs.example/?q=secret")
	requireRefused(t, err, "too many redirects")
	require.Len(t, seen.pages(), 6)

	c = bare(t, always(302, "", "Location", "http://jobs.example/"), polite.Options{})
	_, _, err = get(t, c, "https://jobs.example/?q=secret")
	requireRefused(t, err, "from https to http")
}

func TestPacerSharesOnePaceAmongTheHostsOfABoard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		hosts := []string{"Jobs.Example.", "other.example"}
		c := bare(t, seen.of(always(200, "")), polite.Options{Hosts: hosts, Interval: time.Second})
		for _, host := range []string{
			"jobs.example", "www.JOBS.example", "pt.jobs.example",
			"other.example",
		} {
			_, _, err := get(t, c, "https://"+host+"/")
			require.NoError(t, err)
		}
		g := gaps(seen.times())
		requireSpaced(t, g[:2], time.Second)
		require.Zero(t, g[2])
	})
}
