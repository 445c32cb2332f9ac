package scorer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// A scorer of one's own answers with a judgement, or says why it cannot. It never guesses.
func ExampleScorer() {
	var s scorer.Scorer = forge.ScorerFunc(func(_ context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
		if len(p.Data.Description) > 10_000 {
			return enrich.Assessment{}, fmt.Errorf("%w: %d bytes", scorer.ErrTooLong, len(p.Data.Description))
		}
		m := enrich.Assessment{By: "contains/1", Reasoning: "Flour is asked for.", MissingSkills: []string{"flour"}}
		if strings.Contains(resume, "flour") {
			m.Score, m.MissingSkills = 80, nil
		}
		return m, nil
	})
	m, err := s.Score(context.Background(), "Ten years of flour.", enrich.Posting{Data: enrich.Data{Description: "Flour."}})
	fmt.Println(m.Score, m.MissingSkills, err)
	_, err = s.Score(context.Background(), "", enrich.Posting{Data: enrich.Data{Description: strings.Repeat("x", 10_001)}})
	fmt.Println(errors.Is(err, scorer.ErrTooLong), err)
	// Output:
	// 80 [] <nil>
	// true scorer: posting too long: 10001 bytes
}
