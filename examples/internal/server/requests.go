package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/server/dashboard"
	"github.com/agent-forge/forge/store/rest"
)

// requestID is the header that identifies a request in the logs of a proxy and of the server.
const requestID = "X-Request-Id"

// bounded ends the context of a request that takes too long. A stream is not one: it ends with its
// client, its token or the server.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest.IsStream(r) {
			next.ServeHTTP(w, r)
			return
		}
		timeout := requestTimeout
		if r.URL.Path == dashboard.CSV || r.URL.Path == dashboard.JSON {
			timeout = exportTimeout
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		bounded := r.WithContext(ctx)
		defer func() { r.Pattern = bounded.Pattern }() // for the log and the metrics, which wrap this handler
		next.ServeHTTP(w, bounded)
	})
}

// A recorder remembers the status and the size of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observed gives each request an id, logs it and counts it. Queries, bodies, tokens and users are
// not logged.
func (s *server) observed(m *metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := r.Header.Get(requestID)
		if !plain(id) {
			id = rand.Text()[:16]
		}
		w.Header().Set(requestID, id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		answer := &recorder{ResponseWriter: w}
		defer func(ctx context.Context) {
			p := recover()
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, which is not wrapped
				defer panic(p) // breaks the connection
			} else if p != nil {
				s.log.Error("a handler panicked", "id", id, "route", r.Pattern, "panic", p, "stack",
					string(debug.Stack()))
				if answer.status == 0 {
					answer.WriteHeader(http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			m.request(ctx, r.Pattern, r.Method, answer.status, took, rest.IsStream(r))
			level := slog.LevelDebug // agents and the page ask every few seconds
			if answer.status >= 500 {
				level = slog.LevelError
			}
			s.log.Log(
				ctx, level, "request", "id", id, "method", r.Method, "route", r.Pattern, "status",
				answer.status, "bytes", answer.bytes, "took", took,
			)
		}(context.WithoutCancel(r.Context()))
		next.ServeHTTP(answer, r)
	})
}

// plain reports whether an id that a client sent can be logged.
func plain(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}
