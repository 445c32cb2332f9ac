package evaluate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync/atomic"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scorer/ollama"
)

// What -scorer names.
const (
	offline = "lexical"
	model   = "ollama"
	both    = "cascade"
)

// scorerOptions say what is measured.
type scorerOptions struct{ kind, model, url string }

func (o *scorerOptions) flags(f *flag.FlagSet) {
	f.StringVar(
		&o.kind, "scorer", offline,
		"what is measured: `lexical|ollama|cascade`; cascade is the offline scorer before the model",
	)
	f.StringVar(&o.model, "model", "", "the `MODEL` that Ollama runs (default qwen2.5:7b)")
	f.StringVar(
		&o.url, "ollama", "", "where Ollama listens, on this machine: `URL` (default http://127.0.0.1:11434)",
	)
}

// A measured scorer knows what it costs.
type measured struct {
	scorer.Scorer
	cheap func(judged) bool // the cheap scorer decided this, or would; nil: there is none
	low   int               // the cheap score below which it rejects
	calls *atomic.Int64     // of the model; nil: none is asked
}

// counted counts the calls of a scorer.
type counted struct {
	scorer.Scorer
	calls *atomic.Int64
}

func (c counted) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	c.calls.Add(1)
	return c.Scorer.Score(ctx, resume, p)
}

// pick returns the scorer that o names. A model that is not there is an error that says what to do.
func (o *scorerOptions) pick(ctx context.Context, g gate.Gate, margin int) (*measured, error) {
	cheap := lexical.New(nil)
	var second scorer.Scorer = cheap // only the cascade's margins are asked for
	m := &measured{Scorer: cheap}
	switch o.kind {
	case offline:
	case model, both:
		llm, err := ollama.New(&ollama.Options{Model: o.model, BaseURL: o.url, Gate: g})
		if err != nil {
			return nil, err
		}
		if err := llm.Ping(ctx); err != nil {
			return nil, err
		}
		m.calls = new(atomic.Int64)
		second = counted{llm, m.calls}
		m.Scorer = second
	default:
		return nil, &lead.FieldError{
			Field: "kind", Problem: fmt.Sprintf("%q is not one of lexical, ollama, cascade", o.kind),
		}
	}
	cascade, err := scorer.NewCascade(cheap, second, &scorer.CascadeOptions{Gate: g, Margin: margin})
	if err != nil {
		return nil, err
	}
	for m.low < g.Threshold() && cascade.Clear(m.low) {
		m.low++
	}
	switch o.kind {
	case offline:
		m.cheap = func(j judged) bool { return !j.Unverified && cascade.Clear(j.Score) }
	case both:
		m.Scorer = cascade
		m.cheap = func(j judged) bool { return j.By == lexical.By }
	}
	return m, nil
}

// A result is every pair with its score.
type result struct {
	Judged   []judged
	Failed   []int          // lines of the pairs that the scorer could not judge
	Unjudged []pair         // the same pairs
	First    error          // why the first of them failed
	By       map[string]int // who judged how many
}

func (r result) good() int {
	n := 0
	for _, j := range r.Judged {
		if j.Good {
			n++
		}
	}
	return n
}

// judge scores every pair. A pair that cannot be judged is left out and counted; a scorer that is
// down is an error.
func judge(ctx context.Context, s scorer.Scorer, pairs []pair, keep int) (result, error) {
	r := result{By: make(map[string]int)}
	for _, p := range pairs {
		m, err := s.Score(ctx, p.Resume, p.Posting)
		switch {
		case errors.Is(err, scorer.ErrReply), errors.Is(err, scorer.ErrTooLong):
			if r.First == nil {
				r.First = err
			}
			r.Failed = append(r.Failed, p.Line)
			r.Unjudged = append(r.Unjudged, p)
			continue
		case err != nil:
			return r, fmt.Errorf("line %d: %w", p.Line, err)
		}
		r.By[m.By]++
		r.Judged = append(r.Judged,
			judged{pair: p, Score: m.Score, By: m.By, Good: p.Label >= keep, Unverified: m.Unverified})
	}
	return r, nil
}
