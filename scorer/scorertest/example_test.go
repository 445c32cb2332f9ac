package scorertest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/scorertest"
)

// wordsInCommon is a scorer. It says what it cannot judge, and never guesses.
func wordsInCommon(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	known := strings.Fields(strings.ToLower(resume))
	asked := strings.Fields(strings.ToLower(p.Data.Description))
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case len(known) == 0:
		return enrich.Assessment{}, fmt.Errorf("%w: the résumé is blank", scorer.ErrUnavailable)
	case p.Data.Validate() != nil:
		return enrich.Assessment{}, fmt.Errorf("%w: no text to judge: %w", scorer.ErrReply, p.Data.Validate())
	}
	knows := make(map[string]bool)
	for _, w := range known {
		knows[w] = true
	}
	common := 0
	for _, w := range asked {
		if knows[w] {
			common++
		}
	}
	return enrich.Assessment{
		Score: 100 * common / len(asked), By: "words/1",
		Reasoning: fmt.Sprintf("%d of %d words are in the résumé.", common, len(asked)),
	}, nil
}

func ExampleRun() {
	// In a file of yours whose name ends in _test.go, this is the whole test.
	TestWordsInCommon := func(t *testing.T) {
		scorertest.Run(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(wordsInCommon) })
	}
	_ = TestWordsInCommon
}

func TestRunPassesTheExample(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(wordsInCommon) })
}
