package forge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
)

// How long a call of the store may go on after the caller's context ended.
const (
	giveBackGrace = 5 * time.Second
	recordGrace   = 15 * time.Second
)

// Discover does stage 1: it searches every board for every query, drops blacklisted leads, and syncs the rest in batches.
// Boards are searched side by side, the queries of one board one after the other.
//
// The report is always valid. The error joins what kept the search from being complete: a board that blocked it, markup
// that was not recognised, the store, the context.
func (p *Pipeline) Discover(ctx context.Context, qs ...lead.Query) (Report, error) {
	if err := checkQueries(qs); err != nil {
		return Report{}, err
	}
	ctx, r := p.newRun(ctx)
	defer r.cancel(nil)
	r.discover(ctx, qs)
	return r.result(ctx)
}

// Enrich does stages 2 and 3 until no job of the pipeline's boards is due: it claims jobs, reads the text of those that nobody
// has read, has them scored, and records what the gate decides. It does not wait for jobs that are due later. When ctx ends,
// jobs at hand are given back.
//
// The report is always valid. The error joins what kept the work from being complete: a board that blocked it, the scorer,
// the store, the context. Failures of single jobs are counted, not returned.
func (p *Pipeline) Enrich(ctx context.Context) (Report, error) {
	ctx, r := p.newRun(ctx)
	defer r.cancel(nil)
	close(r.discovered)
	r.enrich(ctx)
	return r.result(ctx)
}

// Run does all three stages, overlapped: the first jobs are scored while later pages are being searched. Its report and
// error are those of [Pipeline.Discover] and [Pipeline.Enrich] together.
func (p *Pipeline) Run(ctx context.Context, qs ...lead.Query) (Report, error) {
	if err := checkQueries(qs); err != nil {
		return Report{}, err
	}
	ctx, r := p.newRun(ctx)
	defer r.cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(r.discovered)
		r.discover(ctx, qs)
	})
	wg.Go(func() { r.enrich(ctx) })
	wg.Wait()
	return r.result(ctx)
}

func checkQueries(qs []lead.Query) error {
	if len(qs) == 0 {
		return fmt.Errorf("forge: %w", &lead.FieldError{Field: "Query", Problem: "missing: give at least one; lead.Query{} asks for everything"})
	}
	for i, q := range qs {
		if err := q.Validate(); err != nil {
			return fmt.Errorf("forge: query %d: %w", i, err)
		}
	}
	return nil
}

// A run is one call of Discover, Enrich or Run. It exists so that the pipeline itself holds no state.
type run struct {
	*Pipeline
	tally

	cancel context.CancelCauseFunc // of the run's context; errAborted where the run itself ends it

	discovered chan struct{} // closed when no more jobs will be synced by this run
	synced     chan struct{} // one token: a sync made jobs due since the last claim
	stopped    chan struct{} // closed when no more jobs are to be claimed

	mu       sync.Mutex
	errs     []error
	resting  map[string]bool
	searches map[string]context.CancelFunc // of the boards that are being searched
	strains  map[string]int
	halted   bool // stopped is closed
	aborted  sync.Once
}

// errAborted is the cause of a run's context that the run ended, not its caller.
var errAborted = errors.New("forge: run aborted")

func (p *Pipeline) newRun(ctx context.Context) (context.Context, *run) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &run{
		Pipeline: p, tally: tally{observe: p.cfg.Observe}, cancel: cancel,
		discovered: make(chan struct{}), synced: make(chan struct{}, 1), stopped: make(chan struct{}),
		resting: map[string]bool{}, searches: map[string]context.CancelFunc{}, strains: map[string]int{},
	}
}

// lenient returns a context for one call of the store, which outlives ctx by grace: a claim, a batch or a score that was under
// way when the caller cancelled is finished, not torn up. The caller of lenient calls done after the store has answered.
func lenient(ctx context.Context, grace time.Duration) (call context.Context, done func()) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-call.Done():
		}
	})
	return call, func() {
		stop()
		cancel()
	}
}

// cancelled reports whether the caller ended the run.
func cancelled(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), errAborted)
}

func (r *run) result(ctx context.Context) (Report, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := r.errs
	if cancelled(ctx) {
		err := fmt.Errorf("forge: stopped early: %w", ctx.Err())
		if cause := context.Cause(ctx); !errors.Is(ctx.Err(), cause) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		errs = append(slices.Clone(errs), err)
	}
	return r.tally.result(), errors.Join(errs...)
}

// fail records what keeps the run from being complete.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// searching returns the context for a board's searches, which ends when the board is to rest: the page at hand is read to its
// end, and no other is fetched.
func (r *run) searching(ctx context.Context, source string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.searches[source] = cancel
	if r.resting[source] { // an advert of an earlier run's job has just shown it
		cancel()
	}
	return ctx, cancel
}

// rest leaves a board alone for the remainder of the run.
func (r *run) rest(source string, err error) {
	r.mu.Lock()
	already := r.resting[source]
	r.resting[source] = true
	endSearch := r.searches[source]
	r.mu.Unlock()
	if already {
		return
	}
	if endSearch != nil {
		endSearch()
	}
	r.fail(fmt.Errorf("forge: %s is left alone for this run: %w", source, err))
	r.log.Warn("board is left alone for this run", "source", source, "cause", cause("no more requests", err))
	r.note(Event{Kind: EventResting, Source: source, Err: err}, nil)
}

// strained counts transport failures in a row and makes the board rest when there are too many.
func (r *run) strained(source string, err error) {
	r.mu.Lock()
	r.strains[source]++
	tooMany := r.strains[source] >= strainLimit
	r.mu.Unlock()
	if tooMany {
		r.rest(source, fmt.Errorf("%d requests in a row failed: %w", strainLimit, err))
	}
}

func (r *run) answered(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.strains[source] = 0
}

func (r *run) isResting(source string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.resting[source]
}

// awake lists the boards whose jobs may be claimed.
func (r *run) awake() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var sources []string
	for _, s := range slices.Sorted(maps.Keys(r.boards)) {
		if !r.resting[s] {
			sources = append(sources, s)
		}
	}
	return sources
}

// stop ends claiming. The first cause is returned to the caller; later ones are its echoes.
func (r *run) stop(err error) {
	if r.halt() {
		r.fail(err)
		r.note(Event{Kind: EventStopped, Err: err}, nil)
	}
}

// halt reports whether this call was the one that ended claiming.
func (r *run) halt() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halted {
		return false
	}
	r.halted = true
	close(r.stopped)
	r.log.Error("no more jobs are claimed in this run")
	return true
}

// abort stops everything: without the store nothing that is done can be kept.
func (r *run) abort(err error) {
	r.aborted.Do(func() {
		r.halt()
		r.fail(err)
		r.note(Event{Kind: EventStopped, Err: err}, nil)
		r.cancel(errAborted)
	})
}
