package scrapertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

const (
	boardHost   = "board.test" // RFC 6761: never a real host
	boardURL    = "http://" + boardHost
	maxRequests = 500 // of one case; no case needs a tenth of it
)

var boardBase = &url.URL{Scheme: "http", Host: boardHost, Path: "/"}

// A call is a request that the board made.
type call struct {
	job   string // the posting asked for; "": a search
	start int    // what Site.Start read
	nth   int    // among the calls of its kind, from 0
	said  string // the request's URL and body
}

// A reply is an answer, or what a broken network makes of it.
type reply struct {
	Answer
	err   error // instead of an answer
	cut   bool  // the body ends half way, with an error
	stall bool  // the body stops half way, until the request is cancelled
	// endless makes the body go on after its end.
	endless bool
}

// web is the network that a case gives its board: one site that answers from memory. It is an
// http.RoundTripper.
type web struct {
	t    testing.TB
	site Site

	mu       sync.Mutex
	cards    []lead.Lead // the whole list, repeats included
	sizes    []int       // cards per page, over and over
	jobs     map[string]enrich.Posting
	fault    func(c call) *reply // nil, or nil returned: the site as it should be
	calls    []call
	wall     map[string]Answer // pages that redirects lead to, by host and path
	open     int               // bodies that were not closed
	stalled  chan struct{}     // closed when a body has stalled
	anywhere bool              // a request went to another host
}

func (w *web) RoundTrip(req *http.Request) (*http.Response, error) {
	var form []byte
	if req.Body != nil {
		form, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(form))
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	_, led := w.behindRedirect(req.URL)
	if req.URL.Host != boardHost && !led {
		w.mu.Lock()
		w.anywhere = true
		w.mu.Unlock()
		return nil, errors.New("scrapertest: this host is not the board's")
	}
	r, err := w.answer(req, req.URL.String()+" "+string(form))
	if err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	resp := &http.Response{
		StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: r.Header.Clone(), ContentLength: int64(len(r.Body)),
	}
	resp.Status = http.StatusText(r.Status)
	if resp.Header == nil {
		resp.Header = make(http.Header)
	}
	if resp.StatusCode == 0 {
		resp.StatusCode = http.StatusOK
	}
	if resp.Header.Get("Content-Type") == "" {
		resp.Header.Set("Content-Type", w.contentType())
	}
	sent := r.Body
	if r.cut || r.stall {
		sent = sent[:len(sent)/2]
	}
	if r.endless {
		resp.ContentLength = -1
	}
	resp.Body = &body{w: w, ctx: req.Context(), rest: bytes.NewReader(sent), reply: r}
	w.mu.Lock()
	w.open++
	w.mu.Unlock()
	return resp, nil
}

func (w *web) contentType() string {
	if w.site.ContentType != "" {
		return w.site.ContentType
	}
	return "text/html; charset=utf-8"
}

// answer records the request and renders what it asks for.
func (w *web) answer(req *http.Request, said string) (reply, error) {
	if a, ok := w.behindRedirect(req.URL); ok {
		return reply{Answer: a}, nil
	}
	c := call{job: w.site.JobID(req), said: said}
	if c.job == "" {
		c.start = w.site.Start(req)
	}
	w.mu.Lock()
	for _, before := range w.calls {
		if (before.job == "") == (c.job == "") {
			c.nth++
		}
	}
	w.calls = append(w.calls, c)
	tooMany := len(w.calls) > maxRequests
	fault := w.fault
	w.mu.Unlock()
	if tooMany {
		w.t.Errorf("more than %d requests: the search has no end", maxRequests)
		return reply{}, errors.New("scrapertest: too many requests")
	}
	if fault != nil {
		if r := fault(c); r != nil {
			return w.redirect(*r), nil
		}
	}
	if c.job != "" {
		p, ok := w.posting(c.job)
		if !ok {
			return reply{Answer: Answer{Status: http.StatusNotFound}}, nil
		}
		return reply{Answer: Answer{Body: w.site.Job(p)}}, nil
	}
	return reply{Answer: Answer{Body: w.site.List(w.page(c.start))}}, nil
}

