package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/scorertest"
)

type (
	assessment = enrich.Assessment
	posting    = enrich.Posting
)

// judged changes what byWords returns, the error too.
func judged(f func(resume string, p posting, a *assessment, err *error)) scorertest.Open {
	return func(testing.TB) forge.Scorer {
		return forge.ScorerFunc(func(ctx context.Context, resume string, p posting) (assessment, error) {
			a, err := byWords(ctx, resume, p)
			f(resume, p, &a, &err)
			return a, err
		})
	}
}

// good changes the assessments alone.
func good(f func(resume string, p posting, a *assessment)) scorertest.Open {
	return judged(func(resume string, p posting, a *assessment, err *error) {
		if *err == nil {
			f(resume, p, a)
		}
	})
}

// bad changes the errors alone.
func bad(f func(resume string, p posting, a *assessment, err *error)) scorertest.Open {
	return judged(func(resume string, p posting, a *assessment, err *error) {
		if *err != nil {
			f(resume, p, a, err)
		}
	})
}

func scorerMutations() []mutation[scorertest.Open] {
	fixed := func(f func(a *assessment)) scorertest.Open {
		return good(func(_ string, _ posting, a *assessment) { f(a) })
	}
	const ordinary = "Assessment/an ordinary posting gets a valid one"
	const ended = "Context/a cancelled context is its error"
	return []mutation[scorertest.Open]{
		{
			"everything scores 50", fixed(func(a *assessment) { a.Score = 50 }),
			"Calls/the score depends on the résumé and on the posting", "score the same, 50 and 50",
		},
		{"the résumé is not read", func(testing.TB) forge.Scorer {
			return forge.ScorerFunc(func(ctx context.Context, resume string, p posting) (assessment, error) {
				if resume != "" {
					resume = "Go PostgreSQL"
				}
				return byWords(ctx, resume, p)
			})
		}, "Calls/the score depends on the résumé and on the posting", "the résumé is not read"},
		{
			"the posting is not read",
			good(func(resume string, _ posting, a *assessment) { a.Score = len(resume) % 101 }),
			"Calls/the score depends on the résumé and on the posting", "the posting is not read",
		},
		{"a score above 100", fixed(func(a *assessment) { a.Score += 100 }), ordinary, "match_score"},
		{"a score below 0", fixed(func(a *assessment) { a.Score = -1 }), ordinary, "match_score"},
		{"no reasoning", fixed(func(a *assessment) { a.Reasoning = " \n" }), ordinary, "has no reasoning"},
		{"no name", fixed(func(a *assessment) { a.By = "" }), ordinary, "By is blank"},
		{
			"a name with a space",
			fixed(func(a *assessment) { a.By = "by words" }), ordinary, "a user types it",
		},
		{"the reasoning quotes the posting", good(func(_ string, p posting, a *assessment) {
			a.Reasoning = p.Data.Description[:min(200, len(p.Data.Description))]
		}), ordinary, "quotes the posting"},
		{
			"a skill of the résumé is missing",
			fixed(func(a *assessment) { a.MissingSkills = []string{"Kubernetes"} }),
			"Assessment/no skill is missing that the résumé names", "stands in the résumé",
		},
		{
			"a missing skill is named twice",
			fixed(func(a *assessment) { a.MissingSkills = []string{"Cobol", "cobol"} }),
			"Assessment/missing skills are named once", "a blank or a repeated item",
		},
		{"a failure becomes 0", bad(func(_ string, _ posting, a *assessment, err *error) {
			*a, *err = assessment{Reasoning: "Nothing fits.", By: "by-words/1"}, nil
		}), "Blank/a description of nothing is refused", "that is a guess"},
		{
			"the zero assessment without an error",
			bad(func(_ string, _ posting, _ *assessment, err *error) { *err = nil }),
			"Input/the zero posting is refused", "the zero posting was scored",
		},
		{
			"an assessment beside the error",
			bad(func(_ string, _ posting, a *assessment, _ *error) { a.Score = 30 }),
			ended, "an assessment came with the error",
		},
		{
			"an error of no kind",
			bad(func(_ string, _ posting, _ *assessment, err *error) { *err = errors.New("failed") }),
			"Input/the zero posting is refused", "want one that wraps scorer.ErrReply",
		},
		{"the context is not looked at", func(testing.TB) forge.Scorer {
			return forge.ScorerFunc(func(ctx context.Context, resume string, p posting) (assessment, error) {
				return byWords(context.WithoutCancel(ctx), resume, p)
			})
		}, ended, "scored under a context that had ended"},
		{
			"the context's error is taken for the model's",
			bad(func(_ string, _ posting, _ *assessment, err *error) {
				if errors.Is(*err, context.Canceled) {
					*err = scorer.ErrUnavailable
				}
			}), ended, "context canceled",
		},
		{
			"a blank résumé is held against the job",
			bad(func(_ string, _ posting, _ *assessment, err *error) {
				if errors.Is(*err, scorer.ErrUnavailable) {
					*err = scorer.ErrReply
				}
			}), "Blank/a résumé of nothing", "so that no job loses an attempt",
		},
		{"an error quotes the résumé", bad(func(resume string, _ posting, _ *assessment, err *error) {
			*err = fmt.Errorf("score %s: %w", resume, *err)
		}), ended, "the error holds text of the résumé"},
		{"an error quotes the posting", bad(func(_ string, p posting, _ *assessment, err *error) {
			*err = fmt.Errorf("score %s: %w", p.Data.Description, *err)
		}), ended, "the error holds text of the posting"},
		{"the score drifts", func(testing.TB) forge.Scorer {
			var calls atomic.Int64
			return good(func(_ string, _ posting, a *assessment) { a.Score = int(calls.Add(1)) })(nil)
		}, "Calls/the score does not depend on what was scored before", "the same posting scored"},
		{"a skill of the posting before is kept", func(testing.TB) forge.Scorer {
			var last atomic.Pointer[string]
			return good(func(_ string, p posting, a *assessment) {
				if before := last.Swap(&p.Lead.Title); before != nil {
					a.MissingSkills = []string{*before}
				}
			})(nil)
		}, "Calls/nothing of one posting shows", "a skill of the posting before"},
		{"one list is handed to all callers", func(testing.TB) forge.Scorer {
			list := []string{"Cobol"}
			return good(func(_ string, _ posting, a *assessment) { a.MissingSkills = list })(nil)
		}, "Calls/what a caller does to an assessment", "hands out its own memory"},
		{"the posting is written to", good(func(_ string, p posting, _ *assessment) {
			if p.Data.Attributes != nil {
				p.Data.Attributes["seen"] = "yes"
			}
		}), ordinary, "changed the posting"},
		{
			"an odd posting panics",
			good(func(_ string, p posting, _ *assessment) { _ = p.Data.Description[50] }),
			"Assessment/a posting of one word", "an adapter returns an error instead",
		},
		{
			"a résumé is bound once for all users", func(testing.TB) forge.Scorer { return &bound{} },
			"Bind/a bound scorer ignores the résumé of the call", "judged two résumés",
		},
	}
}

// bound is a scorer that says it is bound, and is not.
type bound struct{}

func (*bound) Score(ctx context.Context, resume string, p posting) (assessment, error) {
	return byWords(ctx, cmp.Or(resume, "nothing"), p)
}

func (b *bound) ForResume(string) (scorer.Scorer, error) { return b, nil }

func TestMutationsOfTheScorerAreCaught(t *testing.T) {
	t.Parallel()
	catches(t, scorerMutations(), openByWords, scorertest.Failures)
}
