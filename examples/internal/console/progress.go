// Package console shows a person at a terminal, or a log that reads a pipe, what a pipeline does and what it found. It is
// shared by the examples.
package console

import (
	"fmt"
	"io"
	"os"
	"time"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"

	"github.com/agent-forge/forge"
)

const (
	redrawEvery  = 80 * time.Millisecond
	defaultWidth = 100 // where the output is no terminal
	clearLine    = "\r\x1b[2K"
)

// A Progress turns events into one live line on a terminal, and into plain lines elsewhere. Its Observe is what
// forge.Config.Observe takes: it is called from one goroutine at a time.
type Progress struct {
	w     io.Writer
	live  bool
	width int
	now   func() time.Time
	drawn time.Time
	start time.Time

	found, excluded, due, read, matched, rejected, closed, failed, retried int
}

// NewProgress shows progress on f: live if f is a terminal.
func NewProgress(f *os.File) *Progress {
	p := newProgress(f, term.IsTerminal(int(f.Fd())), time.Now)
	p.width = Width(f)
	return p
}

func newProgress(w io.Writer, live bool, now func() time.Time) *Progress {
	return &Progress{w: w, live: live, width: defaultWidth, now: now, start: now()}
}

// Width returns how many columns f has; 100 where it is no terminal.
func Width(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return defaultWidth
}

// Observe takes one event.
func (p *Progress) Observe(e forge.Event) {
	p.count(e)
	if !p.live {
		if line := plain(e); line != "" {
			p.print(line + "\n")
		}
		return
	}
	if notable(e.Kind) {
		p.print(clearLine + lipgloss.Wrap(plain(e), p.width, " ") + "\n")
	} else if p.now().Sub(p.drawn) < redrawEvery {
		return
	}
	p.draw()
}

// End takes the live line away.
func (p *Progress) End() {
	if p.live {
		p.print(clearLine)
	}
}

func (p *Progress) count(e forge.Event) {
	switch e.Kind {
	case forge.EventFound:
		p.found += e.N
	case forge.EventBlacklisted:
		p.excluded++
	case forge.EventSynced:
		p.due += e.N
	case forge.EventScraped, forge.EventReused:
		p.read++
	case forge.EventMatched:
		p.matched++
	case forge.EventRejected:
		p.rejected++
	case forge.EventClosed:
		p.closed++
	case forge.EventFailed:
		p.failed++
	case forge.EventRetried:
		p.retried++
	}
}

func (p *Progress) draw() {
	p.drawn = p.now()
	line := fmt.Sprintf("%d found · %d excluded · %d new │ %d read │ %d matched · %d rejected", p.found, p.excluded, p.due, p.read, p.matched, p.rejected)
	for _, more := range []struct {
		n    int
		what string
	}{{p.closed, "closed"}, {p.failed, "failed"}, {p.retried, "put off"}} {
		if more.n > 0 {
			line += fmt.Sprintf(" · %d %s", more.n, more.what)
		}
	}
	line += fmt.Sprintf(" │ %.1fs", p.now().Sub(p.start).Seconds())
	p.print(clearLine + lipgloss.NewStyle().MaxWidth(p.width-1).Render(line))
}

// print does not report errors: a terminal that is gone must not end the work.
func (p *Progress) print(s string) { _, _ = io.WriteString(p.w, s) }

// notable events stay on the screen: they say what keeps a run from being complete.
func notable(k forge.EventKind) bool {
	switch k {
	case forge.EventResting, forge.EventStopped, forge.EventFailed, forge.EventCapped, forge.EventUnfiltered, forge.EventSkipped:
		return true
	}
	return false
}

// plain says what happened, in one line; "" for what only matters as a count.
func plain(e forge.Event) string {
	switch e.Kind {
	case forge.EventSynced:
		return fmt.Sprintf("%s: a batch is stored, %d of it to look at", e.Source, e.N)
	case forge.EventSearched:
		return fmt.Sprintf("%s: search done, %d listed", e.Source, e.N)
	case forge.EventMatched:
		return fmt.Sprintf("%s: matched, score %d", e.Key, e.N)
	case forge.EventRejected:
		return fmt.Sprintf("%s: rejected, score %d, text dropped", e.Key, e.N)
	case forge.EventClosed:
		return fmt.Sprintf("%s: closed by the board", e.Key)
	case forge.EventSkipped:
		return fmt.Sprintf("%s: one skipped: %v", e.Source, e.Err)
	case forge.EventCapped, forge.EventUnfiltered:
		return fmt.Sprintf("%s: %v", e.Source, e.Err)
	case forge.EventFailed:
		return fmt.Sprintf("%s: given up: %v", e.Key, e.Err)
	case forge.EventRetried:
		return fmt.Sprintf("%s: put off: %v", e.Key, e.Err)
	case forge.EventResting:
		return fmt.Sprintf("%s: left alone for this run: %v", e.Source, e.Err)
	case forge.EventStopped:
		return fmt.Sprintf("stopped: %v", e.Err)
	default:
		return ""
	}
}

// Count says n of a thing: "1 job", "2 matches".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
