package forgeotel

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Transport returns next with a span of each request, from its header to the end of the answer's
// body. Give it to the client of a board, for example as polite.Options.Transport; the span then
// leaves out the time for which the client holds a request back. next is required.
func (t *Telemetry) Transport(next http.RoundTripper) http.RoundTripper { return &pages{next, t} }

// pages is a transport with spans.
type pages struct {
	next http.RoundTripper
	t    *Telemetry
}

// RoundTrip implements [http.RoundTripper].
func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, op := p.t.start(r.Context(), "page", "", trace.SpanKindClient, method(r.Method))
	resp, err := p.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		op.end(ctx, err)
		return resp, err
	}
	op.span.SetAttributes(semconv.HTTPResponseStatusCode(resp.StatusCode))
	resp.Body = &body{ReadCloser: resp.Body, end: func(err error, size int) {
		op.end(ctx, err, semconv.HTTPResponseBodySize(size))
	}}
	return resp, nil
}

// CloseIdleConnections passes the call on, as [http.Client] expects of a transport.
func (p *pages) CloseIdleConnections() {
	if c, ok := p.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func method(name string) attribute.KeyValue {
	switch name {
	case "":
		name = http.MethodGet
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		name = "_OTHER"
	}
	return semconv.HTTPRequestMethodKey.String(name)
}

// A body ends the span of its request when it is closed, which can be while it is read.
type body struct {
	io.ReadCloser
	size  atomic.Int64
	err   atomic.Pointer[error] // why it broke off
	close sync.Once
	end   func(err error, size int)
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size.Add(int64(n))
	if err != nil && err != io.EOF {
		b.err.Store(&err)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.close.Do(func() {
		var broken error
		if at := b.err.Load(); at != nil {
			broken = *at
		}
		b.end(broken, int(b.size.Load()))
	})
	return err
}
