package browser_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/polite"
)

// transports are the ones that tests share, by their options: a Chromium takes a second or two to start.
var transports struct {
	sync.Mutex
	open map[string]*browser.Transport
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, b := range transports.open {
		_ = b.Close()
	}
	os.Exit(code)
}

// open returns a transport for a local server. It needs a real Chromium; only -short does without.
func open(t *testing.T, o browser.Options) *browser.Transport {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium")
	}
	o.AllowLoopback = true
	o.NoSandbox = os.Getuid() == 0
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute // the machine may be busy, and no test is about this
	}
	key := fmt.Sprintf("%+v", o)
	transports.Lock()
	defer transports.Unlock()
	if b := transports.open[key]; b != nil {
		return b
	}
	b, err := browser.New(&o)
	require.NoError(t, err)
	require.NoError(t, b.Start(t.Context()), "these tests need Chromium: apt-get install --no-install-recommends chromium")
	if transports.open == nil {
		transports.open = make(map[string]*browser.Transport)
	}
	transports.open[key] = b
	return b
}

// serve starts a server of these pages.
func serve(t *testing.T, pages map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for path, f := range pages {
		mux.HandleFunc(path, f)
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return srv
}

func html(page string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Jobs</title></head><body>"+page+"</body></html>")
	}
}

// A loaded page is what a response holds.
type loaded struct {
	status int
	url    string
	header http.Header
	length int64
	body   string
}

func get(t *testing.T, rt http.RoundTripper, page string) loaded {
	t.Helper()
	l, err := try(t.Context(), t, rt, page)
	require.NoError(t, err)
	return l
}

func try(ctx context.Context, t *testing.T, rt http.RoundTripper, page string) (loaded, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	require.NoError(t, err)
	req.Header.Set("User-Agent", "forge-test/1")
	req.Header.Set("Accept-Language", "pt-PT")
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return loaded{}, err
	}
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	return loaded{resp.StatusCode, resp.Request.URL.String(), resp.Header, resp.ContentLength, string(body)}, err
}

const shell = `<div id="root"></div><script>
fetch("/api/jobs").then(r => r.json()).then(jobs => {
	for (const job of jobs) {
		const card = document.createElement("article");
		card.className = "job";
		card.textContent = job;
		document.getElementById("root").append(card);
	}
});</script>`

func api(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `["Engineer in Zürich","Engineer in Łódź <remote>"]`)
}

func TestCardsThatScriptsRenderAreInThePage(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{"/jobs": html(shell), "/api/jobs": api})
	for name, o := range map[string]browser.Options{"by selector": {WaitFor: "article.job + article.job"}, "by idle network": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := get(t, open(t, o), srv.URL+"/jobs?q=gopher#top")
			require.Equal(t, 200, page.status)
			require.Equal(t, "text/html; charset=utf-8", page.header.Get("Content-Type"))
			require.Contains(t, page.body, `<article class="job">Engineer in Zürich</article><article class="job">Engineer in Łódź &lt;remote&gt;</article>`)
			require.True(t, strings.HasPrefix(page.body, "<!DOCTYPE html><html>"), page.body)
			require.Equal(t, srv.URL+"/jobs?q=gopher", page.url)
			require.EqualValues(t, len(page.body), page.length)
		})
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

