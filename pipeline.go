package forge

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
)

// A Pipeline finds jobs, has them scored, and records what was decided. Any number of pipelines can
// work on one store. Its methods are safe for concurrent use.
//
// A pipeline remembers what its scorer said of the last few thousand adverts. The same advert on
// another board, in another city or under a new id gets the same assessment: see package twin. A low
// score is taken over only if the texts are nearly identical and state the same figures and levels.
// Nothing else is kept between calls.
type Pipeline struct {
	cfg    Config
	scorer Scorer // bound to the résumé
	seen   *scored
	log    *slog.Logger
	jitter func(time.Duration) time.Duration
}

// Discover does stage 1: it searches every board for every query, drops blacklisted leads, and
// syncs the rest in batches. Different boards are searched at the same time, the queries of one
// board one after the other.
//
// The report is always valid. The error joins what kept the search from being complete: a board
// that refused it, markup that was not recognised, the store, the context.
func (p *Pipeline) Discover(ctx context.Context, qs ...lead.Query) (Report, error) {
	if err := checkQueries(qs); err != nil {
		return Report{}, err
	}
	ctx, r := p.newRun(ctx)
	defer r.cancel(nil)
	r.discover(ctx, qs)
	return r.result(ctx)
}

// Enrich does stages 2 and 3 until no job of the pipeline's boards is due: it claims jobs, reads
// the adverts that nobody has read, has them scored, and records what the gate decides. It does not
// wait for jobs that are due later. When ctx ends, the jobs that it holds are given back.
//
// The report is always valid. The error joins what kept the work from being complete: a board that
// refused it, the scorer, the store, the context. Failures of single jobs are counted, not
// returned.
func (p *Pipeline) Enrich(ctx context.Context) (Report, error) {
	ctx, r := p.newRun(ctx)
	defer r.cancel(nil)
	close(r.discovered)
	r.enrich(ctx)
	return r.result(ctx)
}

// Run does all three stages, overlapped: the first jobs are scored while later pages are being
// searched. Its report and error are those of [Pipeline.Discover] and [Pipeline.Enrich] together.
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
		return fmt.Errorf("forge: %w", &lead.FieldError{
			Field: "Query", Problem: "missing: pass at least one; lead.Query{} asks for everything",
		})
	}
	for i, q := range qs {
		if err := q.Validate(); err != nil {
			return fmt.Errorf("forge: query %d: %w", i, err)
		}
	}
	return nil
}
