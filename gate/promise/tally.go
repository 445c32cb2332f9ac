package promise

import (
	"fmt"
	"strings"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// A MixedError says that the evidence comes from several scorers or versions of one, whose scores
// are not pooled. [gate.Evidence.ByScorer] splits it.
type MixedError struct{ Scorers []string }

// Error names the scorers.
func (e *MixedError) Error() string {
	return fmt.Sprintf("scores of %d scorers are not pooled (%s): split the evidence by scorer",
		len(e.Scorers), strings.Join(e.Scorers, ", "))
}

// A place is where a job stands towards every threshold.
type place struct {
	score      int
	unverified bool
}

// below reports whether the gate would reject a job at p.
func (p place) below(threshold int) bool { return !p.unverified && p.score < threshold }

// A cell is what is known of the jobs in one place.
type cell struct {
	kept, rejected int
	marked         verdicts // what the user said of those that were kept
	audited        verdicts // and of the rejected ones that an audit drew
	found          verdicts // and of those that the user found without one
	stratum        int
}

type verdicts struct{ good, other int }

func (v *verdicts) add(worth bool) {
	if worth {
		v.good++
	} else {
		v.other++
	}
}

func (v verdicts) all() int { return v.good + v.other }

// A tally is the evidence of one scorer by place.
type tally struct {
	by    string
	cells map[place]cell
}

func newTally(ev gate.Evidence) (tally, error) {
	t := tally{cells: map[place]cell{}}
	if parts := ev.ByScorer(); len(parts) > 1 {
		mixed := &MixedError{}
		for _, part := range parts {
			mixed.Scorers = append(mixed.Scorers, part.Scorer())
		}
		return tally{}, mixed
	}
	t.by = ev.Scorer()
	for _, c := range ev.Counts {
		if err := c.Validate(); err != nil {
			return tally{}, fmt.Errorf("count of score %d: %w", c.Score, err)
		}
		p := place{c.Score, c.Unverified}
		if _, ok := t.cells[p]; ok {
			return tally{}, &lead.FieldError{
				Field:   "counts",
				Problem: fmt.Sprintf("score %d is counted twice: add the counts up", c.Score),
			}
		}
		t.cells[p] = cell{kept: c.Kept, rejected: c.Rejected, stratum: c.Stratum}
	}
	return t, t.addLabels(ev.Labels)
}

func (t tally) addLabels(labels []gate.Label) error {
	seen := make(map[int64]bool, len(labels))
	for _, l := range labels {
		if err := l.Validate(); err != nil {
			return fmt.Errorf("label of job %d: %w", l.JobID, err)
		}
		if seen[l.JobID] {
			return &lead.FieldError{
				Field: "labels", Problem: fmt.Sprintf("job %d has two: keep the last one", l.JobID),
			}
		}
		seen[l.JobID] = true
		p := place{l.Score, l.Unverified}
		c, counted := t.cells[p]
		if !counted {
			c.stratum = -1 // of its own, and drawn as a whole
		}
		// A job that was drawn, scored again and kept has a probability of 1, and no count of rejected
		// jobs to be taken from.
		if l.Origin == gate.OriginAudit && (l.Probability < 1 || c.rejected > c.audited.all()) {
			c.audited.add(l.Worth)
		} else if l.Probability == 0 {
			c.found.add(l.Worth)
		} else {
			c.marked.add(l.Worth)
		}
		// A count that was read before the label can be too small.
		c.kept = max(c.kept, c.marked.all())
		c.rejected = max(c.rejected, c.audited.all()+c.found.all())
		t.cells[p] = c
	}
	return nil
}

// A side is what is known of the jobs on one side of a threshold.
type side struct {
	marked   verdicts
	unmarked int // kept, and the user said nothing
	rejected int
	known    verdicts // what the user said of rejected jobs, drawn or not
	strata   map[int]stratum
}

func (t tally) split(threshold int) (below, above side) {
	below.strata, above.strata = map[int]stratum{}, map[int]stratum{}
	for p, c := range t.cells {
		s := &above
		if p.below(threshold) {
			s = &below
		}
		s.marked.good += c.marked.good
		s.marked.other += c.marked.other
		s.unmarked += c.kept - c.marked.all()
		s.rejected += c.rejected
		s.known.good += c.audited.good + c.found.good
		s.known.other += c.audited.other + c.found.other
		part := s.strata[c.stratum]
		part.size += c.rejected
		part.drawn += c.audited.all()
		part.good += c.audited.good
		s.strata[c.stratum] = part
	}
	return below, above
}
