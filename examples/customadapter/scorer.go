package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// byWords is a forge.ScorerFunc that scores the share of the advert's words that the résumé has.
func byWords(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	words := strings.Fields(strings.ToLower(p.Data.Description))
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case strings.TrimSpace(resume) == "":
		return enrich.Assessment{}, fmt.Errorf("%w: no résumé", scorer.ErrUnavailable)
	case p.Data.Validate() != nil:
		return enrich.Assessment{}, fmt.Errorf("%w: no text: %w", scorer.ErrPosting, p.Data.Validate())
	}
	found, resume := 0, strings.ToLower(resume)
	for _, w := range words {
		if strings.Contains(resume, strings.Trim(w, ".,;:()")) {
			found++
		}
	}
	reason := fmt.Sprintf("%d of %d words.", found, len(words))
	return enrich.Assessment{Score: 100 * found / len(words), Reasoning: reason, By: "by-words/1"}, nil
}
