package browser_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/browser"
)

func TestFailuresOfALoadAreNetworkErrors(t *testing.T) {
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
		"/page":  html("<p>page</p>"),
	})
	b := open(t, browser.Options{Timeout: 3 * time.Second, WaitFor: "p["})
	for _, c := range []struct{ name, page string }{
		{"refused", dead.URL},
		{"reset", srv.URL + "/reset"},
		{"stall", srv.URL + "/stall"},
		{"busy", srv.URL + "/busy"},
	} {
		t.Run(c.name, func(t *testing.T) { //nolint:paralleltest // the time limit is short
			began := time.Now()
			_, err := try(t.Context(), t, b, c.page)
			require.True(t, isNetworkError(err), "%v", err)
			require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller set no deadline")
			require.NotErrorIs(t, err, scraper.ErrBlocked)
			require.Less(t, time.Since(began), 25*time.Second)
		})
	}
	var err error
	for range 10 { // three seconds can be short on a busy machine
		if _, err = try(t.Context(), t, b, srv.URL+"/page"); !isNetworkError(err) {
			break
		}
	}
	require.ErrorContains(t, err, "not a CSS selector", "the tab works on")
}

func TestFailureOfAPageThatIsTooLargeIsTheBoards(t *testing.T) {
	t.Parallel()
	srv := serve(t, map[string]http.HandlerFunc{
		"/big": html("<script>document.body.append(document.createComment('x'.repeat(6000000)))</script>"),
	})
	_, err := try(t.Context(), t, open(t, browser.Options{}), srv.URL+"/big")
	require.ErrorIs(t, err, scraper.ErrMarkup)
}

func TestFailureOfARequestThatIsNoGet(t *testing.T) {
	t.Parallel()
	b, err := browser.New(nil)
	require.NoError(t, err)
	body := strings.NewReader("a")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/", body)
	require.NoError(t, err)
	_, err = b.RoundTrip(req) //nolint:bodyclose // there is none beside an error
	require.ErrorContains(t, err, "only GET")
}

func TestContextOfTheCallerEndsALoad(t *testing.T) {
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
	needChromium(t)
	srv := serve(t, map[string]http.HandlerFunc{"/": html("<p>page</p>")})
	b, err := browser.New(&browser.Options{AllowLoopback: true, NoSandbox: os.Getuid() == 0})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) }) // again
	get(t, b, srv.URL)
	require.NoError(t, b.Kill())
	var page loaded
	for range 5 { // the request that finds it dying fails, as a network error
		if page, err = try(t.Context(), t, b, srv.URL); err == nil {
			break
		}
		require.True(t, isNetworkError(err), "%v", err)
	}
	require.NoError(t, err)
	require.Contains(t, page.body, "<p>page</p>")
	require.NoError(t, b.Close())
	_, err = try(t.Context(), t, b, srv.URL)
	require.ErrorIs(t, err, browser.ErrClosed)
}

func TestChromiumThatIsMissingIsNamed(t *testing.T) {
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

func TestOptionsThatAreInvalidAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field   string
		options browser.Options
	}{
		{"Hosts[1]", browser.Options{Hosts: []string{"ok.example", "https://no"}}},
		{"Settle", browser.Options{Settle: -1}},
		{"Timeout", browser.Options{Timeout: -1}},
		{"Tabs", browser.Options{Tabs: -1}},
		{"MaxBytes", browser.Options{MaxBytes: -1}},
		{"Width", browser.Options{Width: -1}},
		{"Height", browser.Options{Height: -1}},
		{"UserAgent", browser.Options{UserAgent: "a\nb"}},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := browser.New(&c.options)
			require.ErrorContains(t, err, "browser: Options."+c.field+": ")
			_, ok := errors.AsType[*lead.FieldError](err)
			require.True(t, ok)
		})
	}
}
