package scorertest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
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

// deaf does not hear that its caller has left.
func deaf(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return good(context.WithoutCancel(ctx), resume, p)
}

// forgetful binds a résumé and does not use it.
type forgetful struct{}

func (f *forgetful) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	a, err := good(ctx, cmp.Or(resume, "none"), p)
	a.MissingSkills = nil
	return a, err
}

func (f *forgetful) ForResume(string) (scorer.Scorer, error) { return f, nil }

// fickle judges another way once it is bound.
type fickle struct{}

func (fickle) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return good(ctx, resume, p)
}

func (fickle) ForResume(resume string) (scorer.Scorer, error) {
	return forge.ScorerFunc(func(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
		return good(ctx, resume+"!", p)
	}), nil
}

func TestRunPassesAGoodScorer(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(good) })
}

// TestRunCatchesABadScorer breaks one promise at a time.
func TestRunCatchesABadScorer(t *testing.T) {
	t.Parallel()
	after := func(change func(a *enrich.Assessment, resume string, p enrich.Posting)) forge.ScorerFunc {
		return func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
			a, err := good(ctx, resume, p)
			if err == nil {
				change(&a, resume, p)
			}
			return a, err
		}
	}
	type onError = func(err error, resume string, p enrich.Posting) (enrich.Assessment, error)
	failing := func(change onError) forge.ScorerFunc {
		return func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
			a, err := good(ctx, resume, p)
			if err != nil {
				return change(err, resume, p)
			}
			return a, nil
		}
	}
	for _, c := range []struct {
		name   string
		scorer func() forge.Scorer // a new one for each case, as Open promises
		caught string              // a case that must fail
		says   string
	}{
		{"a score above 100", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) { a.Score = 101 })
		}, "Assessment/an ordinary posting gets a valid one", "match_score"},
		{"no name", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) { a.By = "" })
		}, "Assessment/an ordinary posting gets a valid one", "By is blank"},
		{"a name with spaces", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) { a.By = "my model" })
		}, "Assessment/an ordinary posting gets a valid one", "holds spaces"},
		{"no reasoning", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) { a.Reasoning = " " })
		}, "Assessment/an ordinary posting gets a valid one", "no reasoning"},
		{"reasoning that quotes", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, p enrich.Posting) {
				a.Reasoning = string([]rune(p.Data.Description)[:min(400, len([]rune(p.Data.Description)))])
			})
		}, "Assessment/an ordinary posting gets a valid one", "quotes the posting"},
		{"a missing skill that quotes", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, p enrich.Posting) {
				line, _, _ := strings.Cut(p.Data.Requirements, "\n")
				a.MissingSkills = []string{line[:min(95, len(line))]}
			})
		}, "Assessment/it does not share a posting's words at length", "quotes the posting"},
		{"a repeated skill", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) {
				a.MissingSkills = []string{"Go", "go "}
			})
		}, "Assessment/missing skills are named once and are not blank", "repeated"},
		{"one missing skill for each line", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, p enrich.Posting) {
				for i, line := range strings.Split(p.Data.Description, "\n") {
					a.MissingSkills = append(a.MissingSkills, fmt.Sprint(i, len(line)))
				}
			})
		}, "Input/a description of 400 skills is assessed or refused", "missing_skills"},
		{"control characters passed on", func() forge.Scorer {
			return after(func(a *enrich.Assessment, _ string, p enrich.Posting) {
				a.Reasoning = "Begins with " + p.Data.Description[:min(7, len(p.Data.Description))]
			})
		}, "Input/a description of NUL and control characters is assessed or refused", "NUL"},
		{"a fault that becomes a zero", func() forge.Scorer {
			return failing(func(error, string, enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{Score: 0, Reasoning: "Nothing fits.", By: "length/1"}, nil
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
		{"an assessment beside an error", func() forge.Scorer {
			return failing(func(err error, _ string, _ enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{Score: 50, Reasoning: "Half."}, err
			})
		}, "Context/a cancelled context is its error, never an assessment", "came with the error"},
		{"a résumé in the error", func() forge.Scorer {
			return failing(func(err error, resume string, _ enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, fmt.Errorf("score %.40q: %w", resume, err)
			})
		}, "Context/a cancelled context is its error, never an assessment", "text of the résumé"},
		{"a posting in the error", func() forge.Scorer {
			return failing(func(err error, _ string, p enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, fmt.Errorf("score %+v: %w", p.Data, err)
			})
		}, "Context/a cancelled context is its error, never an assessment", "text of the posting"},
		{"a context that is not looked at", func() forge.Scorer {
			return forge.ScorerFunc(deaf)
		}, "Context/a cancelled context is its error, never an assessment", "had ended"},
		{"a context's error under another name", func() forge.Scorer {
			return failing(func(error, string, enrich.Posting) (enrich.Assessment, error) {
				return enrich.Assessment{}, scorer.ErrReply
			})
		}, "Context/a deadline that has passed is its error, never an assessment", "deadline exceeded"},
		{"a posting that is written to", func() forge.Scorer {
			return after(func(_ *enrich.Assessment, _ string, p enrich.Posting) {
				if p.Data.IsEasyApply != nil {
					*p.Data.IsEasyApply = false
				}
			})
		}, "Calls/the score does not depend on what was scored before", "changed the posting"},
		{"a score that drifts", func() forge.Scorer {
			var calls atomic.Int64
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) {
				a.Score = int(calls.Add(1)) % 100
			})
		}, "Calls/the score does not depend on what was scored before", "scored 1 and then"},
		{"a memory of postings", func() forge.Scorer {
			var last atomic.Pointer[string]
			return after(func(a *enrich.Assessment, _ string, p enrich.Posting) {
				if before := last.Swap(&p.Lead.Title); before != nil {
					a.MissingSkills = []string{*before}
				}
			})
		}, "Calls/nothing of one posting shows in the assessment of the next", "the posting before"},
		{"memory of its own handed out", func() forge.Scorer {
			shared := []string{"Brevity"}
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) { a.MissingSkills = shared })
		}, "Calls/what a caller does to an assessment does not change the next one", "own memory"},
		{"one résumé for all users", func() forge.Scorer {
			return &forgetful{}
		}, "Bind/a bound scorer ignores the résumé of the call", "judged two résumés"},
		{"another judge for those who bind", func() forge.Scorer {
			return fickle{}
		}, "Bind/a bound scorer says what the scorer says", "bound, the score is"},
		{"a blank résumé bound", func() forge.Scorer {
			return fickle{}
		}, "Blank/a résumé of nothing is nobody's fault but the caller's", "no job loses an attempt"},
		{"one state for all callers", func() forge.Scorer {
			var calls atomic.Int64
			return after(func(a *enrich.Assessment, _ string, _ enrich.Posting) {
				if calls.Add(1) > 8 {
					a.Score = 0
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

func TestRunHasNoFailuresForAGoodScorer(t *testing.T) {
	t.Parallel()
	every := func(string) bool { return true }
	open := func(testing.TB) forge.Scorer { return forge.ScorerFunc(good) }
	require.Empty(t, scorertest.Failures(t, open, every))
}

// unbound is a scorer that binds nothing and says that it did.
type unbound struct{ forge.ScorerFunc }

func (unbound) ForResume(string) (scorer.Scorer, error) { return nil, nil } //nolint:nilnil // its flaw

// A scorer that answers with nonsense fails cases, and no case reads what is not there.
func TestHostileScorersFailCasesAndNothingElse(t *testing.T) {
	t.Parallel()
	type (
		assessment = enrich.Assessment
		posting    = enrich.Posting
	)
	var refused *lead.FieldError
	for _, c := range []struct {
		name   string
		scorer forge.Scorer
	}{
		{"none", nil},
		{"no function", forge.ScorerFunc(nil)},
		{"nothing", forge.ScorerFunc(func(context.Context, string, posting) (assessment, error) {
			return assessment{}, nil
		})},
		{"a panic", forge.ScorerFunc(func(context.Context, string, posting) (assessment, error) {
			panic("hostile")
		})},
		{"a nil of a type", forge.ScorerFunc(func(context.Context, string, posting) (assessment, error) {
			return assessment{}, refused
		})},
		{"a wait without end", forge.ScorerFunc(func(context.Context, string, posting) (assessment, error) {
			select {}
		})},
		{"nothing bound", unbound{good}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			open := func(testing.TB) forge.Scorer { return c.scorer }
			quick := func(name string) bool { return !strings.HasPrefix(name, "Input/") }
			if c.name == "a wait without end" {
				const name = "Assessment/an ordinary posting gets a valid one"
				said := scorertest.FailuresWithin(t, open, name, 50*time.Millisecond)
				require.Contains(t, said, "has not ended after 50ms")
				return
			}
			failures := scorertest.Failures(t, open, quick)
			require.NotEmpty(t, failures)
			for name, said := range failures {
				require.NotContains(t, said, suite.Misread, name)
				require.NotContains(t, said, "has not ended", name)
			}
		})
	}
}
