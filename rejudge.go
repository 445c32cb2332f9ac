package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// A Rejudgement says what [Pipeline.Rejudge] did with the rejected jobs.
type Rejudgement struct {
	Judged   int // jobs whose sketch was judged
	Above    int // those of them that reach the gate now
	Reopened int // those of them that are due
	Old      int // jobs whose sketch is of another version of the sketcher; they stay as they are
	Missing  int // jobs without a sketch; they stay as they are
}

// Rejudge judges every rejected job against Config.Resume by its sketch, without a request to any
// board or model. It reopens the n best of those that reach the gate, so that the next run reads and
// scores them. Scores that no evidence backs come last. The rest stay rejected. It is for a résumé
// that has changed: the same résumé would reopen the same jobs each time.
//
// It returns an error if there is no sketcher, if the sketcher cannot use the résumé, and if the store
// fails or is no [SketchLister] and [Reopener].
func (p *Pipeline) Rejudge(ctx context.Context, n int) (Rejudgement, error) {
	var done Rejudgement
	sketches, isLister := p.cfg.Store.(SketchLister)
	reopener, isReopener := p.cfg.Store.(Reopener)
	switch {
	case n < 1:
		return done, fmt.Errorf("forge: rejudge: %w", &lead.FieldError{
			Field: "n", Problem: fmt.Sprintf("%d is out of range: want 1 or more", n),
		})
	case p.cfg.Sketcher == nil:
		return done, fmt.Errorf("forge: rejudge: %w", &lead.FieldError{
			Field: "Config.Sketcher", Problem: "missing: give lexical.New(nil), which also made the sketches",
		})
	case !isLister || !isReopener:
		return done, fmt.Errorf("forge: rejudge: the store lists no sketches or reopens no jobs: %w",
			errors.ErrUnsupported)
	}
	judge, err := p.cfg.Sketcher.ForSketches(p.cfg.Resume)
	if err != nil {
		return done, fmt.Errorf("forge: rejudge: %w", err)
	}
	r, err := p.rank(ctx, sketches, judge, func(store.Sketched) bool { return true })
	if err != nil {
		return done, fmt.Errorf("forge: rejudge: %w", err)
	}
	done = r.Rejudgement
	done.Reopened, err = p.reopen(ctx, reopener, r.above[:min(n, len(r.above))],
		store.Selection{Statuses: []lead.Status{lead.AutoRejected}})
	if err != nil {
		return done, fmt.Errorf("forge: rejudge: %w", err)
	}
	return done, nil
}

// reopen reopens those of the jobs that which selects, in the order of ids.
func (p *Pipeline) reopen(
	ctx context.Context, reopener Reopener, ids []int64, which store.Selection,
) (n int, err error) {
	for which.IDs = range slices.Chunk(ids, store.MaxBatch) {
		reopened, err := reopener.Reopen(ctx, which)
		n += reopened
		if err != nil {
			return n, fmt.Errorf("reopen jobs: %w", err)
		}
	}
	return n, nil
}

// sketchMargin is how far below the gate a sketch can be of a text that reaches it. A sketch knows less
// than the text: of 131 postings of the sample that the lexical scorer keeps, the sketches of 8 are below
// the gate, 5 of them by 10 points at most.
const sketchMargin = 10

// A ranking says what sketches tell of rejected jobs.
type ranking struct {
	Rejudgement
	above   []int64        // reach the gate, best first
	near    []int64        // are below it by sketchMargin at most
	below   []store.Scored // are further below
	unknown []int64        // the jobs that Old and Missing count
}

// rank judges the rejected jobs that which wants by their sketches.
func (p *Pipeline) rank(
	ctx context.Context, lister SketchLister, judge scorer.SketchScorer, which func(store.Sketched) bool,
) (*ranking, error) {
	type scored struct {
		id, score int64
		verified  bool
	}
	var r ranking
	var above []scored
	for after := int64(0); ; {
		page, err := lister.Sketches(ctx, after, store.MaxSketches)
		if err != nil {
			return nil, fmt.Errorf("list sketches: %w", err)
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
		for _, s := range page {
			if !which(s) {
				continue
			}
			if s.Sketch == nil {
				r.Missing++
				r.unknown = append(r.unknown, s.ID)
				continue
			}
			score, verified, err := judge.ScoreSketch(lead.Lead{PostedAt: s.PostedAt}, s.Sketch)
			switch {
			case errors.Is(err, scorer.ErrSketch):
				r.Old++
				r.unknown = append(r.unknown, s.ID)
				continue
			case err != nil:
				return nil, fmt.Errorf("judge the sketch of job %d: %w", s.ID, err)
			}
			r.Judged++
			switch gap := p.cfg.Gate.Threshold() - score; {
			case gap <= 0 || !verified:
				above = append(above, scored{s.ID, int64(score), verified})
			case gap <= sketchMargin:
				r.near = append(r.near, s.ID)
			default:
				r.below = append(r.below, store.Scored{
					Status: lead.AutoRejected, Score: score, Basis: s.Basis, N: 1,
				})
			}
		}
	}
	r.Above = len(above)
	slices.SortFunc(above, func(a, b scored) int {
		if a.verified != b.verified {
			if a.verified {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	for _, s := range above {
		r.above = append(r.above, s.id)
	}
	return &r, nil
}
