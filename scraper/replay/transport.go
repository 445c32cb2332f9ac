package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
)

// maxPage bounds what is read from one file, and what a [Recorder] saves: more than any board's page holds.
const maxPage = 8 << 20

// ErrNotRecorded means that a recorded folder holds no answer to a request. It is an error and not a 404, which would say
// that the board took the job down.
var ErrNotRecorded = errors.New("replay: page was not recorded")

// A Transport answers from a folder. It is safe for concurrent use and never touches the network.
type Transport struct {
	fsys   fs.FS
	answer func(r *http.Request) (saved, error)
}

// A saved page is what answers one request.
type saved struct {
	file        string // "": no body
	status      int
	contentType string
	location    string // of a redirect
	retryAfter  string
}

// Open reads what a folder holds, such as os.DirFS(dir) or an embedded one. Pages are read when they are asked for.
//
// A folder with an index, which a [Recorder] wrote, answers each URL with the page that was recorded for it, whatever the
// order of its parameters; the query's tokens do not count. A URL that was recorded several times answers in that order, and
// then with the last. On a host of which nothing was recorded the path and the query count alone, so that what was recorded
// from a test server replays as the board. A URL that was not recorded is [ErrNotRecorded], but for robots.txt, which is 404.
//
// A folder without one is loose. Requests whose path ends in a job's id (a run of at least six digits) get the page that
// carries that id as its own, which a search page with an open posting does too, else 404. All others are taken for
// searches: the first gets the first search page in order of name, the next one the next, and when no page is left, an
// empty one. Searches that differ in more than their offset are counted apart; an offset that is given as 0 starts again.
//
// Pages under folders named blocked, empty or *-shell are no results and never served; folders named search* and detail*,
// or closed, say what their pages are; elsewhere the content tells. Where folders at the top are named after boards, as in
// linkedin/search, a search is answered from the one that the request's host is named after. robots.txt is 404.
func Open(fsys fs.FS) (*Transport, error) {
	t := &Transport{fsys: fsys}
	index, err := fs.ReadFile(fsys, indexName)
	switch {
	case err == nil:
		t.answer, err = recorded(index)
	case errors.Is(err, fs.ErrNotExist):
		t.answer, err = loose(fsys)
	}
	if err != nil {
		return nil, fmt.Errorf("replay: open folder: %w", err)
	}
	return t, nil
}

// RoundTrip answers a GET. Other methods are 405.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // the contract of http.RoundTripper
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	if r.Method != http.MethodGet && r.Method != "" {
		return respond(r, saved{status: http.StatusMethodNotAllowed}, nil), nil
	}
	s, err := t.answer(r)
	if err != nil {
		return nil, err
	}
	var body []byte
	if s.file != "" {
		if body, err = readPage(t.fsys, s.file); err != nil {
			return nil, fmt.Errorf("replay: read page: %w", err)
		}
	}
	return respond(r, s, body), nil
}

func respond(r *http.Request, s saved, body []byte) *http.Response {
	h := http.Header{"Content-Length": {strconv.Itoa(len(body))}}
	for name, value := range map[string]string{"Content-Type": s.contentType, "Location": s.location, "Retry-After": s.retryAfter} {
		if value != "" {
			h.Set(name, value)
		}
	}
	return &http.Response{
		Status:        strings.TrimSpace(fmt.Sprintf("%d %s", s.status, http.StatusText(s.status))),
		StatusCode:    s.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        h,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

func readPage(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxPage+1))
	if err == nil && len(b) > maxPage {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxPage)
	}
	return b, err
}
