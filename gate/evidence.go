package gate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/lead"
)

// A Count is the number of jobs that one scorer gave one score, and what the gate did with them.
type Count struct {
	By         string
	Score      int
	Unverified bool
	Kept       int // jobs that the gate kept, whatever the user did with them since

	// Rejected is the number of jobs that the gate rejected. It includes those that an audit drew,
	// whatever status they have now.
	Rejected int

	// Stratum groups counts of one scorer for the audit: all rejected jobs of a stratum have the
	// same chance to be drawn. One stratum for all scores gives the narrowest interval for the loss
	// of the gate; one for each band of scores asks about every band.
	Stratum int
}

// Validate reports a score outside 0 to 100 or a negative number as a [*lead.FieldError].
func (c Count) Validate() error {
	if c.Score < 0 || c.Score > 100 {
		return &lead.FieldError{
			Field:   "score",
			Problem: fmt.Sprintf("%d is out of range: want 0 to 100", c.Score),
		}
	}
	for _, n := range []struct {
		field string
		value int
	}{{"kept", c.Kept}, {"rejected", c.Rejected}, {"stratum", c.Stratum}} {
		if n.value < 0 {
			return &lead.FieldError{Field: n.field, Problem: fmt.Sprintf("%d is negative", n.value)}
		}
	}
	return nil
}

// Evidence is all that is known of one user's gate: the labels, and the number of jobs that they
// were given out of. It holds jobs that have a score now; a job that was scored again counts with
// its last score.
type Evidence struct {
	Labels []Label
	Counts []Count
}

// Scorer returns the name of the scorer whose evidence e is, and "" if e is empty. Of evidence that
// [Evidence.ByScorer] did not split it is one of the names.
func (e Evidence) Scorer() string {
	switch {
	case len(e.Counts) > 0:
		return e.Counts[0].By
	case len(e.Labels) > 0:
		return e.Labels[0].By
	}
	return ""
}

// ByScorer splits e into the evidence of each scorer, that of the most jobs first. Scores of two
// scorers, or of two versions of one, do not mean the same and are never pooled.
func (e Evidence) ByScorer() []Evidence {
	parts := map[string]*Evidence{}
	part := func(by string) *Evidence {
		if parts[by] == nil {
			parts[by] = &Evidence{}
		}
		return parts[by]
	}
	jobs := map[string]int{}
	for _, c := range e.Counts {
		p := part(c.By)
		p.Counts = append(p.Counts, c)
		jobs[c.By] += c.Kept + c.Rejected
	}
	for _, l := range e.Labels {
		p := part(l.By)
		p.Labels = append(p.Labels, l)
	}
	split := make([]Evidence, 0, len(parts))
	for _, p := range parts {
		split = append(split, *p)
	}
	slices.SortFunc(split, func(a, b Evidence) int {
		return cmp.Or(
			cmp.Compare(jobs[b.Scorer()], jobs[a.Scorer()]), cmp.Compare(a.Scorer(), b.Scorer()),
		)
	})
	return split
}
