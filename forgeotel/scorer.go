package forgeotel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// Scorer returns s with spans of its calls. It has the abilities of s: it is a [scorer.Sampler], a
// [scorer.Identifier] or a [scorer.Sketcher] if s is one, or has one among its parts that
// [scorer.SketcherOf] finds, and always a [scorer.ResumeBinder]. Wrap the outermost scorer: a
// combinator cannot look into a part that is wrapped. If s is nil, it returns nil.
func (t *Telemetry) Scorer(s forge.Scorer) forge.Scorer {
	if s == nil {
		return nil
	}
	j := &judge{s, t}
	sampler, samples := s.(scorer.Sampler)
	id, named := s.(scorer.Identifier)
	sketcher := scorer.SketcherOf(s)
	sampling := &sampled{j, sampler}
	switch {
	case samples && named && sketcher != nil:
		return struct {
			*sampled
			scorer.Identifier
			scorer.Sketcher
		}{sampling, id, sketcher}
	case samples && named:
		return struct {
			*sampled
			scorer.Identifier
		}{sampling, id}
	case samples && sketcher != nil:
		return struct {
			*sampled
			scorer.Sketcher
		}{sampling, sketcher}
	case samples:
		return sampling
	case named && sketcher != nil:
		return struct {
			*judge
			scorer.Identifier
			scorer.Sketcher
		}{j, id, sketcher}
	case named:
		return struct {
			*judge
			scorer.Identifier
		}{j, id}
	case sketcher != nil:
		return struct {
			*judge
			scorer.Sketcher
		}{j, sketcher}
	}
	return j
}

// A judge is a Scorer with spans.
type judge struct {
	inner forge.Scorer
	t     *Telemetry
}

// Unwrap returns the Scorer without spans.
func (j *judge) Unwrap() forge.Scorer { return j.inner }

func (j *judge) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return j.observe(ctx, p, func(ctx context.Context) (enrich.Assessment, error) {
		return j.inner.Score(ctx, resume, p)
	})
}

// ForResume binds the inner scorer.
func (j *judge) ForResume(resume string) (scorer.Scorer, error) {
	bound, err := scorer.Bind(j.inner, resume)
	if err != nil {
		return nil, err
	}
	return j.t.Scorer(bound), nil
}

func (j *judge) observe(ctx context.Context, p enrich.Posting,
	call func(context.Context) (enrich.Assessment, error),
) (enrich.Assessment, error) {
	ctx, op := j.t.start(ctx, "score", p.Lead.Source, trace.SpanKindInternal, externalID(p.Lead.ExternalID))
	a, err := call(ctx)
	if err != nil {
		op.end(ctx, err)
		return a, err
	}
	op.end(ctx, nil, attribute.Int("forge.score", a.Score), attribute.Bool("forge.unverified", a.Unverified),
		attribute.Int("forge.text.size", p.Data.TextBytes()))
	return a, nil
}

// A sampled judge can be asked again with another seed.
type sampled struct {
	*judge
	sampler scorer.Sampler
}

func (s *sampled) Sample(ctx context.Context, resume string, p enrich.Posting, how scorer.Sampling) (
	enrich.Assessment, error,
) {
	return s.observe(ctx, p, func(ctx context.Context) (enrich.Assessment, error) {
		return s.sampler.Sample(ctx, resume, p, how)
	})
}
