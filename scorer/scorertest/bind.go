package scorertest

import (
	"reflect"

	"github.com/agent-forge/forge/scorer"
)

// bindCases hold for every scorer: scorer.Bind binds those that are no scorer.ResumeBinder, too.
func bindCases() []testCase {
	return []testCase{
		{"a bound scorer says what the scorer says", func(k *kit) {
			want := k.assess(resumeText, ordinary())
			bound := k.bind(resumeText)
			if got := bound.assess(resumeText, ordinary()); !reflect.DeepEqual(got, want) {
				k.Errorf("bound, the score is %d with %q; else it is %d with %q",
					got.Score, got.Reasoning, want.Score, want.Reasoning)
			}
		}},
		{"a bound scorer ignores the résumé of the call", func(k *kit) {
			bound := k.bind(resumeText)
			want := bound.assess(resumeText, ordinary())
			for _, resume := range []string{"", "Pastry chef with ten years of laminated dough."} {
				if got := bound.assess(resume, ordinary()); !reflect.DeepEqual(got, want) {
					k.Errorf("one bound scorer judged two résumés")
				}
			}
		}},
	}
}

// bind returns the kit with its scorer bound.
func (k *kit) bind(resume string) *kit {
	k.Helper()
	bound, err := scorer.Bind(k.Scorer, resume)
	if err != nil {
		k.Fatalf("bind: %v", err)
	}
	if bound == nil {
		k.Fatal("ForResume returned neither a scorer nor an error")
	}
	return &kit{TB: k.TB, Scorer: bound}
}
