package browser_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestNetworkOfAPageIsBounded(t *testing.T) {
	t.Parallel()
	var images atomic.Int64
	only := open(t, browser.Options{Hosts: []string{"jobs.example"}, WaitFor: "#out.done"}) // and loopback
	_, err := try(t.Context(), t, only, "http://other.example/")
	require.ErrorIs(t, err, scraper.ErrBlocked)
	srv := serve(t, map[string]http.HandlerFunc{
		"/": html(`<p id=out></p><img src="/image"><script>
			const out = document.getElementById("out");
			const seen = (name, p) =>
				p.then(() => out.append(name + " reached "), () => out.append(name + " refused "));
			const opened = (what) => new Promise((ok, no) => {
				what.onopen = what.onload = ok;
				what.onerror = no;
			});
			const script = document.createElement("script");
			script.src = "http://other.example/x.js";
			document.head.append(script);
			const code = "fetch('http://10.0.0.1/', {mode: 'no-cors'})" +
				".then(() => postMessage(1), () => postMessage(0))";
			const worker = new Worker(URL.createObjectURL(new Blob([code])));
			Promise.allSettled([
				seen("fetch", fetch("http://other.example/", {mode: "no-cors"})),
				seen("metadata", fetch("http://169.254.169.254/", {mode: "no-cors"})),
				seen("socket", opened(new WebSocket("ws://10.0.0.1/"))),
				seen("script", opened(script)),
				seen("worker", new Promise((ok, no) => { worker.onmessage = e => e.data ? ok() : no(); })),
				seen("here", fetch("/api")),
			]).then(() => out.className = "done");
		</script>`),
		"/api":   api,
		"/image": func(http.ResponseWriter, *http.Request) { images.Add(1) },
	})
	page := get(t, only, srv.URL)
	for _, what := range []string{
		"fetch refused", "metadata refused", "socket refused", "script refused", "worker refused",
		"here reached",
	} {
		require.Contains(t, page.body, what)
	}
	require.Zero(t, images.Load(), "images are not loaded")
}

func TestNetworkReachesNoPrivateAddress(t *testing.T) {
	t.Parallel()
	needChromium(t)
	var asked atomic.Int64
	// Loopback, which is not allowed here, stands for any address that is not public.
	private, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	inside := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }),
	}
	go func() { _ = inside.Serve(private) }()
	t.Cleanup(func() { _ = inside.Close() })
	b, err := browser.New(&browser.Options{NoSandbox: os.Getuid() == 0})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	address := "http://" + private.Addr().String() + "/"
	for _, page := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1)} {
		_, err = try(t.Context(), t, b, page)
		require.ErrorIs(t, err, scraper.ErrBlocked, page)
	}
	require.Zero(t, asked.Load())
}

func TestNetworkIsTheWebOnly(t *testing.T) {
	t.Parallel()
	b, err := browser.New(nil)
	require.NoError(t, err)
	for _, page := range []string{"file:///etc/passwd", "chrome://version", "data:text/html,x"} {
		_, err := try(t.Context(), t, b, page)
		require.ErrorIs(t, err, scraper.ErrBlocked, page)
	}
}

func TestPoliteClientGoesOnTop(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{
		"/robots.txt": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private")
		},
		"/jobs":     html(shell),
		"/api/jobs": api,
		"/moved":    redirect("/jobs"),
		"/out":      redirect("http://169.254.169.254/"),
		"/big":      html(strings.Repeat("<p>page</p>", 10_000)),
	})
	client, err := polite.NewClient(&polite.Options{
		AllowLoopback: true, Interval: time.Nanosecond, MaxInterval: time.Millisecond,
		MaxBody: 50_000, NoRetries: true,
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

	for _, c := range []struct {
		path string
		want error
	}{
		{"/private", scraper.ErrBlocked},
		{"/out", scraper.ErrBlocked},
		{"/big", scraper.ErrMarkup},
	} {
		_, err = do(c.path) //nolint:bodyclose // there is none beside an error
		require.ErrorIs(t, err, c.want, c.path)
	}
}
