package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// A gateway is the whole network of Chromium: an HTTP proxy on loopback that connects to public
// addresses of allowed hosts. Other programs of this machine could use it while Chromium runs, but
// it reaches nothing that they cannot reach directly.
type gateway struct {
	rules    hosts.Rules
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	listener net.Listener
	server   *http.Server
	log      *slog.Logger

	mu      sync.Mutex
	refused map[string]error // by host: why there was no connection
	tunnels map[net.Conn]struct{}
}

func openGateway(ctx context.Context, o *Options, log *slog.Logger) (*gateway, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("browser: open Chromium's proxy: %w", err)
	}
	out := polite.NewTransport(o.AllowLoopback)
	g := &gateway{
		rules: hosts.Rules{Allow: o.Hosts, AllowLoopback: o.AllowLoopback},
		dial:  out.DialContext, listener: listener, log: log,
		refused: make(map[string]error), tunnels: make(map[net.Conn]struct{}),
	}
	forward := &httputil.ReverseProxy{
		Rewrite:   func(*httputil.ProxyRequest) {}, // the request says where it goes
		Transport: out,
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			g.fail(w, r.URL.Hostname(), err)
		},
	}
	g.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := g.rules.Check(&url.URL{Scheme: "http", Host: r.URL.Host}); err != nil {
				g.fail(w, r.URL.Hostname(), err)
				return
			}
			if r.Method == http.MethodConnect {
				g.tunnel(w, r)
				return
			}
			forward.ServeHTTP(w, r)
		}),
	}
	go func() { _ = g.server.Serve(listener) }() // until close
	return g, nil
}

func (g *gateway) address() string { return g.listener.Addr().String() }

func (g *gateway) close() {
	_ = g.server.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.tunnels {
		_ = conn.Close()
	}
}

// maxRefused bounds the memory that a page can use by asking for one invented host after the other.
const maxRefused = 1000

// tunnel connects Chromium to a host and copies both ways until one side ends.
func (g *gateway) tunnel(w http.ResponseWriter, r *http.Request) {
	out, err := g.dial(r.Context(), "tcp", r.Host)
	if err != nil {
		g.fail(w, r.URL.Hostname(), err)
		return
	}
	defer func() { _ = out.Close() }()
	in, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = in.Close() }()
	defer g.keep(in, out)()
	if _, err := io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(out, buffered)
		done <- struct{}{}
	}()
	go func() {
		_, _ = io.Copy(in, out)
		done <- struct{}{}
	}()
	<-done
	_, _ = in.Close(), out.Close() // which ends the other copy
	<-done
}

// keep lets close end a tunnel. The function that it returns undoes that.
func (g *gateway) keep(conns ...net.Conn) (forget func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		g.tunnels[c] = struct{}{}
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, c := range conns {
			delete(g.tunnels, c)
		}
	}
}

// fail ends the connection without an answer, so that no page can take it for one of the host's.
func (g *gateway) fail(w http.ResponseWriter, host string, err error) {
	if errors.Is(err, scraper.ErrBlocked) {
		g.log.Warn("connection refused", "host", host)
		g.mu.Lock()
		if len(g.refused) >= maxRefused {
			clear(g.refused)
		}
		g.refused[host] = err
		g.mu.Unlock()
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// why returns why a host was refused; nil if it was not.
func (g *gateway) why(host string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused[host]
}
