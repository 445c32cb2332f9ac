package scorer_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// A suiteScorer keeps a scorer's contract and judges by a hash only.
type suiteScorer struct{}

func (s *suiteScorer) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	blank := func(text string) bool {
		return !strings.ContainsFunc(text, unicode.IsLetter)
	}
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case blank(resume):
		return enrich.Assessment{}, fmt.Errorf("%w: the résumé is blank", scorer.ErrUnavailable)
	case blank(p.Data.Description):
		return enrich.Assessment{}, fmt.Errorf("%w: the description is blank", scorer.ErrReply)
	}
	h := fnv.New32()
	_, _ = h.Write([]byte(resume + p.Data.Description))
	return enrich.Assessment{Score: int(h.Sum32() % 101), Reasoning: "By a hash.", By: "hash/1"}, nil
}

func (s *suiteScorer) Sample(
	ctx context.Context, resume string, p enrich.Posting, _ scorer.Sampling,
) (enrich.Assessment, error) {
	return s.Score(ctx, resume, p)
}

func (s *suiteScorer) Identity(context.Context) (string, error) { return "hash/1", nil }
