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

// maxPage bounds what is read from one file, and what a [Recorder] saves. Pages of boards are
// smaller.
const maxPage = 8 << 20

// ErrNotRecorded means that a recorded folder holds no answer to a request. A 404 would mean that
// the board took the job down.
var ErrNotRecorded = errors.New("replay: page was not recorded")

// A Transport answers from a folder and never from the network. It is safe for concurrent use.
type Transport struct {
	fsys   fs.FS
	answer func(r *http.Request) (saved, error)
}

// A saved page is what answers one request.
type saved struct {
	file        string // if empty, there is no body
	status      int
	contentType string
	location    string // of a redirect
	retryAfter  string
}

// Open reads what a folder holds, such as os.DirFS(dir) or an embedded one. Pages are read when
// they are asked for.
//
// A folder with an index was written by a [Recorder]. It answers each URL with the page that was
// recorded for it. The order of the parameters does not count, nor do tokens. A URL that was
// recorded several times is answered in that order, and then by the last page. On hosts of which
// nothing was recorded only the path and the query count, so that what was recorded from a test
// server replays as the board. A URL that was not recorded is [ErrNotRecorded]; robots.txt is a 404
// then.
//
// A folder without an index is loose. A request whose path ends in the id of a job, which is six
// digits or more, is answered by the page that carries that id as its own: an advert, or a search
// page that shows the advert. If there is none, the answer is a 404. Every other request is taken
// for a search. The first is answered by the first search page in the order of names, the second by
// the second, and when no page is left, by an empty page. Searches that differ in more than their
// offset are counted apart. An offset of 0 starts a search again.
//
// In a loose folder, pages in folders named blocked, empty or *-shell are not served. Pages in
// folders named search* are search pages, and those in folders named detail* or closed are adverts.
// Elsewhere the content decides. If folders at the top are named after boards, such as
// linkedin/search, a search is answered from the one that the host of the request is named after.
// robots.txt is a 404.
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

// RoundTrip answers a GET. The answer to another method is a 405.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // as http.RoundTripper demands
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
	for _, f := range []struct{ name, value string }{
		{"Content-Type", s.contentType}, {"Location", s.location}, {"Retry-After", s.retryAfter},
	} {
		if f.value != "" {
			h.Set(f.name, f.value)
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
