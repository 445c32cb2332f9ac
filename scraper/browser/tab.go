package browser

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/agent-forge/forge/scraper"
)

const (
	pollInterval = 50 * time.Millisecond
	maxMoves     = 3 // how often scripts can move a page on its own host
)

// withoutIcon gives each document an icon that is not requested. Chromium requests the icon of a
// site by itself, which cannot be intercepted, and with a fresh profile it would do so for every
// page.
const withoutIcon = `new MutationObserver(() => {
	for (const icon of document.querySelectorAll('link[rel~="icon"]:not([href="data:,"])')) icon.remove();
	if (document.head && !document.querySelector('link[rel~="icon"]')) {
		const icon = document.createElement("link");
		icon.rel = "icon";
		icon.href = "data:,";
		document.head.append(icon);
	}
}).observe(document, {childList: true, subtree: true})`

// A tab loads one page.
type tab struct {
	ctx    context.Context // of the tab; chromedp keeps it there
	req    *http.Request
	opt    *Options
	events *events

	frame    cdp.FrameID // the page's own, not one of the frames in it
	url      *url.URL    // of the document, also after a script moved the page
	asked    bool        // the document was requested
	moves    int
	document *document    // the answer; nil before it has come
	loader   cdp.LoaderID // of the document that is shown; "" before there is one
	parsed   cdp.LoaderID // of the document that has arrived to its end
	idle     cdp.LoaderID // of the document whose network is idle
	world    worldID      // where this package's own scripts run
}

// load loads a page.
func (c *chromium) load(ctx context.Context, req *http.Request, o *Options) (*http.Response, error) {
	q := newEvents()
	tabCtx, closeTab := chromedp.NewContext(c.ctx,
		chromedp.WithNewBrowserContext(), chromedp.WithListener(q.add))
	defer closeTab() // waits until the tab is gone
	defer context.AfterFunc(ctx, closeTab)()
	t := &tab{ctx: tabCtx, req: req, opt: o, events: q, url: req.URL}

	resp, err := t.load(ctx)
	refused := c.gate.why(t.url.Hostname())
	_, network := errors.AsType[*loadError](err)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case network && refused != nil:
		return nil, refused
	case network || errors.Is(err, scraper.ErrMarkup) || errors.Is(err, errSelector):
		return nil, err
	}
	return nil, &loadError{Reason: err.Error()} // Chromium died, or lost the tab
}

func (t *tab) load(ctx context.Context) (*http.Response, error) {
	if err := t.prepare(); err != nil {
		return nil, err
	}
	go t.dismissDialogs()
	navigated := make(chan error, 1)
	go func() { // the call returns when the document is shown, which the loop below has to allow
		res, err := chromedp.Call(t.ctx, page.Navigate, page.NavigateParams{URL: t.req.URL.String()})
		if err == nil && res.ErrorText != "" {
			err = &loadError{Reason: res.ErrorText}
		}
		navigated <- err
	}()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-t.ctx.Done():
			return nil, &loadError{Reason: "Chromium ended"}
		case err := <-navigated:
			if resp, failed := t.handleAll(); resp != nil || failed != nil {
				return resp, failed // the events say more
			}
			if err != nil {
				return nil, err
			}
			navigated = nil
		case <-t.events.ready:
			if resp, err := t.handleAll(); resp != nil || err != nil {
				return resp, err
			}
			if settled == nil && t.whole() {
				timer := time.NewTimer(t.opt.Settle)
				defer timer.Stop()
				settled = timer.C
			}
			if t.opt.WaitFor == "" && t.whole() && t.idle == t.loader {
				return t.render()
			}
		case <-poll.C:
			if t.opt.WaitFor == "" || !t.whole() {
				continue
			}
			if found, err := t.matches(); found || err != nil {
				if err != nil {
					return nil, err
				}
				return t.render()
			}
		case <-settled: // the caller knows whether this is a page
			return t.render()
		}
	}
}

// prepare opens the tab, and intercepts what is to be refused, or read before it is shown.
func (t *tab) prepare() error {
	if err := chromedp.Do(t.ctx); err != nil {
		return err
	}
	t.frame = cdp.FrameID(chromedp.FromContext(t.ctx).Target.TargetID)
	agent := t.opt.UserAgent
	if agent == "" {
		agent = t.req.UserAgent()
	}
	if agent != "" {
		override := emulation.SetUserAgentOverrideParams{
			UserAgent: agent, AcceptLanguage: t.req.Header.Get("Accept-Language"),
		}
		if _, err := chromedp.Call(t.ctx, emulation.SetUserAgentOverride, override); err != nil {
			return err
		}
	}
	size := emulation.SetDeviceMetricsOverrideParams{
		Width: int64(t.opt.Width), Height: int64(t.opt.Height), DeviceScaleFactor: 1,
	}
	if _, err := chromedp.Call(t.ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		return err
	}
	bypass := network.SetBypassServiceWorkerParams{Bypass: true}
	if _, err := chromedp.Call(t.ctx, network.SetBypassServiceWorker, bypass); err != nil {
		return err
	}
	script := page.AddScriptToEvaluateOnNewDocumentParams{Source: withoutIcon, WorldName: "forge"}
	if _, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, script); err != nil {
		return err
	}
	_, err := chromedp.Call(t.ctx, fetch.Enable, fetch.EnableParams{Patterns: intercepted})
	return err
}

// intercepted is what Chromium holds until a tab decides about it.
var intercepted = []*fetch.RequestPattern{
	{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageRequest},
	{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageResponse},
	{ResourceType: network.ResourceTypeImage},
	{ResourceType: network.ResourceTypeMedia},
	{ResourceType: network.ResourceTypeFont},
}

// whole reports whether the document has arrived to its end, so that half a page is never returned.
func (t *tab) whole() bool { return t.loader != "" && t.parsed == t.loader }

// dismissDialogs answers alerts and the like until the tab closes. It needs a goroutine of its own,
// because a dialog stops the page, and with it every call that waits for the page.
func (t *tab) dismissDialogs() {
	for {
		select {
		case <-t.events.dialogs:
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		case <-t.ctx.Done():
			return
		}
	}
}

func (t *tab) handleAll() (*http.Response, error) {
	for _, event := range t.events.take() {
		if resp, err := t.handle(event); resp != nil || err != nil {
			return resp, err
		}
	}
	return nil, nil
}

// handle reacts to an event. A response or an error ends the load.
func (t *tab) handle(event any) (*http.Response, error) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		return t.paused(e)
	case *page.EventFrameNavigated:
		if e.Frame.ID == t.frame && t.document != nil {
			t.loader = e.Frame.LoaderID
		}
	case *page.EventLifecycleEvent:
		switch {
		case e.FrameID != t.frame:
		case e.Name == "DOMContentLoaded":
			t.parsed = e.LoaderID
		case e.Name == "networkIdle":
			t.idle = e.LoaderID
		}
	}
	return nil, nil
}

// ignoreGone drops the error of a command for something that the page has taken back meanwhile. If
// Chromium itself is gone, the context of the tab says so.
func ignoreGone(error) error { return nil }
