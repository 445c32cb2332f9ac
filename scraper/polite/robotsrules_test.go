package polite_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
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

// obeying returns a client that obeys robots.txt and has no pace.
func obeying(t *testing.T, network http.RoundTripper) *http.Client {
	t.Helper()
	return client(t, polite.Options{
		Transport: network, Interval: time.Nanosecond, MaxInterval: time.Nanosecond, NoRetries: true,
	})
}

// requireRule checks that robots.txt forbids a page by this line.
func requireRule(t *testing.T, err error, line string) {
	t.Helper()
	requireRefused(
		t, err, fmt.Sprintf("%q; the rule is obeyed unless polite.Options.IgnoreRobots is set", line),
	)
}

// A path and the line of robots.txt that forbids it.
type denied struct{ path, line string }

func TestRobotsRulesOfGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		allowed    []string
		denied     []denied
	}{
		{
			"everything", "User-agent: *\nDisallow: /",
			nil,
			[]denied{{"/", "Disallow: /"}, {"/jobs?q=secret", "Disallow: /"}},
		},
		{"nothing", "User-agent: *\nDisallow:\n", []string{"/", "/jobs"}, nil},
		{"no file", "", []string{"/", "/jobs"}, nil},
		{"a web page", "<html><body>Not found</body></html>", []string{"/", "/jobs"}, nil},
		{
			"only our group", "User-agent: *\nDisallow: /\n\nUser-agent: Agent-Forge\nDisallow: /private\n",
			[]string{"/jobs"},
			[]denied{{"/private", "Disallow: /private"}},
		},
		{
			"groups that name us are one",
			"User-agent: agent-forge\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\n" +
				"User-agent: AGENT-FORGE/2\nDisallow: /b\n",
			[]string{"/c"},
			[]denied{{"/a", "Disallow: /a"}, {"/b", "Disallow: /b"}},
		},
		{
			"a group of several agents", "User-agent: other\nUser-agent: agent-forge\nDisallow: /a",
			[]string{"/b"},
			[]denied{{"/a", "Disallow: /a"}},
		},
		{
			"names that begin like ours", "User-agent: agent-forge-2\nDisallow: /\nUser-agent: " +
				"agent\nDisallow: /\n",
			[]string{"/"},
			nil,
		},
		{
			"our empty group", "User-agent: *\nDisallow: /\nUser-agent: agent-forge\nDisallow:\n",
			[]string{"/"},
			nil,
		},
		{
			"rules before any group", "Disallow: /\nUser-agent: *\nDisallow: /a\n",
			[]string{"/b"},
			[]denied{{"/a", "Disallow: /a"}},
		},
		{
			"lines that cannot be read", "User-agent: *\nCrawl-delay: soon\nNonsense\n: :\nDisallow: /a\n",
			[]string{"/b"},
			[]denied{{"/a", "Disallow: /a"}},
		},
		{
			"other directives do not end a group",
			"User-agent: *\nDisallow: /a\nCrawl-delay: 0\nSitemap: https://a.example/s.xml\nDisallow: /b\n",
			[]string{"/c"},
			[]denied{{"/a", "Disallow: /a"}, {"/b", "Disallow: /b"}},
		},
		{
			"line ends, spaces, comments and cases",
			"\ufeff# robots\r\nUSER-AGENT : *  # all\r\nDISALLOW :/a # no\rdisallow: b\n",
			[]string{"/c"},
			[]denied{{"/a", "Disallow: /a"}, {"/b", "Disallow: /b"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := obeying(t, withRobots(c.file))
			for _, path := range c.allowed {
				_, _, err := get(t, client, "https://a.example"+path)
				require.NoError(t, err, path)
			}
			for _, d := range c.denied {
				_, _, err := get(t, client, "https://a.example"+d.path)
				requireRule(t, err, d.line)
			}
		})
	}
}

