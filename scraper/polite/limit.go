package polite

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge/scraper"
)

// Limit bounds what one answer may cost. It reads the whole page before it returns, so that a page that breaks off is a
// failed request, never half a page, and can be tried again. It asks for gzip, inflates it, and counts the bytes on both
// sides. A page that is too large is a [*scraper.PageError] that wraps [scraper.ErrMarkup].
type Limit struct {
	Base     http.RoundTripper // nil: http.DefaultTransport
	MaxBytes int64             // of a page, before and after inflation; 0: [DefaultMaxBody]
	Timeout  time.Duration     // to the last byte; 0: [DefaultTimeout]
}

// RoundTrip sends the request and reads the answer.
func (l *Limit) RoundTrip(req *http.Request) (*http.Response, error) {
	timeout := orDefault(l.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(req.Context(), timeout)
	defer cancel()
	sent := req.Clone(ctx)
	resp, err := l.answer(sent)
	if err != nil && ctx.Err() != nil && req.Context().Err() == nil {
		err = fmt.Errorf("polite: no whole answer within %v: %w", timeout, os.ErrDeadlineExceeded)
	}
	if err != nil {
		return nil, err
	}
	if resp.Request == nil || resp.Request == sent {
		resp.Request = req
	} else { // a browser says where it found the page
		resp.Request = resp.Request.WithContext(req.Context())
	}
	return resp, nil
}

func (l *Limit) answer(req *http.Request) (*http.Response, error) {
	inflate := req.Header.Get("Accept-Encoding") == "" && req.Method != http.MethodHead
	if inflate {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := transport(l.Base).RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	limit := orDefault(l.MaxBytes, DefaultMaxBody)
	page, err := readPage(resp, req.Method, inflate, limit)
	if errors.Is(err, errTooLarge) {
		return nil, &scraper.PageError{
			URL: req.URL.String(), Status: resp.StatusCode, Err: scraper.ErrMarkup,
			Reason: fmt.Sprintf("the page holds more than %d bytes; no page of a board does, but polite.Options.MaxBody can be raised", limit),
		}
	}
	if err != nil {
		return nil, fmt.Errorf("polite: read the answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(page))
	return resp, nil
}

var errTooLarge = errors.New("polite: page too large")

// readPage reads the body and takes the compression out of it and its headers.
func readPage(resp *http.Response, method string, inflate bool, limit int64) ([]byte, error) {
	if resp.ContentLength > limit && method != http.MethodHead {
		return nil, errTooLarge
	}
	sent := &capped{r: resp.Body, left: limit} // counted too: bytes that inflate to nothing have no end either
	encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	if !inflate || encoding == "" || encoding == "identity" {
		return io.ReadAll(sent)
	}
	if encoding != "gzip" && encoding != "x-gzip" {
		return nil, errors.New("the answer is compressed in a way that was not asked for")
	}
	var page []byte
	r, err := gzip.NewReader(sent)
	if err == nil {
		page, err = io.ReadAll(&capped{r: r, left: limit})
	} else if errors.Is(err, io.EOF) && resp.ContentLength <= 0 { // no body, as with a redirect or a 304
		err = nil
	}
	if err != nil {
		return nil, err
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = int64(len(page))
	resp.Uncompressed = true
	return page, nil
}

// A capped reader fails where io.LimitReader would end.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if int64(n) > c.left {
		return int(c.left), errTooLarge
	}
	c.left -= int64(n)
	return n, err
}
