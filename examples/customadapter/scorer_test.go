package main

import (
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/scorer/scorertest"
)

func openByWords(testing.TB) forge.Scorer { return forge.ScorerFunc(byWords) }

func TestScorer(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, openByWords)
}