func TestRobotsPatterns(t *testing.T) {
	t.Parallel()
	const allowed = "" // no line forbids it
	for _, c := range []struct{ rules, path, line string }{
		{"Disallow: /jobs", "/jobs", "Disallow: /jobs"},
		{"Disallow: /jobs", "/jobs/1", "Disallow: /jobs"},
		{"Disallow: /jobs", "/jobs?q=secret", "Disallow: /jobs"},
		{"Disallow: /jobs", "/job", allowed},
		{"Disallow: /jobs", "/x/jobs", allowed},
		{"Disallow: /jobs", "/Jobs", allowed},
		{"Disallow: jobs", "/jobs", "Disallow: /jobs"},
		{"Disallow: jobs", "/x/jobs", allowed},

		// The longest pattern decides, and an Allow among equals.
		{"Disallow: /jobs|Allow: /jobs/view", "/jobs/view/1", allowed},
		{"Disallow: /jobs|Allow: /jobs/view", "/jobs/x", "Disallow: /jobs"},
		{"Disallow: /a|Allow: /a/b|Disallow: /a/b/c", "/a/b/c/1", "Disallow: /a/b/c"},
		{"Disallow: /a|Allow: /a/b|Disallow: /a/b/c", "/a/b/1", allowed},
		{"Allow: /jobs|Disallow: /jobs", "/jobs", allowed},
		{"Disallow: /jobs|Allow: /jobs", "/jobs", allowed},
		{"Disallow: /|Allow: /$", "/", allowed},
		{"Disallow: /|Allow: /$", "/jobs", "Disallow: /"},
		{"Allow: /page|Disallow: /*.htm", "/page.htm", "Disallow: /*.htm"},
		{"Allow: /|Disallow: /*", "/jobs", "Disallow: /*"},

		// An asterisk is any text, also none.
		{"Disallow: /*/private", "/a/private/b", "Disallow: /*/private"},
		{"Disallow: /*/private", "/private", allowed},
		{"Disallow: /*/private", "/a/b/private", "Disallow: /*/private"},
		{"Disallow: */private", "/private", "Disallow: */private"},
		{"Disallow: *", "/", "Disallow: *"},
		{"Disallow: /a*b", "/ab", "Disallow: /a*b"},
		{"Disallow: /a*b", "/a1b", "Disallow: /a*b"},
		{"Disallow: /a*b", "/x/a1b", allowed},
		{"Disallow: /a***b", "/a1b", "Disallow: /a***b"},
		{"Disallow: /*?*start=", "/a?q=1&start=10", "Disallow: /*?*start="},
		{"Disallow: /*?*start=", "/a?page=1", allowed},
		{"Disallow: /a*ab*b", "/aab", allowed}, // the texts between asterisks must not overlap
		{"Disallow: /a*ab*b", "/aabb", "Disallow: /a*ab*b"},
		{"Disallow: /|Allow: /jobs/*/view", "/jobs/1/view", allowed},
		{"Disallow: /|Allow: /jobs/*/view", "/x/jobs/1/view", "Disallow: /"},

		// A dollar sign at the end of a pattern is the end of the path, and elsewhere a dollar
		// sign.
		{"Disallow: /$", "/", "Disallow: /$"},
		{"Disallow: /$", "/a", allowed},
		{"Disallow: /*.pdf$", "/a.pdf", "Disallow: /*.pdf$"},
		{"Disallow: /*.pdf$", "/a.pdf.pdf", "Disallow: /*.pdf$"},
		{"Disallow: /*.pdf$", "/a.pdf/b", allowed},
		{"Disallow: /*.pdf$", "/a.pdf?b", allowed},
		{"Disallow: /a*$", "/abc", "Disallow: /a*$"},
		{"Disallow: /ab*b$", "/ab", allowed},
		{"Disallow: /ab*b$", "/abb", "Disallow: /ab*b$"},
		{"Disallow: /a$b", "/a$b", "Disallow: /a$b"},
		{"Disallow: /a$b", "/a", allowed},
		{"Disallow: /a%24", "/a%24b", "Disallow: /a%24"},

		// Escapes are compared in one spelling.
		{"Disallow: /%7ejoe", "/~joe/x", "Disallow: /~joe"},
		{"Disallow: /caf\u00e9", "/caf%c3%a9", "Disallow: /caf%C3%A9"},
		{"Disallow: /caf\u00e9", "/cafe", allowed},
		{"Disallow: /a%2fb", "/a%2Fb", "Disallow: /a%2Fb"},
		{"Disallow: /a%2fb", "/a/b", allowed},
		{"Disallow: /a%2Ab", "/axb", allowed},
		{"Disallow: /a%zz", "/a%25zz", allowed},

		// A pattern that is too long is no rule.
		{"Disallow: /" + strings.Repeat("a*", 1100), "/" + strings.Repeat("a", 3000), allowed},
	} {
		t.Run(quotedFor(c.rules, c.path), func(t *testing.T) {
			t.Parallel()
			client := obeying(t, withRobots("User-agent: *\n"+strings.ReplaceAll(c.rules, "|", "\n")))
			_, _, err := get(t, client, "https://a.example"+c.path)
			if c.line == allowed {
				require.NoError(t, err)
				return
			}
			requireRule(t, err, c.line)
		})
	}
}

func quotedFor(rules, path string) string {
	return fmt.Sprintf("%.60s for %.60s", rules, path)
}

func TestRobotsPatternsOfAnAttackAreCheap(t *testing.T) {
	t.Parallel()
	rule := "Disallow: /" + strings.Repeat("a*", 900) + "b\n"
	client := obeying(t, withRobots("User-agent: *\n"+strings.Repeat(rule, 200)))
	began := time.Now()
	_, _, err := get(t, client, "https://a.example/"+strings.Repeat("a", 3000))
	require.NoError(t, err)
	require.Less(t, time.Since(began), 5*time.Second)
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /", "/jobs")
	f.Add("User-agent: agent-forge\r\nAllow: /*$\nDisallow: *%zz\x00", "/%zz?a=b")
	f.Add("User-agent: *\nDisallow: /a**b$$*", "/a")
	f.Fuzz(func(t *testing.T, file, path string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.example", nil)
		require.NoError(t, err)
		req.URL.Path = "/" + path
		resp, err := obeying(t, withRobots(file)).Transport.RoundTrip(req)
		if err == nil {
			require.NoError(t, resp.Body.Close())
			return
		}
		require.True(t, errors.Is(err, scraper.ErrBlocked), "%v", err)
	})
}
