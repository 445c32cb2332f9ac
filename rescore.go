package forge

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Outdated counts the jobs that were scored with another résumé or another scorer than the pipeline's,
// and those of which that is not known. It returns an error that wraps errors.ErrUnsupported if the
// store is no [Counter].
func (p *Pipeline) Outdated(ctx context.Context) (store.Outdated, error) {
	stats, err := p.stats(ctx)
	if err != nil {
		return store.Outdated{}, fmt.Errorf("forge: outdated: %w", err)
	}
	return stats.Outdated(p.Basis(ctx)), nil
}

// A Rescoring says what [Pipeline.Rescore] did.
type Rescoring struct {
	Kept int // matches and marked jobs that are due; they keep their place and status until they are scored

	// Rejected are the rejected jobs that are due: those that reach the gate by their sketch, and those
	// whose sketch says nothing, because it is missing or of another version.
	Rejected int
	Stay     int // rejected jobs that their sketch rejects for this résumé, too
}

// Rescore makes the jobs due that [Pipeline.Outdated] counts, so that the next run scores them. Jobs
// that the user kept come first. Rejected jobs are judged at once by their sketches, as
// [Pipeline.Rejudge] does it; without a sketcher, all of them are due.
//
// It returns an error that wraps errors.ErrUnsupported if the store is no [Counter] and [Reopener], and
// an error if the store fails. A repeat goes on where an error ended it.
func (p *Pipeline) Rescore(ctx context.Context) (Rescoring, error) {
	done, err := p.rescore(ctx)
	if err != nil {
		return done, fmt.Errorf("forge: rescore: %w", err)
	}
	return done, nil
}

func (p *Pipeline) rescore(ctx context.Context) (done Rescoring, err error) {
	reopener, ok := p.cfg.Store.(Reopener)
	if !ok {
		return done, fmt.Errorf("the store reopens no jobs: %w", errors.ErrUnsupported)
	}
	stats, err := p.stats(ctx)
	if err != nil {
		return done, err
	}
	basis := p.Basis(ctx)
	statuses := []lead.Status{lead.Matched}
	for s := range stats.ByStatus {
		if s.Application() && s != lead.Dismissed {
			statuses = append(statuses, s)
		}
	}
	done.Kept, err = reopener.Reopen(ctx, store.Selection{Statuses: statuses, NotBasis: basis})
	if err != nil {
		return done, fmt.Errorf("reopen matches: %w", err)
	}
	rejected := store.Selection{Statuses: []lead.Status{lead.AutoRejected}, NotBasis: basis}
	sketches, ok := p.cfg.Store.(SketchLister)
	if !ok || p.cfg.Sketcher == nil {
		done.Rejected, err = reopener.Reopen(ctx, rejected)
		return done, err
	}
	judge, err := p.cfg.Sketcher.ForSketches(p.cfg.Resume)
	if err != nil {
		return done, err
	}
	var judged Rejudgement
	ids, err := p.rank(ctx, sketches, judge, &judged)
	if err != nil {
		return done, err
	}
	done.Rejected, err = p.reopen(ctx, reopener, append(ids, judged.unknown...), rejected)
	done.Stay = stats.Outdated(basis).Rejected - done.Rejected
	return done, err
}

func (p *Pipeline) stats(ctx context.Context) (store.Stats, error) {
	counter, ok := p.cfg.Store.(Counter)
	if !ok {
		return store.Stats{}, fmt.Errorf("the store counts no jobs: %w", errors.ErrUnsupported)
	}
	return counter.Stats(ctx)
}

// Regating counts what [Pipeline.Regate] would do. It returns an error that wraps
// errors.ErrUnsupported if the store is no [Counter].
func (p *Pipeline) Regating(ctx context.Context) (store.Regating, error) {
	stats, err := p.stats(ctx)
	if err != nil {
		return store.Regating{}, fmt.Errorf("forge: regating: %w", err)
	}
	return stats.Regating(p.cfg.Gate), nil
}

// Regate applies Config.Gate to the jobs that are decided; see [Regater]. It returns an error that
// wraps errors.ErrUnsupported if the store is no Regater.
func (p *Pipeline) Regate(ctx context.Context) (store.Regating, error) {
	regater, ok := p.cfg.Store.(Regater)
	if !ok {
		return store.Regating{}, fmt.Errorf("forge: regate: the store applies no gate: %w",
			errors.ErrUnsupported)
	}
	done, err := regater.Regate(ctx, p.cfg.Gate)
	if err != nil {
		return done, fmt.Errorf("forge: regate: %w", err)
	}
	return done, nil
}
