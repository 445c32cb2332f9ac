// Package gate decides what is kept: a posting that scores at or above the threshold is a match and
// keeps its text, one that scores below it is rejected and loses it. The decision is the agent's;
// no store and no server makes it.
package gate

import (
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Default is the threshold of the zero Gate.
const Default = 30

// A Gate is a threshold on scores. The zero value's is [Default]. It is comparable and safe for
// concurrent use.
type Gate struct {
	offset int // from Default, so that the zero Gate is the default one
}

// New returns a Gate that lets scores at or above threshold pass. A threshold outside 0 to 100 is a
// [*lead.FieldError].
func New(threshold int) (Gate, error) {
	if threshold < 0 || threshold > 100 {
		return Gate{}, fmt.Errorf("gate: %w", &lead.FieldError{
			Field:   "threshold",
			Problem: fmt.Sprintf("%d is out of range: want 0 (keep all) to 100", threshold),
		})
	}
	return Gate{offset: threshold - Default}, nil
}

// Threshold returns the lowest score that passes.
func (g Gate) Threshold() int { return Default + g.offset }

// Decide turns an assessment of d into a decision. At or above the threshold it is [lead.Matched]
// and keeps d. Below, it is [lead.AutoRejected] and its Data is nil, unless the assessment is
// unverified: a low score that nothing backs rejects no posting. A low score of a teaser
// ([enrich.Data.IsTeaser]) is unverified whatever the scorer says, because the text does not
// describe the job. Either way the assessment loses what it quotes from d, because it is kept where
// d may not be.
func (g Gate) Decide(a enrich.Assessment, d enrich.Data) enrich.Decision {
	a = a.WithoutQuotes(d)
	if a.Score < g.Threshold() {
		a.Unverified = a.Unverified || d.IsTeaser()
	}
	if a.Score < g.Threshold() && !a.Unverified {
		return enrich.Decision{Assessment: a, Status: lead.AutoRejected}
	}
	return enrich.Decision{Assessment: a, Status: lead.Matched, Data: &d}
}
