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
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper/browser"
)

// transports are those that tests share, by their options: a Chromium takes a second or two to
// start.
var transports struct {
	sync.Mutex
	open map[string]*browser.Transport
}

func TestMain(m *testing.M) {
	if os.Getenv(killedProcess) != "" {
		startAndWait()
	}
	code := m.Run()
	for _, b := range transports.open {
		_ = b.Close()
	}
	os.Exit(code)
}

// needChromium skips a test under -short, which does without Chromium.
func needChromium(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium")
	}
}

// open returns a transport for a local server.
func open(t *testing.T, o browser.Options) *browser.Transport {
	t.Helper()
	needChromium(t)
	o.AllowLoopback = true
	o.NoSandbox = os.Getuid() == 0
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute // the machine can be busy, and no test is about this
	}
	key := fmt.Sprintf("%+v", o)
	transports.Lock()
	defer transports.Unlock()
	if b := transports.open[key]; b != nil {
		return b
	}
	b, err := browser.New(&o)
	require.NoError(t, err)
	require.NoError(t, b.Start(t.Context()), "install it: apt-get install --no-install-recommends chromium")
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
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Jobs</title></head><body>")
		_, _ = io.WriteString(w, page+"</body></html>")
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
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
	return loaded{
		resp.StatusCode, resp.Request.URL.String(), resp.Header, resp.ContentLength, string(body),
	}, err
}

func isNetworkError(err error) bool {
	_, ok := errors.AsType[net.Error](err)
	return ok
}

// shell is a page whose cards a script renders from /api/jobs.
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
