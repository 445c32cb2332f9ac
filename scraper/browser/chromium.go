package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// ErrNotFound means that there is no Chromium on this machine.
var ErrNotFound = errors.New("browser: no Chromium found: install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium) or set Options.Path")

// names are what Chromium and Chrome are called where they are on the path, and where macOS has them.
func names() []string {
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell",
		"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	}
}

// find returns the path of Chromium.
func find(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("browser: Options.Path: %w", err)
		}
		return found, nil
	}
	for _, name := range names() {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNotFound
}

// A chromium is one browser process and the proxy that is its network.
type chromium struct {
	ctx    context.Context // of the process; chromedp keeps it there
	cancel context.CancelFunc
	gate   *gateway
}

// start starts Chromium. It outlives ctx, which bounds only the start.
func start(ctx context.Context, o *Options, logger *slog.Logger) (*chromium, error) {
	path, err := find(o.Path)
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 && !o.NoSandbox {
		return nil, errors.New("browser: Chromium does not run as root with its sandbox: run as another user, or set Options.NoSandbox")
	}
	gate, err := openGateway(ctx, o, logger)
	if err != nil {
		return nil, err
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags(path, gate.address(), o)...)
	process, cancelProcess := chromedp.NewContext(allocator, chromedp.WithLogf(ignore), chromedp.WithErrorf(ignore), chromedp.WithDebugf(ignore))
	c := &chromium{ctx: process, gate: gate, cancel: func() {
		cancelProcess()
		cancelAllocator()
	}}
	unbind := context.AfterFunc(ctx, cancelProcess)
	_, err = chromedp.CallBrowser(process, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny})
	if !unbind() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		c.stop()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("browser: start %s: %w", path, err)
	}
	logger.Info("chromium started", "path", path)
	return c, nil
}

func ignore(string, ...any) {}

// flags are what keeps Chromium quiet, small, and behind its gate.
func flags(path, proxy string, o *Options) []chromedp.ExecAllocatorOption {
	list := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.WindowSize(o.Width, o.Height),
		chromedp.ProxyServer(proxy),
		chromedp.Flag("no-sandbox", o.NoSandbox),
	)
	for name, value := range map[string]any{
		"disable-gpu":                true,
		"disable-component-update":   true,
		"disable-domain-reliability": true,
		"no-pings":                   true,
		"disable-features":           "Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
		// Nothing goes past the proxy: not loopback, which is exempt by default, not UDP, not a name that Chromium resolves itself.
		"proxy-bypass-list":               "<-loopback>",
		"disable-quic":                    true,
		"force-webrtc-ip-handling-policy": "disable_non_proxied_udp",
		"host-resolver-rules":             "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
	} {
		list = append(list, chromedp.Flag(name, value))
	}
	return list
}

func (c *chromium) alive() bool { return c.ctx.Err() == nil }

// stop ends the process, waits until it is gone and its profile removed, and closes the gate.
func (c *chromium) stop() {
	c.cancel()
	c.gate.close()
}
