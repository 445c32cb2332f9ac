package polite_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// withRobots is a site with this robots.txt.
func withRobots(text string) tripper {
	return func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/robots.txt" {
			return answer(req, 200, text), nil
		}
		return answer(req, 200, "a page"), nil
	}
}

func TestRobotsRules(t *testing.T) {
	t.Parallel()
	const agent = "agent-forge/1 (+https://example.com)"
	for name, c := range map[string]struct {
		file    string
		allowed []string
		denied  map[string]string // path: the rule
	}{
		"everything": {"User-agent: *\nDisallow: /", nil, map[string]string{"/": "Disallow: /", "/jobs?q=secret": "Disallow: /"}},
		"nothing":    {"User-agent: *\nDisallow:\n", []string{"/", "/jobs"}, nil},
		"no file":    {"", []string{"/", "/jobs"}, nil},
		"a web page": {"<html><body>Not found</body></html>", []string{"/", "/jobs"}, nil},
		"a path":     {"User-agent: *\nDisallow: /jobs", []string{"/", "/job", "/x/jobs"}, map[string]string{"/jobs": "Disallow: /jobs", "/jobs/1": "Disallow: /jobs"}},
		"longest wins": {
			"User-agent: *\nDisallow: /jobs\nAllow: /jobs/view\nDisallow: /jobs/view/hidden\n",
			[]string{"/jobs/view", "/jobs/view/1"},
			map[string]string{"/jobs/x": "Disallow: /jobs", "/jobs/view/hidden/1": "Disallow: /jobs/view/hidden"},
		},
		"allow wins a tie, first":  {"User-agent: *\nAllow: /jobs\nDisallow: /jobs\n", []string{"/jobs"}, nil},
		"allow wins a tie, second": {"User-agent: *\nDisallow: /jobs\nAllow: /jobs\n", []string{"/jobs"}, nil},
		"patterns": {
			"User-agent: *\nDisallow: /*/private\nDisallow: /*.pdf$\nDisallow: /*?*start=\n",
			[]string{"/private", "/a.pdf/b", "/a?page=1", "/x"},
			map[string]string{"/a/private/b": "Disallow: /*/private", "/a.pdf": "Disallow: /*.pdf$", "/a?q=1&start=10": "Disallow: /*?*start="},
		},
		"a pattern begins where the path does": {
			"User-agent: *\nDisallow: /a*b\nDisallow: /\nAllow: /jobs/*/view\n",
			[]string{"/jobs/1/view"},
			map[string]string{"/x/jobs/1/view": "Disallow: /", "/a1b": "Disallow: /a*b"},
		},
		"only our group": {
			"User-agent: *\nDisallow: /\n\nUser-agent: Agent-Forge\nDisallow: /private\n",
			[]string{"/jobs"},
			map[string]string{"/private": "Disallow: /private"},
		},
		"groups that name us are one": {
			"User-agent: agent-forge\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: AGENT-FORGE/2\nDisallow: /b\n",
			[]string{"/c"},
			map[string]string{"/a": "Disallow: /a", "/b": "Disallow: /b"},
		},
		"a group of several":               {"User-agent: other\nUser-agent: agent-forge\nDisallow: /a", []string{"/b"}, map[string]string{"/a": "Disallow: /a"}},
		"others' names that begin as ours": {"User-agent: agent-forge-2\nDisallow: /\nUser-agent: agent\nDisallow: /\n", []string{"/"}, nil},
		"our empty group":                  {"User-agent: *\nDisallow: /\nUser-agent: agent-forge\nDisallow:\n", []string{"/"}, nil},
		"rules before any group":           {"Disallow: /\nUser-agent: *\nDisallow: /a\n", []string{"/b"}, map[string]string{"/a": "Disallow: /a"}},
		"a line that cannot be read costs only itself": {
			"User-agent: *\nCrawl-delay: soon\nNonsense\n: :\nDisallow: /a\n", []string{"/b"}, map[string]string{"/a": "Disallow: /a"},
		},
		"other directives do not end a group": {
			"User-agent: *\nDisallow: /a\nCrawl-delay: 5\nSitemap: https://a.example/s.xml\nDisallow: /b\n",
			[]string{"/c"},
			map[string]string{"/a": "Disallow: /a", "/b": "Disallow: /b"},
		},
		"line ends, spaces, comments and cases": {
			"\ufeff# robots\r\nUSER-AGENT : *  # all\r\nDISALLOW :/a # no\rdisallow: b\n",
			[]string{"/c"},
			map[string]string{"/a": "Disallow: /a", "/b": "Disallow: /b"},
		},
		"escapes": {
			"User-agent: *\nDisallow: /%7ejoe\nDisallow: /caf\u00e9\nDisallow: /a%2fb\n",
			[]string{"/a/b", "/cafe"},
			map[string]string{"/~joe/x": "Disallow: /~joe", "/caf%c3%a9": "Disallow: /caf%C3%A9", "/a%2Fb": "Disallow: /a%2Fb"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := &polite.Robots{Agent: agent, Base: withRobots(c.file)}
			for _, path := range c.allowed {
				_, _, err := get(t, rt, "https://a.example"+path)
				require.NoError(t, err, path)
			}
			for path, rule := range c.denied {
				_, _, err := get(t, rt, "https://a.example"+path)
				blocked(t, err, fmt.Sprintf("%q; the rule is obeyed unless polite.Options.IgnoreRobots is set", rule))
			}
		})
	}
}

