package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A userRun is one user's pipeline in one job. It remembers which boards refused the fleet.
type userRun struct {
	*forge.Pipeline
	worker *worker

	mu      sync.Mutex
	blocked map[string]time.Duration // by board: how long it asked for; 0: it did not say
}

// pipeline makes the pipeline of one user. The résumé comes from this machine and goes to the
// scorer alone.
//
// exclude are the patterns of a search.
func (w *worker) pipeline(
	ctx context.Context, user string, exclude []string, view forge.Store, boards ...forge.Scraper,
) (*userRun, error) {
	g, err := gateOf(ctx, w.pool, user)
	if err != nil {
		return nil, err
	}
	judge, err := w.scorer(g)
	if err != nil {
		return nil, err
	}
	blacklist, err := lead.NewBlacklist(exclude...)
	if err != nil {
		return nil, err
	}
	resume, err := w.resume(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("résumé of %q: %w", user, err)
	}
	run := &userRun{worker: w, blocked: map[string]time.Duration{}}
	cfg := forge.Config{
		Scrapers: boards, Scorer: judge, Sketcher: w.sketcher, Store: view, Resume: resume,
		Lease: w.lease, Scores: w.scores,
		Gate: g, Blacklist: blacklist,
		Observe: run.observe, Logger: w.log,
	}
	if w.telemetry != nil {
		cfg = w.telemetry.Config(cfg) //nolint:contextcheck // an event has no context
	}
	run.Pipeline, err = forge.New(cfg)
	return run, err
}

func (r *userRun) observe(e forge.Event) {
	if e.Kind != forge.EventResting || !errors.Is(e.Err, scraper.ErrBlocked) {
		return
	}
	var wait time.Duration
	if page, ok := errors.AsType[*scraper.PageError](e.Err); ok {
		wait = page.Wait
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocked[e.Source] = wait
}

// refused reports whether the board refused the fleet during this run.
func (r *userRun) refused(board string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, refused := r.blocked[board]
	return refused
}

// settle makes the whole fleet leave alone the boards that refused it, and returns what else kept
// the run from being complete. A refusal is not a failure of the job: its work stays due.
func (r *userRun) settle(ctx context.Context, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for source, wait := range r.blocked {
		if err := r.worker.boards[source].pace.block(context.WithoutCancel(ctx), wait); err != nil {
			return fmt.Errorf("leave %s alone: %w", source, err)
		}
		r.worker.log.Warn("board refuses this address; the fleet leaves it alone", "board", source)
	}
	var rest []error
	for _, e := range unjoin(err) {
		if !errors.Is(e, scraper.ErrBlocked) {
			rest = append(rest, e)
		}
	}
	return errors.Join(rest...)
}

func unjoin(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
