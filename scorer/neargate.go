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
	Temperature float64 // 0 draws the likeliest word; more gives more variety
	Seed        int     // the same seed draws the same words
}

// A Sampler is a scorer whose model can be asked again with another seed. Its Score is the answer
// at temperature 0.
type Sampler interface {
	Scorer
	// Sample is Score with this sampling.
	Sample(ctx context.Context, resume string, p enrich.Posting, s Sampling) (enrich.Assessment, error)
}

// defaultBand is how near to the gate a score is asked for again, unless [NearGateOptions] say
// otherwise.
const defaultBand = 5

// NearGateOptions say which scores are asked for again, and how.
type NearGateOptions struct {
	// Gate is the pipeline's gate. The zero value is the default gate of 30.
	Gate gate.Gate
	// Band is the distance from the gate in points, 1 to 50. If zero, 5 is used: with the default
	// gate, scores from 25 to 35 are asked for again.
	Band int
	// Temperature of the two further scores, above 0 and at most 2. If zero, 0.5 is used.
	Temperature float64
	// Seeds of the two further scores, two different ones. If both are zero, 1 and 2 are used.
	Seeds [2]int
}

// NearGate asks a model twice more if its score is near the gate, and returns the assessment with
// the median score, so that no decision rests on one answer that could have been another. A posting
// far from the gate costs one call, one near it three.
type NearGate struct {
	model Sampler
	opts  NearGateOptions
}

// NewNearGate returns a NearGate around model. The options can be nil. The error is a
// [*lead.FieldError].
func NewNearGate(model Sampler, o *NearGateOptions) (*NearGate, error) {
	if model == nil {
		return nil, missing("model", "give a scorer that can sample, such as ollama.New(nil)")
	}
	n := &NearGate{model: model}
	if o != nil {
		n.opts = *o
	}
	n.opts.Band = cmp.Or(n.opts.Band, defaultBand)
	n.opts.Temperature = cmp.Or(n.opts.Temperature, 0.5)
	n.opts.Seeds = cmp.Or(n.opts.Seeds, [2]int{1, 2})
	switch {
	case n.opts.Band < 1 || n.opts.Band > 50:
		return nil, outOfRange("NearGateOptions.Band", fmt.Sprintf("1 to 50, or 0 for %d", defaultBand))
	case !(n.opts.Temperature > 0 && n.opts.Temperature <= 2): // also refuses NaN
		return nil, outOfRange("NearGateOptions.Temperature", "more than 0 and at most 2, or 0 for 0.5")
	case n.opts.Seeds[0] == n.opts.Seeds[1]:
		return nil, outOfRange("NearGateOptions.Seeds", "two different seeds, or none for 1 and 2")
	}
	return n, nil
}

// Score returns the model's assessment, or the median of three near the gate. An unverified
// assessment is returned as it is, because the gate keeps it whatever its score is; among the
// further ones it counts as one at the gate. If one of the further calls fails, so does Score: a
// median of the calls that happened to work would be a guess.
func (n *NearGate) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	first, err := n.model.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	threshold := n.opts.Gate.Threshold()
	if first.Unverified || max(first.Score-threshold, threshold-first.Score) > n.opts.Band {
		return first, nil
	}
	all := []enrich.Assessment{first}
	for _, seed := range n.opts.Seeds {
		a, err := n.model.Sample(ctx, resume, p, Sampling{Temperature: n.opts.Temperature, Seed: seed})
		if err != nil {
			return enrich.Assessment{}, fmt.Errorf("score again near the gate: %w", err)
		}
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b enrich.Assessment) int { return cmp.Compare(n.rank(a), n.rank(b)) })
	if n.rank(all[1]) == n.rank(first) { // temperature 0 explains the median best
		return first, nil
	}
	return all[1], nil
}

func (n *NearGate) rank(a enrich.Assessment) int {
	if a.Unverified {
		return max(a.Score, n.opts.Gate.Threshold())
	}
	return a.Score
}

// ForResume binds the model.
func (n *NearGate) ForResume(resume string) (Scorer, error) {
	bound, err := Bind(n.model, resume)
	if err != nil {
		return nil, err
	}
	if model, ok := bound.(Sampler); ok {
		return &NearGate{model: model, opts: n.opts}, nil
	}
	return withResume{n, resume}, nil
}

// Identity names the model, the band and the sampling.
func (n *NearGate) Identity(ctx context.Context) (string, error) {
	settings := fmt.Sprintf("neargate gate=%d band=%d temperature=%g seeds=%v ",
		n.opts.Gate.Threshold(), n.opts.Band, n.opts.Temperature, n.opts.Seeds)
	return compose(ctx, settings, n.model)
}

func (n *NearGate) parts() []Scorer { return []Scorer{n.model} }