func TestRobotsIsAskedForOncePerHostAndDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		rt := &polite.Robots{Base: seen.around(tripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/robots.txt" {
				time.Sleep(time.Second)
			}
			return answer(req, 200, ""), nil
		}))}
		ask := func() {
			var all sync.WaitGroup
			for range 5 {
				for _, host := range []string{"a.example", "b.example"} {
					all.Go(func() { _, _, _ = get(t, rt, "https://"+host+"/jobs") })
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

func TestRobotsByStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 410} {
		synctest.Test(t, func(t *testing.T) {
			rt := &polite.Robots{Base: tripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/robots.txt" {
					return answer(req, status, "User-agent: *\nDisallow: /"), nil
				}
				return answer(req, 200, ""), nil
			})}
			_, _, err := get(t, rt, "https://a.example/jobs")
			require.NoError(t, err, "no file allows everything: %d", status)
		})
	}
	for _, status := range []int{429, 500, 503, 999} {
		synctest.Test(t, func(t *testing.T) {
			now, seen := status, &log{}
			rt := &polite.Robots{Base: seen.around(tripper(func(req *http.Request) (*http.Response, error) {
				return answer(req, now, "User-agent: *\nDisallow: /private"), nil
			}))}
			for range 3 {
				_, _, err := get(t, rt, "https://a.example/jobs")
				blocked(t, err, "does not give its robots.txt")
			}
			require.Len(t, seen.pages(), 1, "not again at once")
			now = 200
			time.Sleep(5 * time.Minute)
			_, _, err := get(t, rt, "https://a.example/jobs")
			require.NoError(t, err)
			_, _, err = get(t, rt, "https://a.example/private")
			blocked(t, err, "Disallow: /private")
			now = status // and when it fails later, the old copy holds
			time.Sleep(25 * time.Hour)
			_, _, err = get(t, rt, "https://a.example/jobs")
			require.NoError(t, err)
			_, _, err = get(t, rt, "https://a.example/private")
			blocked(t, err, "Disallow: /private")
		})
	}
}

