package lexical

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// By is what every match of this package says in [enrich.Assessment.By]. Its number changes when the formula or the vocabulary
// does, so that what an older version rejected can be reopened by it.
const By = "lexical/1"

// Options adjusts a [Scorer]. Nil and the zero value are fine.
type Options struct {
	Skills []Skill // known beside the vocabulary's own. Default none
}

// A Skill is a name that the scorer is to know. A spelling that the vocabulary has already stays as it is.
type Skill struct {
	Name    string   // as it is shown: "Apache Flink". A blank one, or one of more than seven words or 100 characters, is left out
	Aliases []string // other spellings; case, accents and plurals do not matter
}

// A Scorer judges by the words of the two texts. It is immutable, and safe for concurrent use.
type Scorer struct {
	v        *vocabulary
	identity string
}

var (
	_ scorer.Scorer     = (*Scorer)(nil)
	_ scorer.Identifier = (*Scorer)(nil)
)

// New returns a scorer. It reads the vocabulary, which takes some milliseconds; use one scorer for all postings.
func New(o *Options) *Scorer {
	if o == nil {
		o = &Options{}
	}
	s := &Scorer{v: readVocabulary(o.Skills), identity: By}
	if len(o.Skills) > 0 {
		s.identity += fmt.Sprintf(" %x", sha256.Sum256(fmt.Appendf(nil, "%q", o.Skills)))
	}
	return s
}

// Identity names the version and the caller's skills: all that a match depends on besides the two texts. It never fails.
func (s *Scorer) Identity(context.Context) (string, error) { return s.identity, nil }

// Score judges p. The same texts get the same match, always and everywhere. It returns scorer.ErrReply for a description
// that is blank or in a script or language it cannot read, scorer.ErrUnavailable for such a résumé, and the context's error.
func (s *Scorer) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w", err)
	}
	if problem := unreadable(resume); problem != "" {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w: %w", scorer.ErrUnavailable, &lead.FieldError{Field: "resume", Problem: problem})
	}
	if problem := unreadable(firstBytes(p.Data.Description)); problem != "" {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w: %w", scorer.ErrReply, &lead.FieldError{Field: "description", Problem: problem})
	}
	d := s.v.demandOf(p)
	if !d.readable {
		problem := &lead.FieldError{Field: "description", Problem: "in a language whose words this scorer does not know; use a model"}
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w: %w", scorer.ErrReply, problem)
	}
	now := 0 // the clock would make the score depend on the day
	if !p.Lead.PostedAt.IsZero() {
		now = p.Lead.PostedAt.Year()
	}
	profile := s.v.profileOf(resume, now)
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("lexical: score: %w", err)
	}
	return s.v.match(s.v.judge(d, profile), d, profile, p.Data), nil
}

// unreadable says why a text cannot be judged by its words; blank if it can. Scripts other than Latin are left to a model:
// a score of words that nobody could match would be a guess.
func unreadable(text string) string {
	if strings.TrimSpace(text) == "" {
		return "blank: there is nothing to judge"
	}
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r < 0x80 && isWordRune(r), r >= 0xc0 && r < 0x250:
			latin++
		case r >= 0x250 && isWordRune(r):
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
