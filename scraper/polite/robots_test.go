package polite_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestRobotsIsAskedForOncePerHostAndDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		c := obeying(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/robots.txt" {
				time.Sleep(time.Second)
			}
			return answer(req, 200, ""), nil
		})))
		ask := func() {
			var all sync.WaitGroup
			for range 5 {
				for _, host := range []string{"a.example", "b.example"} {
					all.Go(func() { _, _, _ = get(t, c, "https://"+host+"/jobs") })
				}
			}
			all.Wait()
		}
		asked := func() (n int) {
			for _, page := range seen.pages() {
				if strings.HasSuffix(page, "/robots.txt") {
					n++
				}
			}
			return n
		}
		ask()
		require.Equal(t, 2, asked())
		time.Sleep(23 * time.Hour)
		ask()
		require.Equal(t, 2, asked())
		time.Sleep(time.Hour)
		ask()
		require.Equal(t, 4, asked())
	})
}

func TestRobotsThatIsMissingAllowsEverything(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 410} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			c := obeying(t, tripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/robots.txt" {
					return answer(req, status, "User-agent: *\nDisallow: /"), nil
				}
				return answer(req, 200, ""), nil
			}))
			_, _, err := get(t, c, "https://a.example/jobs")
			require.NoError(t, err)
		})
	}
}

func TestRobotsThatTheServerFailsToGiveForbidsEverything(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 503, 999} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				now, seen := status, &record{}
				c := obeying(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
					return answer(req, now, "User-agent: *\nDisallow: /private"), nil
				})))
				for range 3 {
					_, _, err := get(t, c, "https://a.example/jobs")
					requireRefused(t, err, "does not give its robots.txt")
				}
				require.Len(t, seen.pages(), 1, "not again at once")

				now = 200
				time.Sleep(5 * time.Minute)
				_, _, err := get(t, c, "https://a.example/jobs")
				require.NoError(t, err)
				_, _, err = get(t, c, "https://a.example/private")
				requireRule(t, err, "Disallow: /private")

				now = status // and when it fails later, the old copy holds
				time.Sleep(25 * time.Hour)
				_, _, err = get(t, c, "https://a.example/jobs")
				require.NoError(t, err)
				_, _, err = get(t, c, "https://a.example/private")
				requireRule(t, err, "Disallow: /private")
			})
		})
	}
}

func TestRobotsThatIsHugeIsReadInPart(t *testing.T) {
	t.Parallel()
	const most = 500 << 10
	head := "User-agent: *\nDisallow: /private\n"
	filler := strings.Repeat("# "+strings.Repeat("x", 97)+"\n", most/100)
	// The last line that is read ends after its first slash, which by itself would forbid
	// everything.
	cutLine := "Disallow: /hidden/pages\n"
	pad := strings.Repeat("#", (most-len(head)-len("Disallow: /")-1)) + "\n"
	for _, c := range []struct {
		name string
		file tripper
	}{
		{"600 KB", always(200, head+filler+filler[:most/5])},
		{"20 MB", always(200, head+strings.Repeat(filler, 40))},
		{"cut in a rule", always(200, head+pad+cutLine)},
		{"one line", always(200, head+strings.Repeat("x", 1<<20))},
		{"gzip", always(200, zipped(t, head+strings.Repeat(filler, 40)), "Content-Encoding", "gzip")},
		{"without an end", stream(&repeated{s: head})},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := obeying(t, tripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/robots.txt" {
					return c.file(req)
				}
				return answer(req, 200, ""), nil
			}))
			_, _, err := get(t, client, "https://a.example/jobs")
			require.NoError(t, err)
			_, _, err = get(t, client, "https://a.example/private")
			requireRule(t, err, "Disallow: /private")
		})
	}
}

func TestRobotsThatATransportFindsTooLargeForbidsEverything(t *testing.T) {
	t.Parallel()
	c := obeying(t, tripper(func(req *http.Request) (*http.Response, error) {
		return nil, &scraper.PageError{URL: req.URL.String(), Reason: "too large", Err: scraper.ErrMarkup}
	}))
	_, _, err := get(t, c, "https://a.example/jobs")
	requireRefused(t, err, "too large")
	require.NotErrorIs(t, err, scraper.ErrMarkup, "it says nothing about the page")
}

