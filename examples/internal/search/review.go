package search

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/console"
	"github.com/agent-forge/forge/store"
)

// A Review says which decisions another résumé, scorer or threshold made, and what was done about them.
type Review struct {
	Threshold int              `json:"threshold"`
	Outdated  store.Outdated   `json:"outdated"` // before anything was done
	Regating  store.Regating   `json:"regating"` // what the threshold would change, or did
	Rescored  *forge.Rescoring `json:"rescored"` // nil without -rescore
	Regated   bool             `json:"regated"`
}

// Review looks at what is decided, and decides anew what the flags say. It comes before a run, which
// reads and scores what is due. The gate comes first: what it hides by the score of another résumé is
// scored again, too.
func (o *Options) Review(ctx context.Context, p *forge.Pipeline) (Review, error) {
	r := Review{Threshold: o.Threshold}
	var err error
	if r.Outdated, err = p.Outdated(ctx); err != nil {
		return r, unlessUnsupported(err)
	}
	if r.Regating, err = p.Regating(ctx); err != nil {
		return r, unlessUnsupported(err)
	}
	if o.Regate {
		if r.Regating, err = p.Regate(ctx); err != nil {
			return r, fmt.Errorf("-regate: %w", err)
		}
		r.Regated = true
	}
	if o.Rescore {
		done, err := p.Rescore(ctx)
		if err != nil {
			return r, fmt.Errorf("-rescore: %w", err)
		}
		r.Rescored = &done
	}
	return r, nil
}

func unlessUnsupported(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Lines says to a person what the review found and did. It returns none if every decision is of this
// résumé, scorer and threshold.
func (r Review) Lines() (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, c := range []struct {
		n  int
		of string
	}{
		{r.Outdated.Resume, "of another résumé"},
		{r.Outdated.Scorer, "of another scorer or other settings of it"},
		{r.Outdated.Unknown, "of an earlier version of forge, which did not note the résumé"},
	} {
		what := console.Count(c.n, "score is ", "scores are ") + c.of
		switch {
		case c.n == 0:
		case r.Rescored == nil:
			add("%s; score again with -rescore.", what)
		default:
			add("%s.", what)
		}
	}
	if done := r.Rescored; done != nil {
		add("Scored again now: %s, the best first, each in its place until then, and %s.",
			console.Count(done.Kept, "kept job", "kept jobs"),
			console.Count(done.Rejected, "rejected job", "rejected jobs"))
		if done.Stay > 0 {
			add("%s this résumé, either, by what is known of them.",
				console.Count(done.Stay, "rejected job does not fit", "rejected jobs do not fit"))
		}
	}
	if r.Regating == (store.Regating{}) {
		return lines
	}
	hidden := console.Count(r.Regating.Hidden, "match", "matches")
	back := console.Count(r.Regating.Reopened, "rejected job", "rejected jobs")
	if r.Regated {
		add("The threshold of %d hid %s and brought back %s, whose text is read again now.",
			r.Threshold, hidden, back)
	} else {
		add("The threshold of %d would hide %s, bring back %s (their text is read again); take -regate.",
			r.Threshold, hidden, back)
	}
	return lines
}
