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

// byFlour answers with an assessment, or says why it cannot. It never guesses.
func byFlour(_ context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if len(p.Data.Description) > 10_000 {
		return enrich.Assessment{}, fmt.Errorf("%w: %d bytes", scorer.ErrTooLong, len(p.Data.Description))
	}
	a := enrich.Assessment{By: "flour/1", Reasoning: "Flour is asked for.", MissingSkills: []string{"flour"}}
	if strings.Contains(resume, "flour") {
		a.Score, a.MissingSkills = 80, nil
	}
	return a, nil
}

func ExampleScorer() {
	s := forge.ScorerFunc(byFlour)
	ctx, p := context.Background(), enrich.Posting{Data: enrich.Data{Description: "Flour."}}
	a, err := s.Score(ctx, "Ten years of flour.", p)
	fmt.Println(a.Score, a.MissingSkills, err)
	p.Data.Description = strings.Repeat("x", 10_001)
	_, err = s.Score(ctx, "", p)
	fmt.Println(errors.Is(err, scorer.ErrTooLong), err)
	// Output:
	// 80 [] <nil>
	// true scorer: posting too long: 10001 bytes
}