func TestRobotsThatTheNetworkDidNotBringIsTheNetworksError(t *testing.T) {
	t.Parallel()
	down := true
	c := obeying(t, tripper(func(req *http.Request) (*http.Response, error) {
		if down {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no route")}
		}
		return answer(req, 404, ""), nil
	}))
	_, _, err := get(t, c, "https://a.example/jobs?q=secret")
	require.NotErrorIs(t, err, scraper.ErrBlocked)
	_, ok := errors.AsType[net.Error](err)
	require.True(t, ok)
	require.ErrorContains(t, err, "a.example/robots.txt")
	require.NotContains(t, err.Error(), "secret")
	down = false
	_, _, err = get(t, c, "https://a.example/jobs")
	require.NoError(t, err)
}

func TestRobotsRedirectsAreFollowed(t *testing.T) {
	t.Parallel()
	site := func(hops int) tripper {
		return func(req *http.Request) (*http.Response, error) {
			var n int
			found, _ := fmt.Sscanf(req.URL.Path, "/hop/%d", &n)
			switch {
			case req.URL.Path == "/robots.txt":
				return answer(req, 301, "", "Location", "https://b.example/hop/1"), nil
			case found == 0:
				return answer(req, 200, ""), nil
			case n < hops:
				return answer(req, 302, "", "Location", fmt.Sprint("/hop/", n+1)), nil
			}
			return answer(req, 200, "User-agent: *\nDisallow: /"), nil
		}
	}
	_, _, err := get(t, obeying(t, site(5)), "https://a.example/jobs")
	requireRule(t, err, "Disallow: /")
	_, _, err = get(t, obeying(t, site(6)), "https://a.example/jobs")
	require.NoError(t, err, "redirects without an end lead to no file")

	hosts := []string{"a.example"}
	only := client(t, polite.Options{Hosts: hosts, Transport: site(5), Interval: time.Nanosecond})
	_, _, err = get(t, only, "https://a.example/jobs")
	require.NoError(t, err, "nor do those to a host that this client may not ask")
	_, _, err = get(t, only, "https://c.example/jobs")
	requireRefused(t, err, "not one of those")
}

func TestRobotsWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(t, polite.Options{
			Interval: time.Nanosecond, NoRetries: true, Timeout: 2 * time.Hour,
			Transport: tripper(func(req *http.Request) (*http.Response, error) {
				select {
				case <-time.After(time.Hour):
					return answer(req, 404, ""), nil
				case <-req.Context().Done():
					return nil, req.Context().Err()
				}
			}),
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, _, err := getWith(ctx, t, c, "https://a.example/")
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		all.Wait()
		_, _, err := get(t, c, "https://a.example/")
		require.NoError(t, err, "requests that ended do not spoil the file for the next")
	})
}

func TestRobotsCrawlDelayIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       time.Duration
	}{
		{"longer than ours", "User-agent: *\nCrawl-delay: 5\nDisallow:", 5 * time.Second},
		{"shorter than ours", "User-agent: *\nCrawl-delay: 0.5\n", time.Second},
		{"absurd", "User-agent: *\nCrawl-delay: 1e300\n", time.Minute},
		{"no number", "User-agent: *\nCrawl-delay: NaN\n", time.Second},
		{
			"of our group",
			"User-agent: *\nCrawl-delay: 9\nAllow: /\nUser-agent: agent-forge\nCrawl-delay: 3",
			3 * time.Second,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				client := client(
					t, polite.Options{Interval: time.Second, Transport: seen.of(withRobots(c.file))},
				)
				for range 4 {
					_, _, err := get(t, client, "https://a.example/jobs")
					require.NoError(t, err)
				}
				requireSpaced(t, gaps(seen.times())[1:], c.want)
			})
		})
	}
}

func TestRobotsThatIsIgnoredIsNotAskedFor(t *testing.T) {
	t.Parallel()
	seen := &record{}
	site := seen.of(withRobots("User-agent: *\nDisallow: /"))
	c := client(t, polite.Options{IgnoreRobots: true, Transport: site})
	_, _, err := get(t, c, "https://a.example/jobs")
	require.NoError(t, err)
	require.Equal(t, []string{"https://a.example/jobs"}, seen.pages())
}
