package lexical

import (
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// Sketch returns the numbers of what the scorer understood of p: skills, roles, words of work, years,
// rank and languages, and the buckets of other words. Texts that are understood alike have equal
// sketches. It returns nil for a posting that the scorer cannot read.
func (s *Scorer) Sketch(p enrich.Posting) enrich.Sketch {
	if unreadable(firstBytes(p.Data.Description)) != "" {
		return nil
	}
	d := s.v.demandOf(p)
	if !d.readable {
		return nil
	}
	b := s.sketches()
	o := b.outline(d)
	// What says least is left out until the rest fits.
	for {
		sketch := b.write(o)
		if len(sketch) <= enrich.MaxSketchBytes {
			return sketch
		}
		if !drop(o.buckets) && !drop(o.words) && !dropNotes(o.notes) {
			return nil
		}
	}
}

// ForSketches reads the résumé once.
func (s *Scorer) ForSketches(resume string) (scorer.SketchScorer, error) {
	p, err := s.read(resume)
	if err != nil {
		return nil, fmt.Errorf("lexical: %w", err)
	}
	terms := make(map[string]bool, len(p.terms))
	for text, title := range p.terms {
		key := keyText(words.Key{Text: text})
		terms[key] = terms[key] || title
	}
	p.terms = terms
	full := 0
	for key := range terms {
		if key[0] == '#' {
			full++
		}
	}
	return sketchScorer{s.sketches(), p, min(float64(full)/buckets, fullest)}, nil
}

// fullest is the largest share of full buckets that is corrected for. Only a book has more words.
const fullest = 0.9

// A sketchScorer judges sketches against a profile whose unknown words are in buckets.
type sketchScorer struct {
	book    *sketchbook
	profile profile
	full    float64 // the share of buckets in which the profile has a word
}

// ScoreSketch judges a sketch by the formula that judges texts.
func (s sketchScorer) ScoreSketch(l lead.Lead, sketch enrich.Sketch) (score int, verified bool, err error) {
	d, ok := s.book.read(sketch)
	if !ok {
		return 0, false, fmt.Errorf("lexical: %w", scorer.ErrSketch)
	}
	// Of the words that the résumé does not have, the share full is in a bucket where it has another.
	for _, t := range d.terms {
		if t.same == unknown && t.text[0] == '#' && t.text != leftOut && s.profile.shows(t) == 0 {
			d.chance += t.weight * s.full / (1 - s.full)
		}
	}
	r := s.book.v.judge(d, s.profile, yearOf(l))
	return r.score, !r.unverified, nil
}
