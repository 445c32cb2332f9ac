package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/server/dashboard"
	"github.com/agent-forge/forge/store/rest"
)

// A server is everything that answers requests.
type server struct {
	handler  http.Handler
	log      *slog.Logger
	stopping atomic.Bool
}

// newServer wires the API, the page, the checks and the metrics together. traces is nil where there
// are none.
func newServer(o options, cat *catalogue, known *tokens, traces trace.TracerProvider, log *slog.Logger) (
	*server, error,
) {
	s := &server{log: log}
	m := newMetrics(cat.counts)
	limits := newLimits(o.rate, o.burst)
	forUser := func(user string) forge.Store { return m.observe(cat.forUser(user)) }

	api, err := rest.NewHandler(rest.Config{
		ForUser: forUser, Logger: log,
		Authenticate: func(r *http.Request) (rest.Identity, error) {
			sum := sha256.Sum256([]byte(rest.BearerToken(r)))
			who, ok := known.identify(sum)
			if !ok {
				return who, rest.ErrUnauthorized
			}
			return who, limits.take(sum)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	page, err := dashboard.New(dashboard.Config{
		ForUser: forUser, Identify: known.identify, Gate: o.gate, Address: o.url, Logger: log, Now: o.now,
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}

	mux := http.NewServeMux()
	mux.Handle("/agent-forge/", api)
	mux.Handle("/", page)
	mux.Handle("GET /metrics", m.handler())
	mux.HandleFunc(
		"GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") },
	)
	mux.HandleFunc("GET /readyz", s.ready(cat))
	s.handler = s.observed(m, bounded(mux))
	if traces != nil {
		s.handler = otelhttp.NewHandler(s.handler, "forge", otelhttp.WithTracerProvider(traces))
	}
	return s, nil
}

// ready says whether the server can work: it is not stopping, and its store answers.
func (s *server) ready(cat *catalogue) http.HandlerFunc {
	const patience = 2 * time.Second
	return func(w http.ResponseWriter, r *http.Request) {
		if s.stopping.Load() {
			say(w, http.StatusServiceUnavailable, "stopping")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		counter, ok := cat.forUser("readyz").(forge.Counter) // a name without jobs: the cheapest question
		if !ok {
			say(w, http.StatusServiceUnavailable, "the store cannot count")
			return
		}
		if _, err := counter.Stats(ctx); err != nil {
			s.log.Error("not ready", "error", err)
			say(w, http.StatusServiceUnavailable, "the store does not answer")
			return
		}
		say(w, http.StatusOK, "ready")
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // a prober that went away needs no answer
}
