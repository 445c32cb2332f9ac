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

// A limit bounds what one answer costs. It reads the whole page before it returns, so that a page
// that breaks off is a failed request, which can be repeated, and never half a page. It asks for
// gzip, inflates it, and counts the bytes on both sides. A page that is too large is a
// [*scraper.PageError] that wraps [scraper.ErrMarkup].
type limit struct {
	next     http.RoundTripper
	maxBytes int64         // of a page, before and after inflation
	timeout  time.Duration // from the request to the last byte
}

// cutKey marks, in the context of a request, the length in bytes at which the page is cut instead
// of refused.
type cutKey struct{}

// RoundTrip sends the request and reads the answer.
func (l *limit) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), l.timeout)
	defer cancel()
	sent := req.Clone(ctx)
	resp, err := l.answer(sent)
	if err != nil && ctx.Err() != nil && req.Context().Err() == nil {
		err = fmt.Errorf("polite: no complete answer within %v: %w", l.timeout, os.ErrDeadlineExceeded)
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

func (l *limit) answer(req *http.Request) (*http.Response, error) {
	inflate := req.Header.Get("Accept-Encoding") == "" && req.Method != http.MethodHead
	if inflate {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	maxBytes := l.maxBytes
	cutAt, cut := req.Context().Value(cutKey{}).(int64)
	if cut {
		maxBytes = cutAt
	}
	var page io.Reader
	if err = errTooLarge; cut || resp.ContentLength <= maxBytes || req.Method == http.MethodHead {
		page, err = readPage(resp, inflate, maxBytes)
	}
	switch {
	case errors.Is(err, errTooLarge) && cut:
	case errors.Is(err, errTooLarge):
		return nil, &scraper.PageError{
			URL:    req.URL.String(),
			Status: resp.StatusCode,
			Err:    scraper.ErrMarkup,
			Reason: fmt.Sprintf(
				"the page is larger than %d bytes, the value of polite.Options.MaxBody", l.maxBytes,
			),
		}
	case err != nil:
		return nil, fmt.Errorf("polite: read the answer: %w", err)
	}
	resp.Body = io.NopCloser(page)
	return resp, nil
}

var errTooLarge = errors.New("polite: page too large")

// maxHeld is how large a page can be, after inflation, to be held inflated.
const maxHeld = 1 << 20

// readPage reads the body, and takes the compression out of it and out of the headers. Beside
// errTooLarge it returns the first bytes of the page. A large page is held as it was sent, and is
// inflated once to check it, and again while it is read: the lists of some boards are a tenth of
// their size then.
func readPage(resp *http.Response, inflate bool, maxBytes int64) (io.Reader, error) {
	// The bytes that are sent are counted too: a stream that inflates to nothing has no end either.
	sent := &capped{r: resp.Body, left: maxBytes}
	encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	if !inflate || encoding == "" || encoding == "identity" {
		page, err := io.ReadAll(sent)
		return bytes.NewReader(page), err
	}
	if encoding != "gzip" && encoding != "x-gzip" {
		return nil, errors.New("the answer has a content encoding that was not asked for")
	}
	var raw, page bytes.Buffer
	size := int64(0)
	r, err := gzip.NewReader(io.TeeReader(sent, &raw))
	if err == nil {
		inflated := &capped{r: r, left: maxBytes}
		_, err = io.CopyN(&page, inflated, maxHeld)
		if err == nil {
			_, err = io.Copy(io.Discard, inflated)
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
		size = maxBytes - inflated.left
	} else if errors.Is(err, io.EOF) && resp.ContentLength <= 0 { // no body, as with a redirect or a 304
		err = nil
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		return nil, err
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = size
	resp.Uncompressed = true
	if err == nil && size > int64(page.Len()) {
		again, unread := gzip.NewReader(&raw)
		return again, unread
	}
	return &page, err
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
