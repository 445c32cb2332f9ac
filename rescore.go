package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Outdated counts what [Pipeline.Rescore] would make due: the jobs that were scored with another
// résumé or another scorer than the pipeline's, and those of which that is not known. A rejected job
// that its sketch rejects for this résumé, too, is not counted, because the sketch has judged it.
//
// It returns an error that wraps errors.ErrUnsupported if the store is no [Counter], and an error if
// the store fails or the sketcher cannot use the résumé.
func (p *Pipeline) Outdated(ctx context.Context) (store.Outdated, error) {
	o, err := p.outdated(ctx)
	if err != nil {
		return o, fmt.Errorf("forge: outdated: %w", err)
	}
	return o, nil
}

func (p *Pipeline) outdated(ctx context.Context) (o store.Outdated, err error) {
	stats, err := p.stats(ctx)
	if err != nil {
		return o, err
	}
	basis := p.Basis(ctx)
	o = stats.Outdated(basis)
	if o.Rejected == 0 {
		return o, nil
	}
	r, err := p.rankOutdated(ctx, basis)
	if err != nil || r == nil {
		return o, err
	}
	below := store.Stats{Scored: r.below}.Outdated(basis)
	o.Resume -= below.Resume
	o.Scorer -= below.Scorer
	o.Unknown -= below.Unknown
	o.Rejected -= below.Rejected
	return o, nil
}

// A Rescoring says what [Pipeline.Rescore] did.
type Rescoring struct {
	Kept int // matches and marked jobs that are due; they keep their place and status until they are scored

	// Rejected are the rejected jobs that are due: those that reach the gate by their sketch, those that
	// come within 10 points of it, because a sketch knows less than the text, and those whose sketch says
	// nothing, because it is missing or of another version.
	Rejected int
	Stay     int // rejected jobs that their sketch rejects for this résumé, too
}

// Rescore makes the jobs due that [Pipeline.Outdated] counts, so that the next run scores them. Jobs
// that the user kept come first, the best of them before the others. Rejected jobs are judged at once
// by their sketches, as [Pipeline.Rejudge] does it, and follow in that order; without a sketcher, all
// of them are due.
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
	kept := store.Selection{Statuses: []lead.Status{lead.Matched}, NotBasis: basis}
	for s := range stats.ByStatus {
		if s.Application() && s != lead.Dismissed {
			kept.Statuses = append(kept.Statuses, s)
		}
	}
	if done.Kept, err = reopener.Reopen(ctx, kept); err != nil {
		return done, fmt.Errorf("reopen matches: %w", err)
	}
	rejected := store.Selection{Statuses: []lead.Status{lead.AutoRejected}, NotBasis: basis}
	r, err := p.rankOutdated(ctx, basis)
	switch {
	case err != nil:
		return done, err
	case r == nil:
		done.Rejected, err = reopener.Reopen(ctx, rejected)
	default:
		done.Rejected, err = p.reopen(ctx, reopener, slices.Concat(r.above, r.near, r.unknown), rejected)
		done.Stay = len(r.below)
	}
	return done, err
}

// rankOutdated ranks the rejected jobs that basis does not cover by their sketches. It returns nil if
// nobody makes sketches or the store lists none.
func (p *Pipeline) rankOutdated(ctx context.Context, basis enrich.Basis) (*ranking, error) {
	lister, ok := p.cfg.Store.(SketchLister)
	if !ok || p.cfg.Sketcher == nil {
		return nil, nil //nolint:nilnil // there is no ranking, and no failure
	}
	judge, err := p.cfg.Sketcher.ForSketches(p.cfg.Resume)
	if err != nil {
		return nil, err
	}
	return p.rank(ctx, lister, judge, func(s store.Sketched) bool { return !basis.Covers(s.Basis) })
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
