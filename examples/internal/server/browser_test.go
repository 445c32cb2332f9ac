package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screenshots is the folder of the browser's pictures. If empty, none are taken.
func screenshots() string { return os.Getenv("FORGE_SCREENSHOTS") }

// A tab is a tab of a real, headless Chromium, which notes everything that a console would show in
// red.
type tab struct {
	testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// A chromium is one browser for all the tests of the package; each test has a profile of its own in
// it.
type chromium struct {
	start sync.Once
	ctx   context.Context
	err   error
	stop  func()
}

var browser = &chromium{stop: func() {}}

func (c *chromium) open() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		c.err = errors.New(
			"there is no Chromium for this test: install one (Debian: apt-get install chromium), " +
				"or run with -short to skip it",
		)
		return
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-GB"))
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium refuses to run as root with one
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	c.ctx, c.stop = ctx, func() { cancel(); cancelAlloc() }
	c.err = chromedp.Do(ctx)
}

// newBrowser returns a tab with no cookies, as in a browser that was never used.
func newBrowser(tb testing.TB) *tab {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs a browser; run without -short")
	}
	browser.start.Do(browser.open)
	require.NoError(tb, browser.err)
	t := &tab{TB: tb}
	ctx, cancel := chromedp.NewContext(browser.ctx,
		chromedp.WithListener(t.listen), chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	require.NoError(tb, chromedp.Do(ctx)) // opens the tab, whose life is not bounded
	limited, cancelLimited := context.WithTimeout(ctx, 2*time.Minute)
	tb.Cleanup(cancelLimited)
	t.ctx = limited
	_, err := chromedp.Run(limited, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		// Tabs of other tests must not take the keyboard.
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled,
			emulation.SetFocusEmulationEnabledParams{Enabled: true})
		if err != nil {
			return cdp.Empty{}, err
		}
		return cdp.Call(ctx, target, log.Enable, cdp.Empty{})
	})
	require.NoError(tb, err)
	return t
}

func (t *tab) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		t.problems = append(t.problems, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		t.problems = append(t.problems, fmt.Sprintf("console %s", e.Type))
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelVerbose {
			t.problems = append(
				t.problems, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL),
			)
		}
	}
}

// quiet checks that the console showed nothing in red, and forgets what it showed.
func (t *tab) quiet() {
	t.Helper()
	require.Empty(t, t.heard())
}

func (t *tab) heard() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	heard := t.problems
	t.problems = nil
	return heard
}

func (t *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(t.ctx, steps...))
}

// leads runs steps that lead to another page, and waits for it.
func (t *tab) leads(steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	_, err := chromedp.RunResponse(t.ctx, steps...)
	require.NoError(t, err)
}

// html returns what the page holds.
func (t *tab) html() string {
	t.Helper()
	html, err := chromedp.Run(t.ctx, chromedp.OuterHTML(chromedp.CSS("html")))
	require.NoError(t, err)
	return html
}

func (t *tab) text(selector string) string {
	t.Helper()
	text, err := chromedp.Run(t.ctx, chromedp.TextContent(chromedp.CSS(selector)))
	require.NoError(t, err)
	return strings.Join(strings.Fields(text), " ")
}

func (t *tab) count(selector string) int {
	t.Helper()
	return eval[int](t, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

func eval[T any](t *tab, script string) T {
	t.Helper()
	v, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](script))
	require.NoError(t, err)
	return v
}

// looks sets the size of the window and the colours that its user likes.
func (t *tab) looks(width, height int64, scheme string) {
	t.Helper()
	t.do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2)))
	_, err := chromedp.Run(t.ctx, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
	})
	require.NoError(t, err)
}

// withoutScripts turns JavaScript off, as some users do.
func (t *tab) withoutScripts() {
	t.Helper()
	_, err := chromedp.Run(t.ctx, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: true})
	})
	require.NoError(t, err)
}

// withoutPolicy lets a test run a script that the page's policy forbids.
func (t *tab) withoutPolicy() {
	t.Helper()
	_, err := chromedp.Run(t.ctx, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, target, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	})
	require.NoError(t, err)
}

// shoot takes a picture of the window.
func (t *tab) shoot(name string) {
	t.Helper()
	if screenshots() == "" {
		return
	}
	png, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(screenshots(), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(screenshots(), name+".png"), png, 0o644))
}
