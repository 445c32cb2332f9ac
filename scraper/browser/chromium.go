package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// errNotFound means that there is no Chromium on this machine.
var errNotFound = errors.New("browser: no Chromium found: install it " +
	"(Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium) or set Options.Path")

// names are what Chromium and Chrome are called on the path, and where macOS has them.
var names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
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
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", errNotFound
}

// A chromium is one process of the browser, its profile, and the proxy that is its network.
type chromium struct {
	ctx     context.Context // of the process; chromedp keeps it there
	cancel  context.CancelFunc
	gate    *gateway
	profile *profile
}

// start starts Chromium. It outlives ctx, which bounds only the start.
func start(ctx context.Context, o *Options, logger *slog.Logger) (*chromium, error) {
	path, err := find(o.Path)
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 && !o.NoSandbox {
		return nil, errors.New("browser: Chromium does not run as root with its sandbox: " +
			"run as another user, or set Options.NoSandbox")
	}
	if n := removeAbandoned(os.TempDir()); n > 0 {
		logger.Info("removed what killed browsers left behind", "folders", n)
	}
	profile, err := newProfile(os.TempDir())
	if err != nil {
		return nil, err
	}
	gate, err := openGateway(ctx, o, logger)
	if err != nil {
		profile.remove()
		return nil, err
	}
	// The context of the process keeps the values of ctx and not its end.
	flags := flags(path, gate.address(), profile.dir, o)
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags...)
	process, cancelProcess := chromedp.NewContext(allocator,
		chromedp.WithLogf(ignore), chromedp.WithErrorf(ignore), chromedp.WithDebugf(ignore))
	c := &chromium{ctx: process, gate: gate, profile: profile, cancel: func() {
		cancelProcess()
		cancelAllocator()
	}}
	unbind := context.AfterFunc(ctx, cancelProcess)
	_, err = chromedp.CallBrowser(process, browser.SetDownloadBehavior,
		browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny})
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

type flag struct {
	name  string
	value any
}

// quietFlags keep Chromium quiet and small, and its network behind the gateway.
var quietFlags = []flag{
	{"disable-gpu", true},
	{"disable-component-update", true},
	{"disable-domain-reliability", true},
	{"no-pings", true},
	{"disable-features", "Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions," +
		"AutofillServerCommunication,CertificateTransparencyComponentUpdater"},
	// Nothing goes past the proxy: not loopback, which is exempt by default, not UDP, and no name
	// that Chromium resolves by itself.
	{"proxy-bypass-list", "<-loopback>"},
	{"disable-quic", true},
	{"force-webrtc-ip-handling-policy", "disable_non_proxied_udp"},
	{"host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"},
}

func flags(path, proxy, dir string, o *Options) []chromedp.ExecAllocatorOption {
	list := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.WindowSize(o.Width, o.Height),
		chromedp.ProxyServer(proxy),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("no-sandbox", o.NoSandbox),
	)
	for _, f := range quietFlags {
		list = append(list, chromedp.Flag(f.name, f.value))
	}
	// Chromium makes folders beside its profile, and leaves some of them behind. The path of a
	// socket that it makes there must be short.
	const maxSocketPath, socket = 104, "/org.chromium.Chromium.XXXXXX/SingletonSocket"
	if len(dir)+len(socket) < maxSocketPath {
		list = append(list, chromedp.Env("TMPDIR="+dir))
	}
	return list
}

func (c *chromium) alive() bool { return c.ctx.Err() == nil }

// stop ends the process, waits until it is gone, closes the gateway and removes the profile.
func (c *chromium) stop() {
	c.cancel()
	c.gate.close()
	c.profile.remove()
}
