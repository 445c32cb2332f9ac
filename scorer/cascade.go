package scorer

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
)

// defaultMargin is how far from the gate a cheap score must be to decide, unless [CascadeOptions]
// say otherwise.
const defaultMargin = 20

// CascadeOptions say which cases are clear.
type CascadeOptions struct {
	// Gate is the pipeline's gate. The zero value is the default gate of 30.
	Gate gate.Gate
	// Margin is the distance from the gate in points, 1 to 100. If zero, 20 is used: with the
	// default gate, cheap scores below 10 and from 50 decide.
	Margin int
	// RejectOnly lets the cheap scorer reject only. The model judges everything that could be a
	// match.
	RejectOnly bool
}

// A Cascade asks a cheap scorer first, and a model only where the cheap score is near the gate or
// unverified. What the cheap scorer decides has the cheap scorer's By, so that it can be told from
// the model's assessments and reopened.
type Cascade struct {
	cheap, model Scorer
	opts         CascadeOptions
}

// NewCascade returns a Cascade of both scorers. The options can be nil. The error is a
// [*lead.FieldError].
func NewCascade(cheap, model Scorer, o *CascadeOptions) (*Cascade, error) {
	if cheap == nil {
		return nil, missing("cheap", "give a scorer that costs little, such as lexical.New(nil)")
	}
	if model == nil {
		return nil, missing("model", "give the scorer that judges what is not clear")
	}
	c := &Cascade{cheap: cheap, model: model}
	if o != nil {
		c.opts = *o
	}
	c.opts.Margin = cmp.Or(c.opts.Margin, defaultMargin)
	if c.opts.Margin < 1 || c.opts.Margin > 100 {
		return nil, outOfRange("CascadeOptions.Margin", fmt.Sprintf("1 to 100, or 0 for %d", defaultMargin))
	}
	return c, nil
}

// Score returns the cheap scorer's assessment if it is verified and clear, else the model's. A
// posting that the cheap scorer cannot judge goes to the model, too. A cheap scorer that is
// unavailable is an error, because a cascade that silently asks the model for everything is not the
// one that was configured.
func (c *Cascade) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	a, err := c.cheap.Score(ctx, resume, p)
	switch {
	case err == nil && !a.Unverified && c.Clear(a.Score):
		return a, nil
	case err == nil, errors.Is(err, ErrReply), errors.Is(err, ErrTooLong):
		return c.model.Score(ctx, resume, p)
	default:
		return enrich.Assessment{}, err
	}
}

// Clear reports whether a cheap score is far enough from the gate to decide.
func (c *Cascade) Clear(score int) bool {
	threshold := c.opts.Gate.Threshold()
	return score < threshold-c.opts.Margin || !c.opts.RejectOnly && score >= threshold+c.opts.Margin
}

// ForResume binds both scorers.
func (c *Cascade) ForResume(resume string) (Scorer, error) {
	cheap, err := Bind(c.cheap, resume)
	if err != nil {
		return nil, err
	}
	model, err := Bind(c.model, resume)
	if err != nil {
		return nil, err
	}
	return &Cascade{cheap: cheap, model: model, opts: c.opts}, nil
}

// Identity names both scorers, the gate and the margin.
func (c *Cascade) Identity(ctx context.Context) (string, error) {
	settings := fmt.Sprintf("cascade gate=%d margin=%d rejectonly=%t ",
		c.opts.Gate.Threshold(), c.opts.Margin, c.opts.RejectOnly)
	return compose(ctx, settings, c.cheap, c.model)
}

func (c *Cascade) parts() []Scorer { return []Scorer{c.cheap, c.model} }
