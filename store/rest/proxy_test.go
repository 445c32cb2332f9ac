package rest_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fault is what a network does to one request.
type fault string

const (
	noFault       fault = "none"
	cutBefore     fault = "cut before the request"
	cutAfter      fault = "cut after the commit, before the answer"
	resetHalfway  fault = "reset in the middle of the answer"
	oneByteSlices fault = "an answer of one-byte slices"
	stall         fault = "an answer that never comes"
	duplicate     fault = "a request that arrives twice"
)

// A faultProxy is between a client and a server. It applies one fault to the first request of one
// call.
type faultProxy struct {
	server string // host and port
	listen net.Listener

	mu    sync.Mutex
	fault fault
	call  string // the end of the path that the fault waits for
	hits  int
	conns map[net.Conn]bool
}

func newFaultProxy(tb testing.TB, server string, f fault, call string) *faultProxy {
	tb.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	p := &faultProxy{
		server: strings.TrimPrefix(server, "http://"), listen: listen, fault: f, call: call,
		conns: map[net.Conn]bool{},
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listen.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns[conn] = true
			p.mu.Unlock()
			all.Go(func() { p.serve(conn) })
		}
	})
	tb.Cleanup(func() {
		_ = listen.Close()
		p.mu.Lock()
		for conn := range p.conns {
			_ = conn.Close()
		}
		p.mu.Unlock()
		all.Wait()
	})
	return p
}

func (p *faultProxy) url() string { return "http://" + p.listen.Addr().String() }

// next returns the fault of a request, once.
func (p *faultProxy) next(path string) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hits > 0 || !strings.HasSuffix(path, p.call) {
		return noFault
	}
	p.hits++
	return p.fault
}

func (p *faultProxy) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		p.mu.Lock()
		delete(p.conns, conn)
		p.mu.Unlock()
	}()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		f := p.next(request.URL.Path)
		if f == cutBefore {
			return
		}
		answer, err := p.forward(request, body)
		if err == nil && f == duplicate {
			answer, err = p.forward(request, body)
		}
		if err != nil || !deliver(conn, in, answer, f) {
			return
		}
	}
}

// deliver sends an answer as the fault says, and reports whether the connection stays open.
func deliver(conn net.Conn, in io.Reader, answer []byte, f fault) bool {
	switch f {
	case cutAfter:
		return false
	case stall:
		_, _ = in.Read(make([]byte, 1)) // until the client gives up
		return false
	case resetHalfway:
		_, _ = conn.Write(answer[:len(answer)/2])
		_ = conn.(*net.TCPConn).SetLinger(0)
		return false
	case oneByteSlices:
		for i := range answer {
			if _, err := conn.Write(answer[i : i+1]); err != nil {
				return false
			}
		}
		return true
	default:
		_, err := conn.Write(answer)
		return err == nil
	}
}

// forward sends a request to the server.
func (p *faultProxy) forward(request *http.Request, body []byte) ([]byte, error) {
	r := request.Clone(request.Context())
	r.URL.Scheme, r.URL.Host, r.RequestURI = "http", p.server, ""
	r.Body = io.NopCloser(bytes.NewReader(body))
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return httputil.DumpResponse(response, true)
}
