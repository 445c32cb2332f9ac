package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// requestID is the header by which a request is found again in the logs of a proxy and of the
// server.
const requestID = "X-Request-Id"

// bounded gives up on a request whose work takes too long.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		bounded := r.WithContext(ctx)
		next.ServeHTTP(w, bounded)
		r.Pattern = bounded.Pattern // for the log and the metrics, outside
	})
}

// A recorder remembers what was answered.
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

// observed gives each request an id, logs it and counts it. The log holds no query, no body, no
// token and no user.
func (s *server) observed(m *metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := r.Header.Get(requestID)
		if !plain(id) {
			id = rand.Text()[:16]
		}
		w.Header().Set(requestID, id)
		answer := &recorder{ResponseWriter: w}
		defer func(ctx context.Context) {
			if p := recover(); p != nil {
				s.log.Error("a request failed badly", "id", id, "route", r.Pattern, "panic", p, "stack",
					string(debug.Stack()))
				if answer.status == 0 {
					answer.WriteHeader(http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			m.request(r.Pattern, r.Method, answer.status, took)
			level := slog.LevelInfo
			switch {
			case answer.status >= 500:
				level = slog.LevelError
			case r.Pattern == "GET /healthz", r.Pattern == "GET /readyz", r.Pattern == "GET /metrics":
				level = slog.LevelDebug // every few seconds, and all the same
			}
			s.log.Log(
				ctx, level, "request", "id", id, "method", r.Method, "route", r.Pattern, "status",
				answer.status, "bytes", answer.bytes, "took", took,
			)
		}(context.WithoutCancel(r.Context()))
		next.ServeHTTP(answer, r)
	})
}

// plain reports whether an id that a client brought may stand in a log.
func plain(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}
