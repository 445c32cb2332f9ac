// Package console shows what a pipeline does and what it found, on a terminal or as plain lines in
// a pipe.
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
	defaultWidth = 100 // columns, if the output is not a terminal
	clearLine    = "\r\x1b[2K"
)

// A Progress shows events as one live line on a terminal, and as plain lines elsewhere. Like
// forge.Config.Observe, which it is made for, its Observe is called from one goroutine at a time.
type Progress struct {
	w     io.Writer
	live  bool
	width int
	now   func() time.Time
	drawn time.Time
	start time.Time

	found, excluded, due, read, matched, rejected, closed, failed, retried int
}

// NewProgress returns a Progress that writes to f, with a live line if f is a terminal.
func NewProgress(f *os.File) *Progress {
	p := newProgress(f, term.IsTerminal(int(f.Fd())), time.Now)
	p.width = Width(f)
	return p
}

func newProgress(w io.Writer, live bool, now func() time.Time) *Progress {
	return &Progress{w: w, live: live, width: defaultWidth, now: now, start: now()}
}

// Width returns the number of columns of f, or 100 if f is not a terminal.
func Width(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return defaultWidth
}

// Observe shows one event.
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

// End removes the live line.
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
	line := fmt.Sprintf("%d found · %d excluded · %d new │ %d read │ %d matched · %d rejected",
		p.found, p.excluded, p.due, p.read, p.matched, p.rejected)
	for _, more := range []struct {
		n    int
		what string
	}{{p.closed, "closed"}, {p.failed, "failed"}, {p.retried, "postponed"}} {
		if more.n > 0 {
			line += fmt.Sprintf(" · %d %s", more.n, more.what)
		}
	}
	line += fmt.Sprintf(" │ %.1fs", p.now().Sub(p.start).Seconds())
	p.print(clearLine + lipgloss.NewStyle().MaxWidth(p.width-1).Render(line))
}

// print ignores errors, because a terminal that is gone must not end the work.
func (p *Progress) print(s string) { _, _ = io.WriteString(p.w, s) }

// notable reports whether an event stays on the screen, because it says why a run is incomplete.
func notable(k forge.EventKind) bool {
	switch k {
	case forge.EventResting, forge.EventStopped, forge.EventFailed,
		forge.EventCapped, forge.EventUnfiltered, forge.EventSkipped:
		return true
	}
	return false
}

// plain describes an event in one line. It returns "" for events that only matter as a count.
func plain(e forge.Event) string {
	switch e.Kind {
	case forge.EventSynced:
		return fmt.Sprintf("%s: a batch is stored, %d of its jobs due", e.Source, e.N)
	case forge.EventSearched:
		return fmt.Sprintf("%s: search done, %d jobs listed", e.Source, e.N)
	case forge.EventMatched:
		return fmt.Sprintf("%s: matched, score %d", e.Key, e.N)
	case forge.EventRejected:
		return fmt.Sprintf("%s: rejected, score %d, text dropped", e.Key, e.N)
	case forge.EventClosed:
		return fmt.Sprintf("%s: closed by the board", e.Key)
	case forge.EventSkipped:
		return fmt.Sprintf("%s: skipped one advert: %v", e.Source, e.Err)
	case forge.EventCapped:
		return fmt.Sprintf("%s: not everything was listed: %v", e.Source, e.Err)
	case forge.EventUnfiltered:
		return fmt.Sprintf("%s: the results are wider than the search: %v", e.Source, e.Err)
	case forge.EventFailed:
		return fmt.Sprintf("%s: given up: %v", e.Key, e.Err)
	case forge.EventRetried:
		return fmt.Sprintf("%s: postponed: %v", e.Key, e.Err)
	case forge.EventResting:
		return fmt.Sprintf("%s: paused for the rest of the run: %v", e.Source, e.Err)
	case forge.EventStopped:
		return fmt.Sprintf("stopped: %v", e.Err)
	default:
		return ""
	}
}
