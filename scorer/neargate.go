package scorer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
)

// A Sampling says how a model draws its next word.
type Sampling struct {
	Temperature float64 // 0: the likeliest word; more: more variety
	Seed        int     // the same seed draws the same words
}

// A Sampler is a scorer whose model can be asked again with other luck. Its Score is the answer at temperature 0.
type Sampler interface {
	Scorer
	// Sample is Score with this sampling.
	Sample(ctx context.Context, resume string, p enrich.Posting, s Sampling) (enrich.Assessment, error)
}

// DefaultBand is how near to the gate a score is asked for again, unless [NearGateOptions] say otherwise.
const DefaultBand = 5

// NearGateOptions say what is near, and how it is asked for again.
type NearGateOptions struct {
	Gate        gate.Gate // the pipeline's gate. Zero value: 30
	Band        int       // in points, 1 to 50. Default 5: with the default gate, scores from 25 to 35
	Temperature float64   // of the two further scores, above 0, at most 2. Default 0.5
	Seeds       [2]int    // of the two further scores, different ones. Default 1 and 2
}

// NearGate asks a model twice more where its score is near the gate, and returns the match with the median score: a decision
// that a breath would turn should not rest on one answer. A posting far from the gate costs one call, one near it three.
type NearGate struct {
	model Sampler
	opts  NearGateOptions
}

var (
	_ Scorer     = (*NearGate)(nil)
	_ Identifier = (*NearGate)(nil)
)

// NewNearGate returns a NearGate around model. Nil options are the defaults. A missing model and options out of range are a
// [*lead.FieldError].
func NewNearGate(model Sampler, o *NearGateOptions) (*NearGate, error) {
	if model == nil {
		return nil, missing("model", "give a scorer that can sample, such as ollama.New(nil)")
	}
	n := &NearGate{model: model}
	if o != nil {
		n.opts = *o
	}
	if n.opts.Band == 0 {
		n.opts.Band = DefaultBand
	}
	if n.opts.Temperature == 0 {
		n.opts.Temperature = 0.5
	}
	if n.opts.Seeds == [2]int{} {
		n.opts.Seeds = [2]int{1, 2}
	}
	switch {
	case n.opts.Band < 1 || n.opts.Band > 50:
		return nil, outOfRange("NearGateOptions.Band", fmt.Sprintf("1 to 50, or 0 for %d", DefaultBand))
	case !(n.opts.Temperature > 0 && n.opts.Temperature <= 2): // also refuses NaN
		return nil, outOfRange("NearGateOptions.Temperature", "more than 0 and at most 2, or 0 for 0.5")
	case n.opts.Seeds[0] == n.opts.Seeds[1]:
		return nil, outOfRange("NearGateOptions.Seeds", "two different seeds, or none for 1 and 2")
	}
	return n, nil
}

// Score returns the model's match, or the median of three near the gate. If one of the further calls fails, so does Score:
// a median of what happened to work would be a guess.
func (n *NearGate) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	first, err := n.model.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	if threshold := n.opts.Gate.Threshold(); first.Score < threshold-n.opts.Band || first.Score > threshold+n.opts.Band {
		return first, nil
	}
	matches := []enrich.Assessment{first}
	for _, seed := range n.opts.Seeds {
		m, err := n.model.Sample(ctx, resume, p, Sampling{Temperature: n.opts.Temperature, Seed: seed})
		if err != nil {
			return enrich.Assessment{}, fmt.Errorf("score again near the gate: %w", err)
		}
		matches = append(matches, m)
	}
	slices.SortStableFunc(matches, func(a, b enrich.Assessment) int { return cmp.Compare(a.Score, b.Score) })
	if matches[1].Score == first.Score { // two answers share the median: the one at temperature 0 explains it best
		return first, nil
	}
	return matches[1], nil
}

// Identity names the model, the band and the sampling.
func (n *NearGate) Identity(ctx context.Context) (string, error) {
	settings := fmt.Sprintf("neargate gate=%d band=%d temperature=%g seeds=%v ",
		n.opts.Gate.Threshold(), n.opts.Band, n.opts.Temperature, n.opts.Seeds)
	return compose(ctx, settings, n.model)
}

func (n *NearGate) parts() []Scorer { return []Scorer{n.model} }
