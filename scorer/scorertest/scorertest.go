// Package scorertest is the suite that every forge.Scorer must pass, in one line of a test of yours:
//
//	func TestScorer(t *testing.T) {
//		scorertest.Run(t, func(tb testing.TB) forge.Scorer { return myscorer.New() })
//	}
//
// It holds a scorer to what the interface promises: a valid match or an error, never a guess, whatever the posting holds. It
// says nothing about how good the scores are. A scorer that asks a server is best run against a scripted one: the suite makes
// a few hundred calls. It uses package testing only: no assertion library comes with it.
//
// What it asks beyond the method's own words:
//
//   - A posting whose description is blank is an error, because a score of text that is not there is a guess.
//   - A blank résumé is scorer.ErrUnavailable, because it is not the posting's fault: the pipeline stops, and no job loses an
//     attempt.
//   - An error comes with the zero match, and its text holds nothing of the résumé or of the posting's text, because errors
//     are logged.
//   - The same posting gets the same score, whatever was scored before it. A model that samples needs a fixed seed.
package scorertest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// Open returns the scorer under test, ready to score. It fails tb if it cannot, and ties what must be closed to tb.Cleanup.
// It is called once for each case, from several goroutines at a time.
type Open func(tb testing.TB) forge.Scorer

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, topic := range topics() {
		t.Run(topic.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range topic.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(&kit{TB: t, Scorer: open(t)})
				})
			}
		})
	}
}

type topic struct {
	name  string
	cases []testCase
}

type testCase struct {
	name string
	run  func(k *kit)
}

func topics() []topic {
	return []topic{
		{"Match", matchCases()},
		{"Input", inputCases()},
		{"Blank", blankCases()},
		{"Context", contextCases()},
		{"Calls", callCases()},
		{"Concurrency", concurrencyCases()},
	}
}

// A kit is one case's scorer, and the checks that hold for every call.
type kit struct {
	testing.TB
	forge.Scorer
}

// ask scores, and checks what must hold whatever comes back.
func (k *kit) ask(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	k.Helper()
	before := deepCopy(p)
	m, err := k.Score(ctx, resume, p)
	if !reflect.DeepEqual(p, before) {
		k.Errorf("the scorer changed the posting that it was given")
	}
	if err != nil {
		k.checkError(m, err, resume, p)
		return m, err
	}
	k.checkMatch(m, p)
	return m, nil
}

func (k *kit) checkMatch(m enrich.Assessment, p enrich.Posting) {
	k.Helper()
	if err := m.Validate(); err != nil {
		k.Errorf("the match is not valid: %v", err)
	}
	if strings.TrimSpace(m.Reasoning) == "" {
		k.Errorf("the match has no reasoning")
	}
	switch {
	case m.By == "":
		k.Errorf("By is blank: it must name the scorer, its model and its version")
	case strings.ContainsFunc(m.By, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		k.Errorf("By %q holds spaces or control characters: a user types it to reopen what this scorer rejected", m.By)
	}
	for _, text := range []string{p.Data.Description, p.Data.Requirements} {
		for _, s := range said(m) {
			if enrich.Quotes(s, text) {
				k.Errorf("the match quotes the posting: a rejected posting's text must not outlive it")
				return
			}
		}
	}
}

// said is all that a match says in words.
func said(m enrich.Assessment) []string {
	words := []string{m.Reasoning, m.By}
	words = append(words, m.MissingSkills...)
	return append(words, m.SkillGapRecommendations...)
}

func (k *kit) checkError(m enrich.Assessment, err error, resume string, p enrich.Posting) {
	k.Helper()
	if !reflect.DeepEqual(m, enrich.Assessment{}) {
		k.Errorf("a match came with the error: %v", err)
	}
	text := err.Error()
	if len(text) > 2000 {
		k.Errorf("the error has %d bytes", len(text))
	}
	for _, secret := range []struct{ whose, text, mark string }{
		{"résumé", resume, resumeMark},
		{"posting", p.Data.Description, postingMark},
		{"posting", p.Data.Requirements, postingMark},
	} {
		if strings.Contains(secret.text, secret.mark) && strings.Contains(text, secret.mark) || enrich.Quotes(text, secret.text) {
			k.Errorf("the error holds text of the %s, and errors are logged", secret.whose)
		}
	}
}

// match scores what must be scored.
func (k *kit) match(resume string, p enrich.Posting) enrich.Assessment {
	k.Helper()
	m, err := k.ask(k.Context(), resume, p)
	if err != nil {
		k.Fatalf("score: %v", err)
	}
	return m
}

// matchOrRefusal scores what need not be scored, and checks that a refusal is one that the pipeline knows.
func (k *kit) matchOrRefusal(resume string, p enrich.Posting) {
	k.Helper()
	if _, err := k.ask(k.Context(), resume, p); err != nil {
		k.isRefusal(err)
	}
}

func (k *kit) isRefusal(err error) {
	k.Helper()
	for _, known := range []error{scorer.ErrReply, scorer.ErrTooLong, scorer.ErrUnavailable} {
		if errors.Is(err, known) {
			return
		}
	}
	k.Errorf("got error %v, want one that wraps scorer.ErrReply, ErrTooLong or ErrUnavailable", err)
}

func deepCopy(p enrich.Posting) enrich.Posting {
	p.Data.Attributes = maps.Clone(p.Data.Attributes)
	if p.Data.IsEasyApply != nil {
		easy := *p.Data.IsEasyApply
		p.Data.IsEasyApply = &easy
	}
	return p
}
