package scorer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// A script is a scorer that answers as it is told and counts its calls.
type script struct {
	name       string
	score      int
	unverified bool
	again      []enrich.Assessment // answers of Sample, in turn
	err        error
	digest     string

	calls, binds atomic.Int32
	mu           sync.Mutex
	asked        []scorer.Sampling
	resumes      []string
}

func (s *script) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	s.calls.Add(1)
	s.mu.Lock()
	s.resumes = append(s.resumes, resume)
	s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case s.err != nil:
		return enrich.Assessment{}, s.err
	case resume == "":
		return enrich.Assessment{}, fmt.Errorf("%w: the résumé is blank", scorer.ErrUnavailable)
	}
	return enrich.Assessment{
		Score: s.score, Unverified: s.unverified, Reasoning: "As scripted.", MissingSkills: []string{"Rust"},
		By: s.name + "/1",
	}, nil
}

func (s *script) Sample(
	_ context.Context, resume string, _ enrich.Posting, how scorer.Sampling,
) (enrich.Assessment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resumes = append(s.resumes, resume)
	s.asked = append(s.asked, how)
	if len(s.again) < len(s.asked) {
		return enrich.Assessment{}, fmt.Errorf("%w: scripted", scorer.ErrReply)
	}
	a := s.again[len(s.asked)-1]
	a.Reasoning, a.By = "Again.", s.name+"/1"
	return a, nil
}

func (s *script) Identity(context.Context) (string, error) {
	if errors.Is(s.err, scorer.ErrUnavailable) {
		return "", s.err
	}
	return s.name + "/1 " + s.digest, nil
}

// A binder is a script that reads a résumé once.
type binder struct{ *script }

func (b binder) ForResume(resume string) (scorer.Scorer, error) {
	b.binds.Add(1)
	if resume == "" {
		return nil, fmt.Errorf("%w: the résumé is blank", scorer.ErrUnavailable)
	}
	return bound{b.script, resume}, nil
}

type bound struct {
	*script
	resume string
}

func (b bound) Score(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	return b.script.Score(ctx, b.resume, p)
}

func (b bound) Sample(
	ctx context.Context, _ string, p enrich.Posting, how scorer.Sampling,
) (enrich.Assessment, error) {
	return b.script.Sample(ctx, b.resume, p, how)
}

func scores(all ...int) []enrich.Assessment {
	answers := make([]enrich.Assessment, len(all))
	for i, score := range all {
		answers[i].Score = score
	}
	return answers
}

func posting(id string) enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{Source: "board", ExternalID: id, Title: "Nurse", URL: "https://board.example/" + id},
		Data: enrich.Data{Description: "Care for people.", Attributes: map[string]string{"b": "2", "a": "1"}},
	}
}

func must[T any](tb testing.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		require.NoError(tb, err)
		return v
	}
}

func second[T any](_ T, err error) error { return err }
