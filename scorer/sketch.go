package scorer

import (
	"errors"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// ErrSketch means that a sketch was made by another scorer or another version of it. What it says is
// not guessed.
var ErrSketch = errors.New("scorer: sketch of another version")

// A Sketcher makes sketches of postings and judges them. It is safe for concurrent use. The scorer of
// package lexical is one.
type Sketcher interface {
	// Sketch returns what the scorer understood of p, nil if it cannot read p.
	Sketch(p enrich.Posting) enrich.Sketch

	// ForSketches reads a résumé once. The error says what makes it unusable.
	ForSketches(resume string) (SketchScorer, error)
}

// A SketchScorer judges sketches against one résumé. It is safe for concurrent use.
type SketchScorer interface {
	// ScoreSketch returns the score that the posting of a sketch and a lead would have, as far as
	// the sketch tells, and whether evidence backs it. It returns [ErrSketch] for a sketch that it
	// cannot read.
	ScoreSketch(l lead.Lead, s enrich.Sketch) (score int, verified bool, err error)
}

// SketcherOf returns the first [Sketcher] among s and what it is made of, nil if there is none: the
// cheap scorer of a [Cascade], for example.
func SketcherOf(s Scorer) Sketcher {
	var parts []Scorer
	switch c := s.(type) {
	case Sketcher:
		return c
	case *Cached:
		parts = []Scorer{c.scorer}
	case *Fallback:
		parts = []Scorer{c.first, c.second}
	case interface{ parts() []Scorer }:
		parts = c.parts()
	}
	for _, part := range parts {
		if sketcher := SketcherOf(part); sketcher != nil {
			return sketcher
		}
	}
	return nil
}
