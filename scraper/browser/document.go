package browser

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	cdpio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/agent-forge/forge/scraper"
)

// A document is the answer to the request for the page itself.
type document struct {
	status int
	header http.Header
}

// paused decides about a request, or an answer, that Chromium holds until then. A response or an
// error ends the load.
func (t *tab) paused(e *fetch.EventRequestPaused) (*http.Response, error) {
	if e.ResourceType != network.ResourceTypeDocument {
		return nil, t.refuse(e) // an image, a font, the site's icon
	}
	if e.FrameID != t.frame {
		return nil, t.proceed(e, nil)
	}
	switch {
	case e.ResponseErrorReason != "":
		return nil, &loadError{Reason: string(e.ResponseErrorReason)}
	case e.ResponseStatusCode != 0:
		return t.answered(e)
	case !t.asked:
		t.asked = true
		return nil, t.proceed(e, t.headers(e.Request))
	}
	to, err := url.Parse(e.Request.URL)
	if err != nil {
		return nil, t.refuse(e)
	}
	if t.moves++; to.Hostname() == t.url.Hostname() && to.Scheme == t.url.Scheme && t.moves <= maxMoves {
		t.url, t.document, t.loader, t.world = to, nil, "", 0
		return nil, t.proceed(e, nil)
	}
	return t.response(http.StatusFound, http.Header{"Location": {to.String()}}, nil), t.refuse(e)
}

// answered handles the answer to the request for the page itself. HTML is shown. Everything else
// ends the load.
func (t *tab) answered(e *fetch.EventRequestPaused) (*http.Response, error) {
	d := &document{status: int(e.ResponseStatusCode), header: make(http.Header)}
	for _, h := range e.ResponseHeaders {
		d.header.Add(h.Name, h.Value)
	}
	if d.status >= 300 && d.status < 400 {
		if to, err := t.url.Parse(d.header.Get("Location")); err == nil && d.header.Get("Location") != "" {
			d.header.Set("Location", to.String())
		}
		return t.response(d.status, d.header, nil), t.refuse(e)
	}
	kind, _, _ := mime.ParseMediaType(d.header.Get("Content-Type"))
	shown := kind == "text/html" || kind == "application/xhtml+xml"
	disposition, _, _ := strings.Cut(d.header.Get("Content-Disposition"), ";")
	attachment := strings.EqualFold(strings.TrimSpace(disposition), "attachment")
	if d.status < 200 || d.status >= 300 || !shown || attachment {
		body, err := t.body(e, d)
		if err != nil {
			return nil, err
		}
		return t.response(d.status, d.header, body), nil
	}
	t.document = d
	return nil, t.proceed(e, nil)
}

// body reads an answer that is not shown, up to the limit.
func (t *tab) body(e *fetch.EventRequestPaused, d *document) ([]byte, error) {
	length := d.header.Get("Content-Length")
	if n, err := strconv.ParseInt(length, 10, 64); err == nil && n > int64(t.opt.MaxBytes) {
		return nil, t.tooLarge(d.status)
	}
	stream, err := chromedp.Call(t.ctx, fetch.TakeResponseBodyAsStream,
		fetch.TakeResponseBodyAsStreamParams{RequestID: e.RequestID})
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	for {
		part, err := chromedp.Call(t.ctx, cdpio.Read, cdpio.ReadParams{Handle: stream.Stream})
		if err != nil {
			return nil, err
		}
		if body.Write(part.Data); body.Len() > t.opt.MaxBytes {
			return nil, t.tooLarge(d.status)
		}
		if part.EOF {
			return body.Bytes(), nil
		}
	}
}

func (t *tab) tooLarge(status int) error {
	return &scraper.PageError{
		URL: t.url.String(), Status: status, Err: scraper.ErrMarkup,
		Reason: fmt.Sprintf("the page is larger than %d characters, the value of browser.Options.MaxBytes",
			t.opt.MaxBytes),
	}
}

// handled are headers that describe what Chromium has dealt with already.
var handled = []string{"Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection", "Set-Cookie"}

// response returns the page as an answer, with the URL where it was found.
func (t *tab) response(status int, header http.Header, body []byte) *http.Response {
	header = maps.Clone(header)
	for _, name := range handled {
		header.Del(name)
	}
	req := *t.req
	req.URL = t.url
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1, Header: header, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)), Request: &req,
	}
}

// headers returns those of Chromium's own request, replaced by the caller's where there are such.
// They go with the page itself and not with what it loads.
func (t *tab) headers(r *network.Request) []*fetch.HeaderEntry {
	all := make(http.Header)
	for name, value := range r.Headers {
		all.Set(name, fmt.Sprint(value))
	}
	for name, values := range t.req.Header {
		switch name {
		case "User-Agent",
			"Accept-Encoding",
			"Cookie",
			"Connection": // set elsewhere, or not the caller's to set
		default:
			all[name] = values
		}
	}
	var list []*fetch.HeaderEntry
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, value := range all[name] {
			list = append(list, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	return list
}

func (t *tab) proceed(e *fetch.EventRequestPaused, headers []*fetch.HeaderEntry) error {
	_, err := chromedp.Call(t.ctx, fetch.ContinueRequest,
		fetch.ContinueRequestParams{RequestID: e.RequestID, Headers: headers})
	return ignoreGone(err)
}

// refuse ends a request. Requests that are still held when a tab closes would be sent after all.
func (t *tab) refuse(e *fetch.EventRequestPaused) error {
	_, err := chromedp.Call(t.ctx, fetch.FailRequest,
		fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
	return ignoreGone(err)
}
