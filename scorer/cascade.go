package scorer

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
)

// DefaultMargin is how far from the gate a cheap score must be to decide, unless [CascadeOptions] say otherwise.
const DefaultMargin = 20

// CascadeOptions say which cases are clear.
type CascadeOptions struct {
	Gate       gate.Gate // the pipeline's gate. Zero value: 30
	Margin     int       // in points, 1 to 100. Default 20: with the default gate, cheap scores below 10 and from 50 decide
	RejectOnly bool      // the cheap scorer may only reject: all that could be a match is the model's to judge
}

// A Cascade asks a cheap scorer first, and a model only where the cheap score is near the gate. What the cheap scorer decides
// bears the cheap scorer's By, so that it can be told from the model's judgements and reopened.
type Cascade struct {
	cheap, model Scorer
	opts         CascadeOptions
}

var (
	_ Scorer     = (*Cascade)(nil)
	_ Identifier = (*Cascade)(nil)
)

// NewCascade returns a Cascade of both scorers. Nil options are the defaults. A missing scorer and a margin out of range are
// a [*lead.FieldError].
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
	if c.opts.Margin == 0 {
		c.opts.Margin = DefaultMargin
	}
	if c.opts.Margin < 1 || c.opts.Margin > 100 {
		return nil, outOfRange("CascadeOptions.Margin", fmt.Sprintf("1 to 100, or 0 for %d", DefaultMargin))
	}
	return c, nil
}

// Score returns the cheap scorer's match if it is clear, else the model's. A posting that the cheap scorer cannot judge is
// the model's, too; a cheap scorer that is unavailable is an error, because a cascade that silently asks the model for
// everything is not the one that was configured.
func (c *Cascade) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	m, err := c.cheap.Score(ctx, resume, p)
	switch {
	case err == nil && c.Clear(m.Score):
		return m, nil
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

// Identity names both scorers, the gate and the margin.
func (c *Cascade) Identity(ctx context.Context) (string, error) {
	settings := fmt.Sprintf("cascade gate=%d margin=%d rejectonly=%t ", c.opts.Gate.Threshold(), c.opts.Margin, c.opts.RejectOnly)
	return compose(ctx, settings, c.cheap, c.model)
}

func (c *Cascade) parts() []Scorer { return []Scorer{c.cheap, c.model} }
