package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/feed"
	"github.com/agent-forge/forge/examples/internal/mcp"
	"github.com/agent-forge/forge/examples/internal/telemetry"
	"github.com/agent-forge/forge/examples/server/dashboard"
	"github.com/agent-forge/forge/store/rest"
)

// A server answers every request.
type server struct {
	handler  http.Handler
	log      *slog.Logger
	stopping atomic.Bool
	end      chan struct{} // closed when streams must end
}

// parts are what a server is made of.
type parts struct {
	catalogue *catalogue
	tokens    *tokens
	traces    trace.TracerProvider
	proxied   bool // a proxy says which client a request is from
	log       *slog.Logger
}

// newServer wires the API, the page, the checks and the metrics together.
func newServer(o options, p parts) (*server, error) {
	s := &server{log: p.log, end: make(chan struct{})}
	m := newMetrics(p.catalogue.counts)
	observed, err := telemetry.New(p.traces, m.registry)
	if err != nil {
		return nil, err
	}
	calls, pages := newLimits(o.rate, o.burst), newLimits(o.rate, o.burst)
	callers := newAgents(o.now)
	added := newQuota(o.daily, o.now)
	forUser := func(user string) forge.Store {
		full, ok := p.catalogue.forUser(user).(fullStore)
		if !ok {
			return observed.Store(p.catalogue.forUser(user))
		}
		return observed.Store(watchedStore{added.of(user, full), p.catalogue.disk})
	}
	authenticate := func(r *http.Request) (rest.Identity, error) {
		sum := sha256.Sum256([]byte(rest.BearerToken(r)))
		who, err := p.tokens.identify(sum)
		if err != nil {
			return who, err
		}
		return who, calls.take(sum)
	}

	api, err := rest.NewHandler(rest.Config{
		ForUser: forUser, Logger: p.log, Authenticate: authenticate, Stopping: s.end,
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	page, err := dashboard.New(dashboard.Config{
		ForUser: forUser, Identify: p.tokens.identify, Limit: pages.take, Enter: pages.enter,
		Client: clientOf(p.proxied), Gate: o.gate, Address: o.url, Logger: p.log, Now: o.now,
		Agents: func(ctx context.Context, user string) dashboard.Agents {
			return knownAgents(ctx, callers, p.catalogue.counts, user)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}

	mux := http.NewServeMux()
	mux.Handle("/agent-forge/", calls.bound(p.tokens, callers.watched(p.tokens, api)))
	mux.Handle(mcp.Path, calls.bound(p.tokens, mcp.NewHandler(authenticate,
		func(who rest.Identity) mcp.Config {
			return mcp.Config{Store: forUser(who.User), Gate: o.gate, Logger: p.log}
		})))
	mux.Handle("GET "+feed.Path, feed.New(feed.Config{
		ForUser: forUser, Authenticate: authenticate, Address: o.url,
	}))
	mux.Handle("/", knownHost(o.url, page))
	mux.Handle("GET /metrics", telemetry.Handler(m.registry))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ready(r.Context(), p); err != nil {
			say(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		say(w, http.StatusOK, "ready")
	})
	s.handler = otelhttp.NewHandler(s.observed(m, bounded(mux)), "forge",
		otelhttp.WithTracerProvider(p.traces))
	return s, nil
}

// ready returns what keeps the server from working. Anybody can read its errors, so they say no
// more than what to look at; the log says the rest.
func (s *server) ready(ctx context.Context, p parts) error {
	const patience = 2 * time.Second
	if s.stopping.Load() {
		return errors.New("stopping")
	}
	if err := p.tokens.problem(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	counter, ok := p.catalogue.forUser("readyz").(forge.Counter) // a user without jobs, whose count is cheap
	if !ok {
		return errors.New("the store cannot count")
	}
	if _, err := counter.Stats(ctx); err != nil {
		s.log.Error("not ready", "error", err)
		return errors.New("the store does not answer")
	}
	if p.catalogue.disk.isFullNow() {
		s.log.Error("not ready", "error", "the disk is full")
		return errors.New("the store's disk is full, so nothing new is stored; make room")
	}
	return nil
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // the client may be gone
}
