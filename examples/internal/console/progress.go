// Package console shows what a pipeline does and what it found, on a terminal or as plain lines in
// a pipe.
package console

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
)

const (
	tickEvery    = time.Second      // a live line counts the seconds while nothing happens
	quiet        = 15 * time.Second // plain lines say after this long that the work goes on
	redrawEvery  = 80 * time.Millisecond
	defaultWidth = 100 // columns, if the output is not a terminal
	clearLine    = "\r\x1b[2K"
)

// A Progress shows events as one live line on a terminal, and as plain lines elsewhere. While
// nothing happens it shows that the work goes on. End ends it.
type Progress struct {
	// Verbose names each job that is excluded.
	Verbose bool

	w     io.Writer
	live  bool
	width int
	now   func() time.Time
	ended chan struct{}

	mu           sync.Mutex
	start, drawn time.Time // drawn is when something was shown last
	excluded     []*lead.ExcludedError
	wider        []string // what boards could not filter or list, each once

	found, refused, due, read, matched, rejected, closed, failed, retried int
}

// NewProgress returns a Progress that writes to f, with a live line if f is a terminal.
func NewProgress(f *os.File) *Progress {
	p := newProgress(f, term.IsTerminal(int(f.Fd())), time.Now)
	p.width = Width(f)
	go p.tick(time.NewTicker(tickEvery))
	return p
}

func newProgress(w io.Writer, live bool, now func() time.Time) *Progress {
	return &Progress{
		w: w, live: live, width: defaultWidth, now: now, start: now(), drawn: now(),
		ended: make(chan struct{}),
	}
}

func (p *Progress) tick(t *time.Ticker) {
	defer t.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-t.C:
			p.idle()
		}
	}
}

// idle shows that the work goes on if nothing has happened for a while.
func (p *Progress) idle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch silent := p.now().Sub(p.drawn); {
	case p.live && silent >= tickEvery:
		p.draw()
	case !p.live && silent >= quiet:
		p.drawn = p.now()
		p.print("still at work: " + p.counts() + "\n")
	}
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
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count(e)
	if !p.live {
		if line := plain(e); line != "" && (p.Verbose || e.Kind != forge.EventBlacklisted) {
			p.drawn = p.now()
			p.print(line + "\n")
		}
		return
	}
	if notable(e.Kind) || p.Verbose && e.Kind == forge.EventBlacklisted {
		p.print(clearLine + lipgloss.Wrap(plain(e), p.width, " ") + "\n")
	} else if p.now().Sub(p.drawn) < redrawEvery {
		return
	}
	p.draw()
}

// End removes the live line. It is called once, after the last event.
func (p *Progress) End() {
	close(p.ended)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		p.print(clearLine)
	}
}

// Notes says, one thing a line, what the reader of a summary would miss: which jobs were dropped unread
// by which pattern, a few of each unless Verbose is set, and what a board could not filter or list. It
// returns "" if there is nothing to say.
func (p *Progress) Notes() string {
	const most = 3
	p.mu.Lock()
	defer p.mu.Unlock()
	var patterns []string
	titles := make(map[string][]string)
	for _, e := range p.excluded {
		if titles[e.Pattern] == nil {
			patterns = append(patterns, e.Pattern)
		}
		if !slices.Contains(titles[e.Pattern], e.Lead.Title) {
			titles[e.Pattern] = append(titles[e.Pattern], e.Lead.Title)
		}
	}
	text := ""
	for _, pattern := range patterns {
		names := titles[pattern]
		text += fmt.Sprintf("Excluded unread by %q: ", pattern)
		if more := len(names) - most; more > 0 && !p.Verbose {
			text += quoted(names[:most]) + fmt.Sprintf(" and %d more (-v names all)\n", more)
		} else {
			text += quoted(names) + "\n"
		}
	}
	for _, line := range p.wider {
		text += line + "\n"
	}
	return text
}

func (p *Progress) count(e forge.Event) {
	switch e.Kind {
	case forge.EventFound:
		p.found += e.N
	case forge.EventBlacklisted:
		if excluded, ok := errors.AsType[*lead.ExcludedError](e.Err); ok {
			p.excluded = append(p.excluded, excluded)
		}
	case forge.EventSkipped:
		if e.Key.ExternalID != "" { // it was found; a card without a key was not
			p.refused++
		}
	case forge.EventUnfiltered, forge.EventCapped:
		if line := plain(e); !slices.Contains(p.wider, line) {
			p.wider = append(p.wider, line)
		}
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
	line := fmt.Sprintf("%s │ %.1fs", p.counts(), p.now().Sub(p.start).Seconds())
	p.print(clearLine + lipgloss.NewStyle().MaxWidth(p.width-1).Render(line))
}

func (p *Progress) counts() string {
	line := fmt.Sprintf("%d found · %d excluded · %d due │ %d read │ %d matched · %d rejected",
		p.found, len(p.excluded), p.due, p.read, p.matched, p.rejected)
	for _, more := range []struct {
		n    int
		what string
	}{{p.closed, "closed"}, {p.failed, "failed"}, {p.retried, "postponed"}} {
		if more.n > 0 {
			line += fmt.Sprintf(" · %d %s", more.n, more.what)
		}
	}
	return line
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
	case forge.EventBlacklisted:
		return fmt.Sprintf("%s: excluded unread: %v", e.Source, e.Err)
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

func quoted(titles []string) string {
	all := make([]string, len(titles))
	for i, t := range titles {
		all[i] = fmt.Sprintf("%q", t)
	}
	return strings.Join(all, ", ")
}
