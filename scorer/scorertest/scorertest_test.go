package scorertest_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/scorertest"
)

// good is a scorer that keeps the contract: it judges by the length of the texts.
func good(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("score: %w", err)
	}
	if blank(resume) {
		return enrich.Assessment{}, fmt.Errorf("score: %w: no résumé", scorer.ErrUnavailable)
	}
	if blank(p.Data.Description) {
		return enrich.Assessment{}, fmt.Errorf("score: %w: no description", scorer.ErrReply)
	}
	h := fnv.New32()
	_, _ = h.Write([]byte(resume + p.Lead.Title))
	return enrich.Assessment{
		Score: int(h.Sum32() % 101), Reasoning: "Judged by length.", By: "length/1",
		MissingSkills: []string{"Brevity", "Wit"}, SkillGapRecommendations: []string{"Write less."},
	}, nil
}

func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.IsControl(r) })
}

func TestAGoodScorerPasses(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(good) })
}

// TestABadScorerIsCaught breaks one promise at a time.
func TestABadScorerIsCaught(t *testing.T) {
	t.Parallel()
	after := func(change func(m *enrich.Assessment, resume string, p enrich.Posting)) forge.ScorerFunc {
		return func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
			m, err := good(ctx, resume, p)
			if err == nil {
				change(&m, resume, p)
			}
			return m, err
		}
	}
	failing := func(change func(err error, resume string, p enrich.Posting) (enrich.Assessment, error)) forge.ScorerFunc {
		return func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
			m, err := good(ctx, resume, p)
			if err != nil {
				return change(err, resume, p)
			}
			return m, nil
		}
	}
	for _, c := range []struct {
		name   string
		scorer func() forge.Scorer // a new one for each case, as Open promises
		caught string              // a case that must fail
		says   string
	}{
		{"a score above 100", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.Score = 101 })
		}, "Match/an ordinary posting gets a valid match", "match_score"},
		{"no name", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.By = "" })
		}, "Match/an ordinary posting gets a valid match", "By is blank"},
		{"a name with spaces", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.By = "my model" })
		}, "Match/an ordinary posting gets a valid match", "holds spaces"},
		{"no reasoning", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.Reasoning = " " })
		}, "Match/an ordinary posting gets a valid match", "no reasoning"},
		{"reasoning that quotes", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, p enrich.Posting) {
				m.Reasoning = string([]rune(p.Data.Description)[:min(400, len([]rune(p.Data.Description)))])
			})
		}, "Match/an ordinary posting gets a valid match", "quotes the posting"},
		{"a missing skill that quotes", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, p enrich.Posting) {
				line, _, _ := strings.Cut(p.Data.Requirements, "\n")
				m.MissingSkills = []string{line[:min(95, len(line))]}
			})
		}, "Match/a match does not share a posting's words at length", "quotes the posting"},
		{"a repeated skill", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.MissingSkills = []string{"Go", "go "} })
		}, "Match/missing skills are named once and are not blank", "repeated"},
		{"one missing skill for each line", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, p enrich.Posting) {
				for i, line := range strings.Split(p.Data.Description, "\n") {
					m.MissingSkills = append(m.MissingSkills, fmt.Sprint(i, len(line)))
				}
			})
		}, "Input/a description of 400 skills gets a valid match or is refused", "missing_skills"},
		{"control characters passed on", func() forge.Scorer {
			return after(func(m *enrich.Assessment, _ string, p enrich.Posting) {
				m.Reasoning = "Begins with " + p.Data.Description[:min(7, len(p.Data.Description))]
			})
		}, "Input/a description of NUL and control characters gets a valid match or is refused", "NUL"},
		{"a fault that becomes a zero", func() forge.Scorer {
			return forge.ScorerFunc(func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
				m, err := good(ctx, resume, p)
				if err != nil {
					m = enrich.Assessment{Score: 0, Reasoning: "Nothing fits.", By: "length/1"}
				}
				return m, nil
			})
		}, "Blank/a description of nothing is refused, never scored", "guess"},
		{"a blank résumé held against the job", func() forge.Scorer {
			return failing(func(err error, _ string, _ enrich.Posting) (enrich.Assessment, error) {
				if errors.Is(err, scorer.ErrUnavailable) {
					err = scorer.ErrReply
				}
				return enrich.Assessment{}, err
			})
		}, "Blank/a résumé of nothing is nobody's fault but the caller's", "no job loses an attempt"},
		{"an error of no known kind", func() forge.Scorer {
			return failing(func(error, string, enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, errors.New("something happened")
			})
		}, "Input/the zero posting is refused", "want one that wraps"},
		{"a match beside an error", func() forge.Scorer {
			return failing(func(err error, _ string, _ enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{Score: 50, Reasoning: "Half."}, err
			})
		}, "Context/a cancelled context is its error, never a match", "came with the error"},
		{"a résumé in the error", func() forge.Scorer {
			return failing(func(err error, resume string, _ enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, fmt.Errorf("score %.40q: %w", resume, err)
			})
		}, "Context/a cancelled context is its error, never a match", "text of the résumé"},
		{"a posting in the error", func() forge.Scorer {
			return failing(func(err error, _ string, p enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, fmt.Errorf("score %+v: %w", p.Data, err)
			})
		}, "Context/a cancelled context is its error, never a match", "text of the posting"},
		{"a context that is not looked at", func() forge.Scorer {
			return forge.ScorerFunc(func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
				return good(context.WithoutCancel(ctx), resume, p)
			})
		}, "Context/a cancelled context is its error, never a match", "had ended"},
		{"a context's error under another name", func() forge.Scorer {
			return failing(func(error, string, enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, scorer.ErrReply
			})
		}, "Context/a deadline that has passed is its error, never a match", "deadline exceeded"},
		{"a posting that is written to", func() forge.Scorer {
			return after(func(_ *enrich.Assessment, _ string, p enrich.Posting) {
				if p.Data.IsEasyApply != nil {
					*p.Data.IsEasyApply = false
				}
			})
		}, "Calls/the score does not depend on what was scored before", "changed the posting"},
		{"a score that drifts", func() forge.Scorer {
			var calls atomic.Int64
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.Score = int(calls.Add(1)) % 100 })
		}, "Calls/the score does not depend on what was scored before", "scored 1 and then"},
		{"a memory of postings", func() forge.Scorer {
			var last atomic.Pointer[string]
			return after(func(m *enrich.Assessment, _ string, p enrich.Posting) {
				if before := last.Swap(&p.Lead.Title); before != nil {
					m.MissingSkills = []string{*before}
				}
			})
		}, "Calls/nothing of one posting shows in the judgement of the next", "the posting before"},
		{"memory of its own handed out", func() forge.Scorer {
			shared := []string{"Brevity"}
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) { m.MissingSkills = shared })
		}, "Calls/what a caller does to a match does not change the next one", "own memory"},
		{"one state for all callers", func() forge.Scorer {
			var calls atomic.Int64
			return after(func(m *enrich.Assessment, _ string, _ enrich.Posting) {
				if calls.Add(1) > 8 {
					m.Score = 0
				}
			})
		}, "Concurrency/sixteen goroutines get what one gets", "in company"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			named := func(name string) bool { return name == c.caught }
			failures := scorertest.Failures(t, func(testing.TB) forge.Scorer { return c.scorer() }, named)
			require.Contains(t, failures, c.caught)
			require.Contains(t, failures[c.caught], c.says)
		})
	}
}

func TestAGoodScorerHasNoFailures(t *testing.T) {
	t.Parallel()
	every := func(string) bool { return true }
	require.Empty(t, scorertest.Failures(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(good) }, every))
}