func TestAnOutageIsNoRule(t *testing.T) {
	t.Parallel()
	down := true
	rt := &polite.Robots{Base: tripper(func(req *http.Request) (*http.Response, error) {
		if down {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no route")}
		}
		return answer(req, 404, ""), nil
	})}
	_, _, err := get(t, rt, "https://a.example/jobs?q=secret")
	require.NotErrorIs(t, err, scraper.ErrBlocked)
	var e net.Error
	require.ErrorAs(t, err, &e)
	require.ErrorContains(t, err, "a.example/robots.txt")
	require.NotContains(t, err.Error(), "secret")
	down = false
	_, _, err = get(t, rt, "https://a.example/jobs")
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
	_, _, err := get(t, &polite.Robots{Base: site(5)}, "https://a.example/jobs")
	blocked(t, err, "Disallow: /")
	_, _, err = get(t, &polite.Robots{Base: site(6)}, "https://a.example/jobs")
	require.NoError(t, err, "redirects without end lead to no file")
	only := &polite.Hosts{Allow: []string{"a.example"}, Base: site(5)}
	_, _, err = get(t, &polite.Robots{Base: only}, "https://a.example/jobs")
	require.NoError(t, err, "nor do those to where this client may not ask")
	_, _, err = get(t, &polite.Robots{Base: only}, "https://c.example/jobs")
	blocked(t, err, "not one of those")
}

func TestWhoWaitsForRobotsCanStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := &polite.Robots{Base: tripper(func(req *http.Request) (*http.Response, error) {
			select {
			case <-time.After(time.Hour):
				return answer(req, 404, ""), nil
			case <-req.Context().Done():
				return nil, req.Context().Err()
			}
		})}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, err := rt.RoundTrip(requestWith(ctx, t, "https://a.example/")) //nolint:bodyclose // there is none beside an error
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		all.Wait()
		_, _, err := get(t, rt, "https://a.example/")
		require.NoError(t, err, "one who stopped does not spoil it for the next")
	})
}

func TestCrawlDelayIsKept(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 5\nDisallow:":                                   5 * time.Second,
		"User-agent: *\nCrawl-delay: 0.5\n":                                          time.Second, // our own is more
		"User-agent: *\nCrawl-delay: 1e300\n":                                        time.Minute,
		"User-agent: *\nCrawl-delay: NaN\n":                                          time.Second,
		"User-agent: *\nCrawl-delay: 9\n\nUser-agent: agent-forge\nCrawl-delay: 3\n": 3 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			seen := &log{}
			c, err := polite.NewClient(&polite.Options{Interval: time.Second, Transport: seen.around(withRobots(file))})
			require.NoError(t, err)
			for range 4 {
				resp, err := c.Do(request(t, "https://a.example/jobs"))
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
			}
			spaced(t, gaps(seen.times())[1:], want)
		})
	}
}

func TestIgnoreRobotsDoesNotAsk(t *testing.T) {
	t.Parallel()
	seen := &log{}
	c, err := polite.NewClient(&polite.Options{IgnoreRobots: true, Transport: seen.around(withRobots("User-agent: *\nDisallow: /"))})
	require.NoError(t, err)
	resp, err := c.Do(request(t, "https://a.example/jobs"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, []string{"https://a.example/jobs"}, seen.pages())
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /", "/jobs")
	f.Add("User-agent: agent-forge\r\nAllow: /*$\nDisallow: *%zz\x00", "/%zz?a=b")
	f.Add("User-agent: *\nDisallow: /a**b$$*", "/a")
	f.Fuzz(func(t *testing.T, file, path string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Path = "/" + path
		resp, err := (&polite.Robots{Base: withRobots(file)}).RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		} else if !errors.Is(err, scraper.ErrBlocked) {
			t.Fatal(err)
		}
	})
}

func ExampleRobots() {
	client := &http.Client{Transport: &polite.Robots{Base: withRobots("User-agent: *\nDisallow: /private\n")}}
	_, err := client.Get("https://jobs.example.com/private/1") //nolint:bodyclose // there is none beside an error
	fmt.Println(errors.Is(err, scraper.ErrBlocked))
	resp, err := client.Get("https://jobs.example.com/view/1") //nolint:bodyclose // an example
	if err == nil {
		fmt.Println(resp.StatusCode)
	}
	// Output:
	// true
	// 200
}
