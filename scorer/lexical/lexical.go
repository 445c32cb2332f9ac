package lexical

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// By is what every match of this package says in [enrich.Assessment.By]. Its number changes when
// the formula or the vocabulary does, so that what an older version rejected can be reopened by it.
const By = "lexical/4"

// Options adjusts a [Scorer]. Nil and the zero value are fine.
type Options struct {
	// Skills are known beside the vocabulary's own. If empty, no more are known.
	Skills []Skill
	// ESCO brings the occupations and skills that [LoadESCO] read. If nil, the vocabulary is used
	// alone.
	ESCO *ESCO
}

// A Skill is a name that the scorer is to know. A spelling that the vocabulary has already stays as
// it is.
type Skill struct {
	// as it is shown: "Apache Flink". A blank one, or one of more than seven words or 100
	// characters, is left out

	Name    string
	Aliases []string // other spellings; case, accents and plurals do not matter
}

// A Scorer judges by the words of the two texts. It is immutable, and safe for concurrent use.
type Scorer struct {
	v        *vocabulary
	identity string
	sketches func() *sketchbook // made when it is first needed
}

// New returns a scorer. It reads the vocabulary, which takes some milliseconds; use one scorer for
// all postings.
func New(o *Options) *Scorer {
	if o == nil {
		o = &Options{}
	}
	s := &Scorer{v: readVocabulary(o), identity: By}
	if len(o.Skills) > 0 {
		s.identity += fmt.Sprintf(" %x", sha256.Sum256(fmt.Appendf(nil, "%q", o.Skills)))
	}
	if o.ESCO != nil {
		s.identity += " esco " + o.ESCO.identity
	}
	s.sketches = sync.OnceValue(s.newSketchbook)
	return s
}

// Identity names the version, the caller's skills and what of ESCO was loaded: all that a match
// depends on besides the two texts. It never fails.
func (s *Scorer) Identity(context.Context) (string, error) { return s.identity, nil }

// Score judges p. The same texts get the same assessment, always and everywhere. It returns
// scorer.ErrPosting for a description that is blank or in a script or language it cannot read,
// scorer.ErrUnavailable for such a résumé, and the context's error.
func (s *Scorer) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w", err)
	}
	profile, err := s.read(resume)
	if err != nil {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w", err)
	}
	return s.score(ctx, profile, p)
}

// ForResume reads the résumé once, and returns a scorer that judges against it. A résumé that is
// blank, or in a script or language that this scorer does not read, is a [*lead.FieldError] that
// wraps scorer.ErrUnavailable.
func (s *Scorer) ForResume(resume string) (scorer.Scorer, error) {
	profile, err := s.read(resume)
	if err != nil {
		return nil, fmt.Errorf("lexical: %w", err)
	}
	return bound{s, profile}, nil
}

// bound is a scorer that has read its résumé.
type bound struct {
	*Scorer
	profile profile
}

func (b bound) Score(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	return b.score(ctx, b.profile, p)
}

// ForResume is not for a scorer that has a résumé: it returns itself.
func (b bound) ForResume(string) (scorer.Scorer, error) { return b, nil }

func (s *Scorer) read(resume string) (profile, error) {
	if problem := unreadable(resume); problem != "" {
		return profile{}, fmt.Errorf(
			"%w: %w", scorer.ErrUnavailable, &lead.FieldError{Field: "resume", Problem: problem},
		)
	}
	p := s.v.profileOf(resume)
	if !p.readable && p.hits == 0 {
		return p, fmt.Errorf(
			"%w: %w", scorer.ErrUnavailable, &lead.FieldError{Field: "resume", Problem: unknownLanguage},
		)
	}
	return p, nil
}

const unknownLanguage = "in a language that this scorer does not know; use a model"

func (s *Scorer) score(ctx context.Context, p profile, posting enrich.Posting) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w", err)
	}
	problem := unreadable(firstBytes(posting.Data.Description))
	var d demand
	if problem == "" {
		if d = s.v.demandOf(posting); !d.readable {
			problem = unknownLanguage
		}
	}
	if problem != "" {
		err := &lead.FieldError{Field: "description", Problem: problem}
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w: %w", scorer.ErrPosting, err)
	}
	return s.v.match(s.v.judge(d, p, yearOf(posting.Lead)), d, posting.Data), nil
}

// yearOf returns the year in which work that goes on is counted up to, 0 if it is not known: the clock
// would make the score depend on the day.
func yearOf(l lead.Lead) int {
	if l.PostedAt.IsZero() {
		return 0
	}
	return l.PostedAt.Year()
}

// unreadable says why a text cannot be judged by its words; blank if it can. Scripts other than
// Latin are left to a model: a score of words that nobody could match would be a guess.
func unreadable(text string) string {
	if strings.TrimSpace(text) == "" {
		return "blank: there is nothing to judge"
	}
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r < 0x80 && words.IsLetter(r), r >= 0xc0 && r < 0x250:
			latin++
		case r >= 0x250 && words.IsLetter(r):
			other++
		}
	}
	switch {
	case latin+other == 0:
		return "holds no words"
	case other > latin:
		return "mostly in a script that this scorer does not read; use a model"
	}
	return ""
}
