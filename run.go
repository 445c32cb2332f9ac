package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/agent-forge/forge/enrich"
)

// A run is one call of Discover, Enrich or Run. It holds all state that changes; a Pipeline never
// does.
type run struct {
	*Pipeline
	tally
	boards   map[string]*board // by source
	postings *blame            // for postings that could not be scored

	discovered chan struct{} // closed when this run syncs no more jobs
	synced     chan struct{} // of capacity 1: tells waitForMore that a sync made jobs due

	stopped chan struct{}           // closed to stop claiming jobs
	cancel  context.CancelCauseFunc // cancels the run's context, with errAborted if the run aborts itself

	basisOnce  sync.Once
	basisValue enrich.Basis // of the run's decisions, once basisOnce is done

	mu    sync.Mutex
	errs  []error
	level level
}

// A level says whether a run is stopping, and how.
type level int

const (
	going    level = iota
	draining       // no more jobs are claimed; those that are held are finished
	aborted        // the run's context is cancelled, because the store failed and nothing can be saved
)

// The kinds of failed scorings: indexes into the streaks of run.postings.
const (
	badReply failureKind = iota // answers that cannot be used
	crash                       // the scorer's server fails
	noReply                     // no answer within Config.ScoreTimeout
)

// errAborted is the cause of the run's context if the run aborted itself, rather than being
// cancelled by its caller.
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
	r.postings = r.scorerBlame()
	for _, s := range p.cfg.Scrapers {
		r.boards[s.Source()] = r.newBoard(s)
	}
	return ctx, r
}

// scorerBlame returns the blame for postings that could not be scored. A common fault stops the run.
func (r *run) scorerBlame() *blame {
	stop := func(advice string) func(int, failure) {
		return func(n int, f failure) {
			const message = "forge: scoring failed for %d different postings in a row (%s): %w"
			r.stop(draining, f.cause, fmt.Errorf(message, n, advice, f.err))
		}
	}
	return newBlame(0,
		streak{ // badReply
			first: several,
			later: oddLimit,
			found: stop("use a model that follows the form of the answer"),
		},
		streak{ // crash
			first: several,
			later: several,
			found: stop("check the log of the model's server, which may need more memory"),
		},
		streak{ // noReply
			first: several,
			later: several,
			found: stop("use a faster model, or raise Config.ScoreTimeout"),
		},
	)
}

// stop stops the run with the error that its caller gets. It does nothing if the run is already at
// that level, because later errors only follow from the first. The observer is notified once. Only
// the cause is logged, because the error can quote a model.
func (r *run) stop(to level, cause string, err error) {
	r.mu.Lock()
	from := r.level
	r.level = max(from, to)
	r.mu.Unlock()
	if to <= from {
		return
	}
	r.addError(err)
	if from == going {
		close(r.stopped)
		r.log.Error("run stopped: no more jobs are claimed", "cause", cause)
		r.note(Event{Kind: EventStopped, Err: err}, nil)
	}
	if to == aborted {
		r.cancel(errAborted)
	}
}

// addError records an error for the result of the run.
func (r *run) addError(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// pause stops reading the adverts of b for the rest of the run, and if all is set, searching it
// too.
func (r *run) pause(b *board, all bool, cause string, err error) {
	if !b.pause(all) {
		return
	}
	r.addError(fmt.Errorf("forge: %s is paused for this run: %w", b.Source(), err))
	r.log.Warn("board paused for this run", "source", b.Source(), "cause", cause)
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