func TestTheRequestIsTheCallersAndThereAreNoCookies(t *testing.T) {
	t.Parallel()
	seen := make(chan http.Header, 4)
	srv := serve(t, map[string]http.HandlerFunc{
		"/": func(w http.ResponseWriter, r *http.Request) {
			require.Equal(t, "/", r.URL.Path, "no icon is asked for")
			seen <- r.Header.Clone()
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
			w.Header().Set("X-Board", "yes")
			html("<p>hello</p><script>document.cookie='b=2'; document.body.append(navigator.userAgent, navigator.webdriver)</script>")(w, r)
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

func TestStatusAndBodyOfWhatIsNotShownAreAsSent(t *testing.T) {
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
	pages := map[string]http.HandlerFunc{
		"/robots.txt": send(200, "text/plain", "User-agent: *\nDisallow: /private\n"),
		"/json":       send(200, "application/json", `{"a":[1,2]}`),
		"/gone":       send(410, "text/html", "<p>gone</p>"),
		"/busy":       send(429, "text/html", "<p>busy</p>", "Retry-After", "120"),
		"/wall":       send(999, "text/html", "<script>location.href='/authwall'</script>"),
		"/file":       send(200, "text/html", "<p>file</p>", "Content-Disposition", `attachment; filename="a.html"`),
		"/binary":     send(200, "application/octet-stream", "\x00\x01\xff"),
	}
	srv := serve(t, pages)
	b := open(t, browser.Options{})
	for path, want := range map[string]string{
		"/robots.txt": "200 User-agent: *\nDisallow: /private\n", "/json": `200 {"a":[1,2]}`, "/gone": "410 <p>gone</p>", "/busy": "429 <p>busy</p>",
		"/wall": "999 <script>location.href='/authwall'</script>", "/file": "200 <p>file</p>", "/binary": "200 \x00\x01\xff",
	} {
		page := get(t, b, srv.URL+path)
		require.Equal(t, want, fmt.Sprint(page.status, " ", page.body), path)
		if path == "/busy" {
			require.Equal(t, "120", page.header.Get("Retry-After"))
		}
	}
}

func TestRedirectsAreLeftToTheClient(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	other := serve(t, map[string]http.HandlerFunc{"/": func(http.ResponseWriter, *http.Request) { asked.Add(1) }})
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	srv := serve(t, map[string]http.HandlerFunc{
		"/http": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+"/x", http.StatusMovedPermanently)
		},
		"/near":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/jobs", http.StatusFound) },
		"/script": html("<script>location.href='" + elsewhere + "/x'</script>"),
		"/meta":   html(`<meta http-equiv="refresh" content="0;url=` + elsewhere + `/x">`),
		"/self":   html("<script>location.href='/jobs'</script>"),
		"/loop":   html("<script>location.href='/loop?'+Math.random()</script>"),
		"/jobs":   html("<p>jobs</p>"),
	})
	b := open(t, browser.Options{})
	for path, want := range map[string]string{
		"/http": "301 " + elsewhere + "/x", "/near": "302 " + srv.URL + "/jobs", "/script": "302 " + elsewhere + "/x", "/meta": "302 " + elsewhere + "/x",
	} {
		page := get(t, b, srv.URL+path)
		require.Equal(t, want, fmt.Sprint(page.status, " ", page.header.Get("Location")), path)
	}
	require.Zero(t, asked.Load(), "nothing was asked for there")

	page := get(t, b, srv.URL+"/self")
	require.Equal(t, srv.URL+"/jobs", page.url, "a script may move the page on its host")
	require.Contains(t, page.body, "<p>jobs</p>")
	require.Equal(t, 302, get(t, b, srv.URL+"/loop").status, "but not without end")
}

func TestThePoliteClientGoesOnTop(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{
		"/robots.txt": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private")
		},
		"/jobs":     html(shell),
		"/api/jobs": api,
		"/moved":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/jobs", http.StatusFound) },
		"/out": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		},
		"/big": html(strings.Repeat("<p>page</p>", 10_000)),
	})
	client, err := polite.NewClient(&polite.Options{
		AllowLoopback: true, Interval: time.Nanosecond, MaxInterval: time.Millisecond, MaxBody: 50_000, NoRetries: true,
		Transport: open(t, browser.Options{WaitFor: "article.job + article.job"}),
	})
	require.NoError(t, err)
	do := func(path string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
		require.NoError(t, err)
		return client.Do(req)
	}
	resp, err := do("/moved")
	require.NoError(t, err)
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Contains(t, string(page), `<article class="job">`)
	require.Equal(t, srv.URL+"/jobs", resp.Request.URL.String())

	for path, want := range map[string]error{"/private": scraper.ErrBlocked, "/out": scraper.ErrBlocked, "/big": scraper.ErrMarkup} {
		_, err = do(path) //nolint:bodyclose // there is none beside an error
		require.ErrorIs(t, err, want, path)
	}
}

func TestPagesReachOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	private, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0") // stands for any address that is not public
	require.NoError(t, err)
	inside := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })}
	go func() { _ = inside.Serve(private) }()
	t.Cleanup(func() { _ = inside.Close() })

	if testing.Short() {
		t.Skip("needs Chromium")
	}
	b, err := browser.New(&browser.Options{NoSandbox: os.Getuid() == 0}) // loopback is not allowed
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	for _, page := range []string{"http://" + private.Addr().String() + "/", strings.Replace("http://"+private.Addr().String()+"/", "127.0.0.1", "localhost", 1)} {
		_, err = try(t.Context(), t, b, page)
		require.ErrorIs(t, err, scraper.ErrBlocked, page)
	}
	require.Zero(t, asked.Load())

	only := open(t, browser.Options{Hosts: []string{"jobs.example"}, WaitFor: "#out.done"}) // and loopback
	_, err = try(t.Context(), t, only, "http://other.example/")
	require.ErrorIs(t, err, scraper.ErrBlocked)
	srv := serve(t, map[string]http.HandlerFunc{
		"/": html(`<p id=out></p><img src="/image"><script>
			const out = document.getElementById("out");
			const seen = (name, p) => p.then(() => out.append(name + " reached "), () => out.append(name + " refused "));
			Promise.allSettled([
				seen("fetch", fetch("http://other.example/", {mode: "no-cors"})),
				seen("metadata", fetch("http://169.254.169.254/", {mode: "no-cors"})),
				seen("socket", new Promise((ok, no) => { const s = new WebSocket("ws://10.0.0.1/"); s.onopen = ok; s.onerror = no; })),
				seen("script", new Promise((ok, no) => { const s = document.createElement("script"); s.onload = ok; s.onerror = no; s.src = "http://other.example/x.js"; document.head.append(s); })),
				seen("worker", new Promise((ok, no) => { const w = new Worker(URL.createObjectURL(new Blob(["fetch('http://10.0.0.1/',{mode:'no-cors'}).then(()=>postMessage(1),()=>postMessage(0))"]))); w.onmessage = e => e.data ? ok() : no(); })),
				seen("here", fetch("/api")),
			]).then(() => out.className = "done");
		</script>`),
		"/api":   api,
		"/image": func(http.ResponseWriter, *http.Request) { asked.Add(1) },
	})
	page := get(t, only, srv.URL)
	for _, what := range []string{"fetch refused", "metadata refused", "socket refused", "script refused", "worker refused", "here reached"} {
		require.Contains(t, page.body, what)
	}
	require.Zero(t, asked.Load(), "images are not loaded")
}

func TestHalfAPageIsNeverTaken(t *testing.T) {
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
	page := get(t, open(t, browser.Options{WaitFor: "article.job", Settle: 300 * time.Millisecond}), srv.URL)
	require.Contains(t, page.body, "last")
}

func TestAnUnreadyPageIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{"/": html("<p>nothing found</p><script>alert('hello'); confirm('sure?'); setTimeout(() => prompt('name'), 310); setInterval(() => fetch('/x'), 50)</script>"), "/x": api})
	page := get(t, open(t, browser.Options{WaitFor: "article.job", Settle: 300 * time.Millisecond}), srv.URL)
	require.Contains(t, page.body, "<p>nothing found</p>")
}

