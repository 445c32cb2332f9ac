package ollama

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

// A Checkup is what [Doctor] found out. What could not be found out is zero.
type Checkup struct {
	// URL is where Ollama answers, Version what it says it is.
	URL, Version string
	// Model is the name that was looked for, and Found reports that the server has it.
	Model string
	Found bool
	// NumCtx is the window with which the model was loaded, in tokens: that of the options, or half
	// of it or less if the memory was too small. Window is what the model can take.
	NumCtx, Window int
	// Size is the loaded model's, window included, in bytes, and Graphics the part in graphics
	// memory.
	Size, Graphics int64
	// Read and Write are tokens a second, measured on a sample.
	Read, Write float64
	// Job is how long a posting takes once the résumé has been read, and Jobs how many are waiting.
	Job  time.Duration
	Jobs int
	// Problem keeps the scorer from working, or makes its answers doubtful. It is nil if all is
	// well.
	Problem error
}

// Doctor examines the server and the model that o names. It loads the model, and has it judge an
// invented posting twice. jobs is how many postings are waiting to be scored. The options can be
// nil. On a slow machine it takes minutes.
func Doctor(ctx context.Context, o *Options, jobs int) Checkup {
	return examine(ctx, o, jobs, inContainer())
}

func inContainer() bool {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} { // Docker's and Podman's
		if _, err := os.Stat(mark); err == nil {
			return true
		}
	}
	return false
}

func examine(ctx context.Context, o *Options, jobs int, container bool) Checkup {
	opts := Options{}
	if o != nil {
		opts = *o
	}
	var calls []llm.Call
	opts.Observe = func(c llm.Call) { calls = append(calls, c) }
	c := Checkup{Model: cmp.Or(opts.Model, DefaultModel), Jobs: jobs}
	s, err := New(&opts)
	if err == nil {
		s, err = c.reach(ctx, s, container)
	}
	if err == nil {
		c.Window, err = s.window(ctx)
		c.Found = err == nil
	}
	for err == nil {
		c.NumCtx = s.opts.NumCtx
		if err = c.measure(ctx, s, &calls); !errors.Is(err, errMemory) || s.opts.NumCtx < 2*leastNumCtx {
			break
		}
		s.opts.NumCtx /= 2
		s, err = New(&s.opts)
	}
	c.Problem = err
	return c
}

const leastNumCtx = 4096

// errMemory is a window with which the model cannot be loaded.
var errMemory = errors.New("ollama: the memory is too small for this window")

// reach finds the server. Inside a container, 127.0.0.1 is the container itself.
func (c *Checkup) reach(ctx context.Context, s *Scorer, container bool) (*Scorer, error) {
	version, err := s.version(ctx)
	if err == nil || version != "" {
		c.URL, c.Version = s.opts.BaseURL, version
		return s, err
	}
	u, _ := url.Parse(s.opts.BaseURL) // New has parsed it
	if !container || !isLoopback(u.Hostname()) {
		return s, err
	}
	for _, host := range containerHosts {
		opts := s.opts
		opts.BaseURL = strings.Replace(opts.BaseURL, u.Hostname(), host, 1)
		other, failed := New(&opts)
		if failed != nil {
			continue
		}
		if c.Version, failed = other.version(ctx); failed == nil {
			c.URL = opts.BaseURL
			return other, nil
		}
	}
	return s, unavailable(err,
		"no connection. In a container, "+u.Hostname()+" is the container itself: start "+
			"Ollama on the machine with OLLAMA_HOST=0.0.0.0, start the container with "+
			"--add-host=host.docker.internal:host-gateway, and give http://host.docker.internal:11434 as "+
			"Ollama's URL")
}

// doctorFile holds a résumé and a posting, separated by a line of dashes.
//
//go:embed doctor.txt
var doctorFile string

// measure scores the sample twice: the first time the model is loaded and reads the résumé, the
// second time is what every further posting takes.
func (c *Checkup) measure(ctx context.Context, s *Scorer, calls *[]llm.Call) error {
	resume, text, _ := strings.Cut(doctorFile, "\n-----\n")
	p := enrich.Posting{
		Lead: lead.Lead{Title: "Warehouse Team Leader", Company: "Example Freight", Location: "Leeds"},
		Data: enrich.Data{Description: text},
	}
	// A name of its own, so that no earlier examination has the server remember the résumé.
	bound, err := s.ForResume(rand.Text() + "\n" + resume)
	if err != nil {
		return err
	}
	*calls = nil
	var last llm.Call
	for range 2 {
		seen := len(*calls)
		if _, err = bound.Score(ctx, "", p); err != nil && !errors.Is(err, scorer.ErrReply) {
			e, ok := errors.AsType[*llm.Error](err)
			if ok && e.Status == http.StatusInternalServerError && !errors.Is(err, scorer.ErrCrashed) {
				return fmt.Errorf("%w: %w", errMemory, err)
			}
			return err
		}
		last = (*calls)[seen]
	}
	first := (*calls)[0]
	c.Read = rate(first.PromptTokens, first.PromptEval)
	c.Write = rate(first.ReplyTokens+last.ReplyTokens, first.Eval+last.Eval)
	c.Job = last.PromptEval + last.Eval
	if loaded, failed := s.find(ctx, "/api/ps"); failed == nil {
		c.Size, c.Graphics = loaded.Size, loaded.Graphics
	}
	return err
}

func rate(tokens int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(tokens) / d.Seconds()
}

// String is one screen of plain words.
func (c Checkup) String() string {
	var b strings.Builder
	line := func(known bool, name, format string, args ...any) {
		if known {
			fmt.Fprintf(&b, "%-9s %s\n", name, fmt.Sprintf(format, args...))
		}
	}
	line(c.URL != "", "Ollama", "answers at %s, version %s", c.URL, c.Version)
	line(c.URL == "", "Ollama", "does not answer")
	line(c.Found, "Model", "%s is there", c.Model)
	line(c.URL != "" && !c.Found, "Model", "%s is not there", c.Model)
	line(c.Window > 0 && c.Read > 0, "Window", "%d tokens fit into memory; the model can take %d", c.NumCtx,
		c.Window)
	switch {
	case c.Size == 0:
	case c.Graphics >= c.Size:
		line(true, "Memory", "%.1f GB, all of it on the graphics card", float64(c.Size)/1e9)
	case c.Graphics > 0:
		line(true, "Memory", "%.1f GB, %d %% of it on the graphics card; a smaller model or window is faster",
			float64(c.Size)/1e9, 100*c.Graphics/c.Size)
	default:
		line(true, "Memory", "%.1f GB, nothing of it on a graphics card, so it is slow", float64(c.Size)/1e9)
	}
	line(c.Read > 0, "Speed", "reads %.0f tokens a second and writes %.0f: %v for a posting",
		c.Read, c.Write, c.Job.Round(time.Second/10))
	jobs, note := c.Jobs, "are waiting, and take"
	if jobs == 0 {
		jobs, note = 100, "would take"
	}
	line(c.Job > 0, "Tonight", "%d jobs %s about %s", jobs, note, roughly(time.Duration(jobs)*c.Job))
	if c.Problem != nil {
		problem := c.Problem.Error()
		if known, ok := errors.AsType[*llm.Error](c.Problem); ok {
			problem = known.Reason
		}
		line(true, "Problem", "%s", problem)
	}
	return b.String()
}

func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f seconds", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}
