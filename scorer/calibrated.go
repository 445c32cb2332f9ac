package scorer

import (
	"context"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/enrich"
)

// A Calibrated scorer maps another scorer's scores by a [Calibration]. Nothing is rejected because of
// labels that do not exist: a score that is lower than all labelled ones is returned as it is, one
// that is higher passes the gate, and an unverified score, a score of another scorer or version, and
// every score while there are too few labels are returned as they are.
type Calibrated struct {
	scorer      Scorer
	calibration Calibration
	name        string
}

// NewCalibrated returns s behind c. The error is a [*lead.FieldError].
func NewCalibrated(s Scorer, c Calibration) (*Calibrated, error) {
	if s == nil {
		return nil, missing("scorer", "give the scorer whose scores are to be mapped")
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("scorer: calibration: %w", err)
	}
	c.Scores = slices.Clone(c.Scores)
	return &Calibrated{scorer: s, calibration: c, name: c.name()}, nil
}

// Score returns the scorer's assessment with the mapped score. Its By names the calibration as well,
// because mapped scores and the scorer's own are not pooled.
func (c *Calibrated) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	a, err := c.scorer.Score(ctx, resume, p)
	if err != nil || a.By != c.calibration.By || !c.calibration.Enough() {
		return a, err
	}
	if !a.Unverified {
		a.Score = c.calibration.Map(a.Score)
	}
	if by := a.By + "+" + c.name; len(by) <= enrich.MaxByBytes {
		a.By = by
	} else {
		a.By = c.name
	}
	return a, nil
}

// ForResume binds the scorer.
func (c *Calibrated) ForResume(resume string) (Scorer, error) {
	bound, err := Bind(c.scorer, resume)
	if err != nil {
		return nil, err
	}
	b := *c
	b.scorer = bound
	return &b, nil
}

// Identity names the calibration and the scorer.
func (c *Calibrated) Identity(ctx context.Context) (string, error) {
	return compose(ctx, c.name, c.scorer)
}

func (c *Calibrated) parts() []Scorer { return []Scorer{c.scorer} }