func TestFailuresAreTheNetworksOrTheOptions(t *testing.T) {
	t.Parallel()
	dead := serve(t, nil)
	dead.Close()
	srv := serve(t, map[string]http.HandlerFunc{
		"/reset": func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		},
		"/stall": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"/busy":  html("<script>for(;;);</script>"),
		"/big":   html("<script>document.body.append(document.createComment('x'.repeat(6000000)))</script>"),
		"/page":  html("<p>page</p>"),
	})
	b := open(t, browser.Options{Timeout: 3 * time.Second, WaitFor: "p["})
	for name, page := range map[string]string{"refused": dead.URL, "reset": srv.URL + "/reset", "stall": srv.URL + "/stall", "busy": srv.URL + "/busy"} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := try(t.Context(), t, b, page)
			t.Log(err)
			var e net.Error
			require.ErrorAs(t, err, &e)
			require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller set no deadline")
			require.NotErrorIs(t, err, scraper.ErrBlocked)
			require.Less(t, time.Since(began), 25*time.Second)
		})
	}
	var err error
	for range 10 { // three seconds may be short on a busy machine
		var network net.Error
		if _, err = try(t.Context(), t, b, srv.URL+"/page"); !errors.As(err, &network) {
			break
		}
	}
	require.ErrorContains(t, err, "no CSS selector", "it works on")

	_, err = try(t.Context(), t, open(t, browser.Options{}), srv.URL+"/big")
	require.ErrorIs(t, err, scraper.ErrMarkup)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/page", strings.NewReader("a"))
	require.NoError(t, err)
	_, err = b.RoundTrip(req) //nolint:bodyclose // there is none beside an error
	require.ErrorContains(t, err, "only GET")
}

func TestTheCallersContextEndsALoad(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 3)
	srv := serve(t, map[string]http.HandlerFunc{"/": func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}})
	b := open(t, browser.Options{WaitFor: "#n", Tabs: 2}) // of another test
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 3 { // two load at most, others wait for a tab
		all.Go(func() {
			_, err := try(ctx, t, b, srv.URL)
			require.ErrorIs(t, err, context.Canceled)
		})
	}
	<-asked
	cancel()
	all.Wait()
}

func TestChromiumIsStartedAgainAfterItDiedAndNotAfterClose(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs Chromium")
	}
	srv := serve(t, map[string]http.HandlerFunc{"/": html("<p>page</p>")})
	b, err := browser.New(&browser.Options{AllowLoopback: true, NoSandbox: os.Getuid() == 0})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) }) // again
	get(t, b, srv.URL)
	require.NoError(t, b.Kill())
	var page loaded
	for range 5 { // the request that finds it dying fails, as the network's error
		if page, err = try(t.Context(), t, b, srv.URL); err == nil {
			break
		}
		var e net.Error
		require.ErrorAs(t, err, &e)
	}
	require.NoError(t, err)
	require.Contains(t, page.body, "<p>page</p>")
	require.NoError(t, b.Close())
	_, err = try(t.Context(), t, b, srv.URL)
	require.ErrorIs(t, err, browser.ErrClosed)
}

func TestOnlyTheWebIsLoaded(t *testing.T) {
	t.Parallel()
	b, err := browser.New(nil)
	require.NoError(t, err)
	for _, page := range []string{"file:///etc/passwd", "chrome://version", "data:text/html,x"} {
		_, err := try(t.Context(), t, b, page)
		require.ErrorIs(t, err, scraper.ErrBlocked, page)
	}
}

func TestAMissingChromiumIsNamed(t *testing.T) {
	t.Parallel()
	b, err := browser.New(&browser.Options{Path: "/nowhere/chromium", NoSandbox: true})
	require.NoError(t, err, "the constructor does no I/O")
	require.ErrorContains(t, b.Start(t.Context()), "browser: Options.Path: ")
	require.NoError(t, b.Close())
	if os.Getuid() == 0 && !testing.Short() {
		b, err = browser.New(nil)
		require.NoError(t, err)
		require.ErrorContains(t, b.Start(t.Context()), "Options.NoSandbox")
	}
}

func TestEachWrongOptionIsNamed(t *testing.T) {
	t.Parallel()
	_, err := browser.New(&browser.Options{
		Hosts: []string{"ok.example", "https://no"}, Settle: -1, Timeout: -1, Tabs: -1, MaxBytes: -1, Width: -1, Height: -1, UserAgent: "a\nb",
	})
	for _, field := range []string{"Hosts[1]", "Settle", "Timeout", "Tabs", "MaxBytes", "Width", "Height", "UserAgent"} {
		require.ErrorContains(t, err, "browser: Options."+field+": ")
	}
	var e *lead.FieldError
	require.ErrorAs(t, err, &e)
}
