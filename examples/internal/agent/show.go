package agent

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
	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/store"
)

// A screen shows one live line on a terminal.
type screen struct {
	f        *os.File
	progress *console.Progress
}

func newScreen(f *os.File) *screen { return &screen{f: f, progress: console.NewProgress(f)} }

func (s *screen) begin(o options, opened *search.Opened) {
	fmt.Fprintf(console.Prose(s.f), "Server: %s\nBoards: %s\nScorer: %s\nSearch: %s\n\n",
		o.server, opened.Boards.What, opened.Scorer.What, o.Words())
}

func (s *screen) reviewed(r search.Review) {
	if lines := r.Lines(); len(lines) > 0 {
		fmt.Fprintln(console.Prose(s.f), strings.Join(lines, "\n")+"\n")
	}
}

func (s *screen) rejudged(r forge.Rejudgement) {
	fmt.Fprintf(s.f, "Of %d rejected jobs, %d may fit this résumé; %d are read again now.\n",
		r.Judged+r.Old+r.Missing, r.Above, r.Reopened)
	if unknown := r.Old + r.Missing; unknown > 0 {
		fmt.Fprintf(s.f,
			"Another version of forge rejected %d of them. They cannot be judged, and stay rejected.\n",
			unknown)
	}
	fmt.Fprintln(s.f)
}

func (s *screen) observe(e forge.Event) { s.progress.Observe(e) }

func (s *screen) done(r forge.Report, waiting []store.Entry, err error, next time.Duration) {
	s.progress.End()
	w := console.Prose(s.f)
	fmt.Fprintln(w, time.Now().Format(time.TimeOnly))
	fmt.Fprintf(w, "%s\n%s", s.progress.Summary(r), s.progress.Notes())
	console.Waiting(w, waiting, false)
	if next > 0 { // an error that ends the agent is printed by main
		console.Incomplete(w, err)
		fmt.Fprintf(
			s.f, "Next search at %s. Press Ctrl-C to stop.\n", time.Now().Add(next).Format("Mon 15:04"),
		)
	}
	s.progress = console.NewProgress(s.f)
}

func (s *screen) away(err error, wait time.Duration) {
	s.progress.End()
	fmt.Fprintf(s.f, "The server does not answer (%v). Trying again in %v.\n", err, wait.Round(time.Second))
}

// A lines writes JSON lines for a log.
type lines struct{ log *slog.Logger }

func newLines(w io.Writer) *lines { return &lines{log: slog.New(slog.NewJSONHandler(w, nil))} }

func (l *lines) begin(o options, opened *search.Opened) {
	l.log.Info("agent started", "server", o.server, "boards", opened.Boards.What,
		"scorer", opened.Scorer.What, "every", o.every.String())
}

func (l *lines) reviewed(r search.Review) {
	if len(r.Lines()) > 0 {
		l.log.Info("earlier decisions", "outdated", r.Outdated, "rescored", r.Rescored,
			"threshold", r.Threshold, "regating", r.Regating, "regated", r.Regated)
	}
}

func (l *lines) rejudged(r forge.Rejudgement) {
	l.log.Info("rejected jobs judged again", "judged", r.Judged, "above", r.Above, "reopened", r.Reopened,
		"old", r.Old, "missing", r.Missing)
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

func (l *lines) done(r forge.Report, _ []store.Entry, err error, next time.Duration) {
	args := []any{"report", r, "next", next.String()}
	if err != nil {
		l.log.Error("run done, but incomplete", append(args, "error", err.Error())...)
		return
	}
	l.log.Info("run done", args...)
}

func (l *lines) away(err error, wait time.Duration) {
	l.log.Warn("server away", "error", err.Error(), "wait", wait.String())
}
