package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
)

var errSelector = errors.New("browser: Options.WaitFor is not a CSS selector")

type worldID = runtime.ExecutionContextID

// evaluate runs a script in an isolated world: it sees the elements of the page, and the scripts of
// the page cannot change what its functions do. It decodes the result into v.
func (t *tab) evaluate(script string, v any) (thrown bool, err error) {
	if t.world == 0 {
		w, err := chromedp.Call(
			t.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: t.frame},
		)
		if err != nil {
			return false, err
		}
		t.world = w.ExecutionContextID
	}
	yes := true
	res, err := chromedp.Call(t.ctx, runtime.Evaluate,
		runtime.EvaluateParams{Expression: script, ContextID: t.world, ReturnByValue: &yes})
	if err != nil {
		t.world = 0 // it is gone with its document; the next document has another one
		return false, err
	}
	if res.ExceptionDetails != nil {
		return true, nil
	}
	return false, jsonv2.Unmarshal(res.Result.Value, v)
}

// matches reports whether the page is ready by its selector. A page that moves on at this moment is
// not.
func (t *tab) matches() (bool, error) {
	var found bool
	selector, err := json.Marshal(t.opt.WaitFor) // a JSON string is a JavaScript one
	if err != nil {
		return false, errSelector
	}
	thrown, err := t.evaluate("!!document.querySelector("+string(selector)+")", &found)
	if thrown {
		return false, errSelector
	}
	if err != nil {
		return false, t.ctx.Err()
	}
	return found, nil
}

// render returns the page as it is now.
func (t *tab) render() (*http.Response, error) {
	var shown struct {
		URL  string  `json:"url"`
		HTML *string `json:"html"`
	}
	script := fmt.Sprintf(`(() => {
		const root = document.documentElement;
		const html = root ? "<!DOCTYPE html>" + root.outerHTML : "";
		return {url: location.href, html: html.length > %d ? null : html};
	})()`, t.opt.MaxBytes)
	var err error
	for range 2 { // a second time if the page moved on at this moment
		if _, err = t.evaluate(script, &shown); err == nil {
			break
		}
	}
	status, header := http.StatusOK, make(http.Header)
	if t.document != nil {
		status, header = t.document.status, t.document.header
	}
	switch {
	case err != nil:
		return nil, err
	case shown.HTML == nil:
		return nil, t.tooLarge(status)
	}
	// A script can have changed the path.
	if u, err := url.Parse(shown.URL); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		u.Fragment = ""
		t.url = u
	}
	header = header.Clone()
	header.Set("Content-Type", "text/html; charset=utf-8")
	return t.response(status, header, []byte(*shown.HTML)), nil
}
