package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
)

// errTooLarge ends a stream that is larger than Getter.MaxBytes.
var errTooLarge = errors.New("fetch: the page is too large")

// Stream requests a page of a search that is too large to be held, and hands its body to read while
// it arrives. body is sent by a POST; if it is nil, the request is a GET. The errors of the request
// are those of [Getter.Get], and read is not called then. The error of read is returned as it is,
// unless the body broke off or is larger than MaxBytes, which is what Get makes of it.
//
// The page that read gets has no Body. The body is not decoded: JSON is UTF-8, and XML names its
// encoding.
func (g Getter) Stream(
	ctx context.Context, rawURL string, header http.Header, body []byte, read func(*Page, io.Reader) error,
) (*Page, error) {
	page, content, err := g.open(ctx, rawURL, header, body, &trail{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	// A challenge is small, and is recognised before read sees it.
	page.Body, err = io.ReadAll(io.LimitReader(content, maxWall))
	if bad := g.judge(ctx, rawURL, page, err, false); bad != nil {
		return page, bad
	}
	left := cmp.Or(g.MaxBytes, defaultMaxBytes)
	s := &stream{r: io.MultiReader(bytes.NewReader(page.Body), content), left: left}
	page.Body = nil
	err = read(page, s)
	switch {
	case errors.Is(s.err, errTooLarge):
		return page, g.judge(ctx, rawURL, page, nil, true)
	case s.err != nil:
		return page, g.judge(ctx, rawURL, page, s.err, false)
	}
	return page, err
}

// A stream is a body that is read while it arrives. It notes what ended it early.
type stream struct {
	r    io.Reader
	left int64
	err  error
}

func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left+1)])
	if int64(n) > s.left {
		n, err = int(s.left), errTooLarge
	}
	s.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
