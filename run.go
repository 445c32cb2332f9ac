package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// A run is one call of Discover, Enrich or Run. It holds the state that the pipeline itself does
// not have.
type run struct {
	*Pipeline
	tally
	boards   map[string]*board // by source
	postings *blame            // for postings that are not scored

	discovered chan struct{} // closed when this run syncs no more jobs
	synced     chan struct{} // holds one token if a sync made jobs due since the last claim

	stopped chan struct{}           // closed when no more jobs are to be claimed
	cancel  context.CancelCauseFunc // of the run's context; with errAborted if the run itself ends it

	mu    sync.Mutex
	errs  []error
	level level
}

// A level says how far a run has ended.
type level int

const (
	going    level = iota
	draining       // no more jobs are claimed; those that are held are finished
	aborted        // the run's context is cancelled: without the store nothing that is done can be kept
)

// The rows of the scorer's blame.
const (
	replies = iota // answers that cannot be used
	crashes        // the scorer's server fails
	overdue        // no answer within Config.ScoreTimeout
)

// errAborted is the cause of a run's context that the run ended, not its caller.
var errAborted = errors.New("forge: run aborted")

func (p *Pipeline) newRun(ctx context.Context) (context.Context, *run) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &run{
		Pipeline:   p,
		tally:      tally{observe: p.cfg.Observe},
		boards:     make(map[string]*board, len(p.cfg.Scrapers)),
		cancel:     cancel,
		discovered: make(chan struct{}),
		synced:     make(chan struct{}, 1),
		stopped:    make(chan struct{}),
	}
	stop := func(advice string) func(int, failure) {
		return func(n int, f failure) {
			r.end(draining, f.cause,
				fmt.Errorf("forge: %d different postings in a row were not scored; %s: %w", n, advice, f.err))
		}
	}
	r.postings = newBlame(
		0,
		row{
			first: several, later: oddLimit, found: stop("take a model that keeps to the form of the answer"),
		},
		row{
			first: several,
			later: several,
			found: stop("see the log of the scorer's server, and give it more memory"),
		},
		row{first: several, later: several, found: stop("take a faster model, or raise Config.ScoreTimeout")},
	)
	for _, s := range p.cfg.Scrapers {
		r.boards[s.Source()] = r.newBoard(s)
	}
	return ctx, r
}

// end ends the run with the error that its caller gets. A level that the run has reached already
// changes nothing: a later error is an echo of the first. The observer is told once, by the first
// cause. The log gets the cause, because the error can hold the words of a model.
func (r *run) end(to level, cause string, err error) {
	r.mu.Lock()
	from := r.level
	r.level = max(from, to)
	r.mu.Unlock()
	if to <= from {
		return
	}
	r.fail(err)
	if from == going {
		close(r.stopped)
		r.log.Error("no more jobs are claimed in this run", "cause", cause)
		r.note(Event{Kind: EventStopped, Err: err}, nil)
	}
	if to == aborted {
		r.cancel(errAborted)
	}
}

// fail records what keeps the run from being complete.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// pause stops the reading of a board's adverts for the rest of the run, and its searches too if all
// is set.
func (r *run) pause(b *board, all bool, cause string, err error) {
	if !b.pause(all) {
		return
	}
	r.fail(fmt.Errorf("forge: %s is left alone for this run: %w", b.Source(), err))
	r.log.Warn("board is left alone for this run", "source", b.Source(), "cause", cause)
	r.note(Event{Kind: EventResting, Source: b.Source(), Err: err}, nil)
}

// cancelled reports whether the caller ended the run.
func cancelled(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), errAborted)
}

func (r *run) result(ctx context.Context) (Report, error) {
	r.mu.Lock()
	errs := slices.Clone(r.errs)
	r.mu.Unlock()
	if cancelled(ctx) {
		err := fmt.Errorf("forge: stopped early: %w", ctx.Err())
		if cause := context.Cause(ctx); !errors.Is(ctx.Err(), cause) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		errs = append(errs, err)
	}
	return r.tally.result(), errors.Join(errs...)
}
