package main

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
)

// scorerOptions say what is measured.
type scorerOptions struct{ kind string }

func (o *scorerOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.kind, "scorer", "lexical", "what is measured: `lexical`, the offline scorer")
}

// A measured scorer counts what it costs.
type measured struct {
	scorer.Scorer
	cascade *scorer.Cascade // the margins that the report speaks of; also the scorer, if that is what is measured
	model   *counted        // nil: no model is asked
}

// counted counts the calls of a scorer.
type counted struct {
	scorer.Scorer
	calls atomic.Int64
}

func (c *counted) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Match, error) {
	c.calls.Add(1)
	return c.Scorer.Score(ctx, resume, p)
}

func (o *scorerOptions) pick(g gate.Gate, margin int) (*measured, error) {
	cheap := lexical.New(nil)
	m := &measured{Scorer: cheap}
	var model scorer.Scorer = cheap // of the cascade, if only its margins are asked for
	switch o.kind {
	case "lexical":
	default:
		return nil, &lead.FieldError{Field: "kind", Problem: fmt.Sprintf("%q is not lexical", o.kind)}
	}
	c, err := scorer.NewCascade(cheap, model, &scorer.CascadeOptions{Gate: g, Margin: margin})
	if err != nil {
		return nil, err
	}
	m.cascade = c
	if o.kind == "cascade" {
		m.Scorer = c
	}
	return m, nil
}

// A result is every pair with its score.
type result struct {
	Judged []judged
	Failed []int          // lines of the pairs that the scorer could not judge
	By     map[string]int // who judged how many
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

// judge scores every pair. A pair that cannot be judged is left out and counted; a scorer that is down is an error.
func judge(ctx context.Context, s scorer.Scorer, pairs []pair, keep int) (result, error) {
	r := result{By: make(map[string]int)}
	for _, p := range pairs {
		m, err := s.Score(ctx, p.Resume, p.Posting)
		switch {
		case errors.Is(err, scorer.ErrReply), errors.Is(err, scorer.ErrTooLong):
			r.Failed = append(r.Failed, p.Line)
			continue
		case err != nil:
			return r, fmt.Errorf("line %d: %w", p.Line, err)
		}
		r.By[m.By]++
		r.Judged = append(r.Judged, judged{pair: p, Score: m.Score, Good: p.Label >= keep})
	}
	return r, nil
}