func (w *web) posting(id string) (enrich.Posting, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.jobs[id]
	return p, ok
}

// redirect sends an answer with a Location in two steps.
func (w *web) redirect(r reply) reply {
	location := r.Header.Get("Location")
	if location == "" {
		return r
	}
	if r.Status == 0 {
		r.Status = http.StatusFound
	}
	if to, err := boardBase.Parse(location); err == nil {
		w.mu.Lock()
		if w.wall == nil {
			w.wall = make(map[string]Answer)
		}
		w.wall[to.Host+to.Path] = Answer{Body: r.Body}
		w.mu.Unlock()
	}
	r.Body = nil
	return r
}

func (w *web) behindRedirect(u *url.URL) (Answer, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.wall[u.Host+u.Path]
	return a, ok
}

// bounds returns where the pages begin, and the end of the last one.
func (w *web) bounds() []int {
	at := []int{0}
	for i := 0; at[i] < len(w.cards); i++ {
		at = append(at, min(at[i]+w.sizes[i%len(w.sizes)], len(w.cards)))
	}
	return at
}

// page returns the page that begins at start. A start that is no page's beginning gets the rest of
// its page: that is what real boards do, and the case sees the request.
func (w *web) page(start int) List {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.bounds()
	l := List{Start: start, Total: len(w.cards)}
	if w.site.ByPage {
		if start < 0 || start >= len(at)-1 {
			l.Start = len(w.cards)
			return l
		}
		l.Start, l.Cards = at[start], w.cards[at[start]:at[start+1]]
		if start+1 < len(at)-1 {
			l.Next = start + 1
		}
		return l
	}
	for _, end := range at[1:] {
		if start >= 0 && start < end {
			l.Cards = w.cards[start:end]
			if end < len(w.cards) {
				l.Next = end
			}
			break
		}
	}
	return l
}

// searches returns what Site.Start read from each search request, in order.
func (w *web) searches() (starts []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.calls {
		if c.job == "" {
			starts = append(starts, c.start)
		}
	}
	return starts
}

// asked returns what the search requests said.
func (w *web) asked() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var said []string
	for _, c := range w.calls {
		if c.job == "" {
			said = append(said, c.said)
		}
	}
	return lines(said...)
}

// forget begins the count of requests anew.
func (w *web) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = nil
}

func (w *web) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.calls)
}

// A body is a page on its way. It knows whether it was closed.
type body struct {
	w      *web
	ctx    context.Context // of the request, with which the body ends
	rest   *bytes.Reader
	reply  reply
	filler int // bytes after the end of an endless page
	once   sync.Once
}

// maxPage is how much of an endless page is sent before the case fails.
const maxPage = 32 << 20

func (b *body) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.rest.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch {
	case b.reply.cut:
		return n, io.ErrUnexpectedEOF
	case b.reply.endless && b.filler < maxPage:
		for i := range p {
			p[i] = ' '
		}
		b.filler += len(p)
		return len(p), nil
	case b.reply.endless:
		b.w.t.Errorf("more than %d MB of one page were read: limit what is read of an answer", maxPage>>20)
	case b.reply.stall:
		b.w.mu.Lock()
		if b.w.stalled != nil {
			close(b.w.stalled)
			b.w.stalled = nil
		}
		b.w.mu.Unlock()
		<-b.ctx.Done()
		return n, b.ctx.Err()
	}
	return n, io.EOF
}

func (b *body) Close() error {
	b.once.Do(func() {
		b.w.mu.Lock()
		b.w.open--
		b.w.mu.Unlock()
	})
	return nil
}

// html wraps a fragment in a page that no board knows.
func html(fragment string) []byte {
	return []byte("<!DOCTYPE html><html><head><title>Page</title></head><body>" + fragment + "</body></html>")
}

// halves splits text where a connection broke off.
func half(b []byte) []byte { return b[:len(b)/2] }

func lines(s ...string) string { return strings.Join(s, "\n") }
