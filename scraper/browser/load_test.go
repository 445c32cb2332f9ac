package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper/browser"
)

func TestLoadReturnsWhatScriptsRendered(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{"/jobs": html(shell), "/api/jobs": api})
	const cards = `<article class="job">Engineer in Zürich</article>` +
		`<article class="job">Engineer in Łódź &lt;remote&gt;</article>`
	for _, c := range []struct {
		name    string
		options browser.Options
	}{
		{"by selector", browser.Options{WaitFor: "article.job + article.job"}},
		{"by idle network", browser.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page := get(t, open(t, c.options), srv.URL+"/jobs?q=gopher#top")
			require.Equal(t, 200, page.status)
			require.Equal(t, "text/html; charset=utf-8", page.header.Get("Content-Type"))
			require.Contains(t, page.body, cards)
			require.True(t, strings.HasPrefix(page.body, "<!DOCTYPE html><html>"), page.body)
			require.Equal(t, srv.URL+"/jobs?q=gopher", page.url)
			require.EqualValues(t, len(page.body), page.length)
		})
	}
}

func TestLoadWaitsForTheWholePage(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		html(`<article class="job">first</article>`)(w, r)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, `<article class="job">last</article>`)
	}})
	b := open(t, browser.Options{WaitFor: "article.job", Settle: 300 * time.Millisecond})
	require.Contains(t, get(t, b, srv.URL).body, "last")
}

func TestLoadReturnsAPageThatIsNeverReady(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{
		"/": html(`<p>nothing found</p><script>
			alert('hello');
			confirm('sure?');
			setTimeout(() => prompt('name'), 310);
			setInterval(() => fetch('/x'), 50);
		</script>`),
		"/x": api,
	})
	b := open(t, browser.Options{WaitFor: "article.job", Settle: 300 * time.Millisecond})
	require.Contains(t, get(t, b, srv.URL).body, "<p>nothing found</p>")
}

func TestLoadReturnsWhatIsNotShownAsSent(t *testing.T) {
	t.Parallel()
	send := func(status int, kind, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	srv := serve(t, map[string]http.HandlerFunc{
		"/robots.txt": send(200, "text/plain", "User-agent: *\nDisallow: /private\n"),
		"/json":       send(200, "application/json", `{"a":[1,2]}`),
		"/gone":       send(410, "text/html", "<p>gone</p>"),
		"/busy":       send(429, "text/html", "<p>busy</p>", "Retry-After", "120"),
		"/wall":       send(999, "text/html", "<script>location.href='/authwall'</script>"),
		"/file": send(200, "text/html", "<p>file</p>", "Content-Disposition",
			`attachment; filename="a"`),
		"/binary": send(200, "application/octet-stream", "\x00\x01\xff"),
	})
	for _, c := range []struct{ path, want string }{
		{"/robots.txt", "200 User-agent: *\nDisallow: /private\n"},
		{"/json", `200 {"a":[1,2]}`},
		{"/gone", "410 <p>gone</p>"},
		{"/busy", "429 <p>busy</p>"},
		{"/wall", "999 <script>location.href='/authwall'</script>"},
		{"/file", "200 <p>file</p>"},
		{"/binary", "200 \x00\x01\xff"},
	} {
		t.Run(c.path[1:], func(t *testing.T) {
			t.Parallel()
			page := get(t, open(t, browser.Options{}), srv.URL+c.path)
			require.Equal(t, c.want, fmt.Sprint(page.status, " ", page.body))
			if c.path == "/busy" {
				require.Equal(t, "120", page.header.Get("Retry-After"))
			}
		})
	}
}

func TestLoadSendsTheCallersHeadersAndNoCookies(t *testing.T) {
	t.Parallel()
	seen := make(chan http.Header, 4)
	const page = `<p>hello</p><script>
		document.cookie = 'b=2';
		document.body.append(navigator.userAgent, navigator.webdriver);
	</script>`
	srv := serve(t, map[string]http.HandlerFunc{
		"/": func(w http.ResponseWriter, r *http.Request) {
			require.Equal(t, "/", r.URL.Path, "no icon is asked for")
			seen <- r.Header.Clone()
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
			w.Header().Set("X-Board", "yes")
			html(page)(w, r)
		},
	})
	b := open(t, browser.Options{})
	for range 2 {
		page := get(t, b, srv.URL)
		h := <-seen
		require.Equal(t, "forge-test/1", h.Get("User-Agent"))
		require.Equal(t, "pt-PT", h.Get("Accept-Language"))
		require.Empty(t, h.Get("Cookie"))
		require.Contains(t, page.body, "forge-test/1true", "it does not hide that it is driven")
		require.Equal(t, "yes", page.header.Get("X-Board"))
		require.Empty(t, page.header.Get("Set-Cookie"))
	}
}

func TestTabsAreBounded(t *testing.T) {
	t.Parallel()
	const tabs = 2
	var now, most atomic.Int64
	both := make(chan struct{}) // closed when two pages are being loaded
	srv := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		if n == tabs && most.Swap(n) < tabs {
			close(both)
		}
		require.LessOrEqual(t, n, int64(tabs))
		select {
		case <-both:
		case <-r.Context().Done():
		}
		html("<p id=n>page "+r.URL.Path+"</p>")(w, r)
	}})
	b := open(t, browser.Options{WaitFor: "#n", Tabs: tabs})
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			page := get(t, b, fmt.Sprintf("%s/%d", srv.URL, i))
			require.Contains(t, page.body, fmt.Sprintf("page /%d", i))
		})
	}
	all.Wait()
	require.EqualValues(t, tabs, most.Load())
}

func TestRedirectsAreLeftToTheClient(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	other := serve(t, map[string]http.HandlerFunc{
		"/": func(http.ResponseWriter, *http.Request) { asked.Add(1) },
	})
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + "/x"
	srv := serve(t, map[string]http.HandlerFunc{
		"/http":   redirect(elsewhere),
		"/near":   redirect("/jobs"),
		"/script": html("<script>location.href='" + elsewhere + "'</script>"),
		"/meta":   html(`<meta http-equiv="refresh" content="0;url=` + elsewhere + `">`),
		"/self":   html("<script>location.href='/jobs'</script>"),
		"/loop":   html("<script>location.href='/loop?'+Math.random()</script>"),
		"/jobs":   html("<p>jobs</p>"),
	})
	b := open(t, browser.Options{})
	for _, c := range []struct{ path, to string }{
		{"/http", elsewhere},
		{"/near", srv.URL + "/jobs"},
		{"/script", elsewhere},
		{"/meta", elsewhere},
	} {
		page := get(t, b, srv.URL+c.path)
		require.Equal(t, http.StatusFound, page.status, c.path)
		require.Equal(t, c.to, page.header.Get("Location"), c.path)
	}
	require.Zero(t, asked.Load(), "nothing was asked for there")

	page := get(t, b, srv.URL+"/self")
	require.Equal(t, srv.URL+"/jobs", page.url, "a script can move the page on its host")
	require.Contains(t, page.body, "<p>jobs</p>")
	require.Equal(t, http.StatusFound, get(t, b, srv.URL+"/loop").status, "but not without an end")
}
