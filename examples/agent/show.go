package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/console"
)

// screen shows one live line on a terminal.
type screen struct {
	f        *os.File
	progress *console.Progress
}

func newScreen(f *os.File) *screen { return &screen{f: f, progress: console.NewProgress(f)} }

func (s *screen) begin(o options, boards, scorer string) {
	fmt.Fprintf(s.f, "Server: %s\nBoard:  %s\nScorer: %s\nSearch: %s\n\n", o.server, boards, scorer, strings.Join(o.keywords, ", "))
}

func (s *screen) observe(e forge.Event) { s.progress.Observe(e) }

func (s *screen) done(r forge.Report, err error, next time.Duration) {
	s.progress.End()
	fmt.Fprintf(s.f, "%s  %d found · %d excluded · %d new · %d matched · %d rejected · %d closed\n", time.Now().Format(time.TimeOnly),
		r.Found, r.Blacklisted, r.New, r.Matched, r.Rejected, r.Closed)
	if err != nil {
		fmt.Fprintf(s.f, "Not complete: %v\n", err)
	}
	if next > 0 {
		fmt.Fprintf(s.f, "Next search at %s. Ctrl-C ends.\n", time.Now().Add(next).Format("Mon 15:04"))
	}
	s.progress = console.NewProgress(s.f)
}

func (s *screen) away(err error, wait time.Duration) {
	s.progress.End()
	fmt.Fprintf(s.f, "The server is away (%v); trying again in %v\n", err, wait.Round(time.Second))
}

// lines writes JSON lines for a log.
type lines struct{ log *slog.Logger }

func newLines(w io.Writer) *lines { return &lines{log: slog.New(slog.NewJSONHandler(w, nil))} }

func (l *lines) begin(o options, boards, scorer string) {
	l.log.Info("agent started", "server", o.server, "boards", boards, "scorer", scorer, "every", o.every.String())
}

func (l *lines) observe(e forge.Event) {
	args := []any{"source", e.Source, "n", e.N}
	if e.Key.ExternalID != "" {
		args = append(args, "key", e.Key.String())
	}
	level := slog.LevelInfo
	if e.Err != nil {
		level = slog.LevelWarn
		args = append(args, "error", e.Err.Error())
	}
	l.log.Log(context.Background(), level, string(e.Kind), args...)
}

func (l *lines) done(r forge.Report, err error, next time.Duration) {
	args := []any{"report", r, "next", next.String()}
	if err != nil {
		l.log.Error("run done, not complete", append(args, "error", err.Error())...)
		return
	}
	l.log.Info("run done", args...)
}

func (l *lines) away(err error, wait time.Duration) {
	l.log.Warn("server away", "error", err.Error(), "wait", wait.String())
}
