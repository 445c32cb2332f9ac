// Package scorertest is the suite that every forge.Scorer must pass, in one line of a test of
// yours:
//
//	func TestScorer(t *testing.T) {
//		scorertest.Run(t, func(tb testing.TB) forge.Scorer { return myscorer.New() })
//	}
//
// It holds a scorer to what the interface promises: a valid assessment or an error, never a guess,
// whatever the posting holds. It says nothing about how good the scores are. A scorer that asks a
// server is best run against a scripted one: the suite makes a few hundred calls. It uses package
// testing only, so that no assertion library comes with it.
//
// What it asks beyond the method's own words:
//
//   - A posting whose description is blank is an error, because a score of text that is not there
//     is a guess.
//   - A blank résumé is scorer.ErrUnavailable, because it is not the posting's fault: the pipeline
//     stops, and no job loses an attempt. It is refused when it is bound or at the first call.
//   - A scorer that is bound to a résumé says what it says without, and ignores the résumé that
//     each call gives.
//   - An error comes with the zero assessment, and its text holds nothing of the résumé or of the
//     posting's text, because errors are logged.
//   - The same posting gets the same score, whatever was scored before it. A model that samples
//     needs a fixed seed.
package scorertest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/scorer"
)

// Open returns the scorer under test, ready to score. It fails tb if it cannot, and ties what must
// be closed to tb.Cleanup. It is called once for each case, from several goroutines at the same
// time.
type Open func(tb testing.TB) forge.Scorer

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	suite.Run(t, cases(open))
}

// Failures runs the cases that want accepts, by their names "Topic/case", and returns what the failed
// ones said, by name. It fails nothing, and is for tests of what the suite catches. want is asked in
// the order of the suite.
func Failures(t *testing.T, open Open, want func(name string) bool) map[string]string {
	t.Helper()
	return suite.Failures(t, cases(open), want, 20*time.Second)
}

func cases(open Open) []suite.Topic {
	var all []suite.Topic
	for _, topic := range topics() {
		t := suite.Topic{Name: topic.name}
		for _, c := range topic.cases {
			t.Cases = append(t.Cases, suite.Case{Name: c.name, Run: func(tb *suite.TB) {
				s := open(tb)
				if s == nil {
					tb.Fatal("Open returned no scorer")
				}
				c.run(&kit{TB: tb, Scorer: s})
			}})
		}
		all = append(all, t)
	}
	return all
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
		{"Assessment", assessmentCases()},
		{"Input", inputCases()},
		{"Blank", blankCases()},
		{"Bind", bindCases()},
		{"Context", contextCases()},
		{"Calls", callCases()},
		{"Concurrency", concurrencyCases()},
	}
}

// A kit is one case's scorer, and the checks that hold for every call.
type kit struct {
	*suite.TB
	forge.Scorer
}

// ask scores, and checks what must hold whatever comes back.
func (k *kit) ask(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	k.Helper()
	before := deepCopy(p)
	a, err := k.Score(ctx, resume, p)
	if !reflect.DeepEqual(p, before) {
		k.Errorf("the scorer changed the posting that it was given")
	}
	if err != nil {
		k.checkError(a, err, resume, p)
		return a, err
	}
	k.checkAssessment(a, p)
	return a, nil
}

func (k *kit) checkAssessment(a enrich.Assessment, p enrich.Posting) {
	k.Helper()
	if err := a.Validate(); err != nil {
		k.Errorf("the assessment is not valid: %v", err)
	}
	if strings.TrimSpace(a.Reasoning) == "" {
		k.Errorf("the assessment has no reasoning")
	}
	switch {
	case a.By == "":
		k.Errorf("By is blank: it must name the scorer, its model and its version")
	case strings.ContainsFunc(a.By, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		k.Errorf("By %q holds spaces or control characters: a user types it to reopen jobs", a.By)
	}
	for _, text := range []string{p.Data.Description, p.Data.Requirements} {
		for _, s := range said(a) {
			if enrich.Quotes(s, text) {
				k.Errorf("the assessment quotes the posting: a rejected posting's text must not outlive it")
				return
			}
		}
	}
}

// said is all that an assessment says in words.
func said(a enrich.Assessment) []string {
	words := []string{a.Reasoning, a.By}
	words = append(words, a.MissingSkills...)
	return append(words, a.SkillGapRecommendations...)
}

func (k *kit) checkError(a enrich.Assessment, err error, resume string, p enrich.Posting) {
	k.Helper()
	if !reflect.DeepEqual(a, enrich.Assessment{}) {
		k.Errorf("an assessment came with the error: %v", err)
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
		marked := strings.Contains(secret.text, secret.mark) && strings.Contains(text, secret.mark)
		if marked || enrich.Quotes(text, secret.text) {
			k.Errorf("the error holds text of the %s, and errors are logged", secret.whose)
		}
	}
}

// assess scores what must be scored.
func (k *kit) assess(resume string, p enrich.Posting) enrich.Assessment {
	k.Helper()
	a, err := k.ask(k.Context(), resume, p)
	if err != nil {
		k.Fatalf("score: %v", err)
	}
	return a
}

// assessOrRefuse scores what need not be scored, and checks that a refusal is one that the pipeline
// knows.
func (k *kit) assessOrRefuse(resume string, p enrich.Posting) {
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
