// Package scorer holds the vocabulary of scoring: the errors by which a scorer says what went wrong, and the interface that
// combinators take and return. A scorer answers with a valid judgement or with an error, never with a guess.
package scorer

import (
	"context"
	"errors"

	"github.com/agent-forge/forge/enrich"
)

var (
	// ErrUnavailable means that the scorer cannot work now: server down, model missing, overloaded. It says nothing about the
	// job. The pipeline stops claiming and gives back what it holds.
	ErrUnavailable = errors.New("scorer: unavailable")
	// ErrReply means that the scorer answered with something that is not a judgement. It counts as the job's attempt.
	ErrReply = errors.New("scorer: reply not usable")
	// ErrTooLong means that the posting does not fit, however it is cut. It counts as the job's attempt.
	ErrTooLong = errors.New("scorer: posting too long")
)

// A Scorer judges a posting against a résumé. It returns an assessment for which Validate is nil, or an error, never a
// guess: [ErrUnavailable] if it cannot work now, [ErrReply] or [ErrTooLong] if it cannot judge this posting. It is safe
// for concurrent use. forge.Scorer is an alias of it.
type Scorer interface {
	Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error)
}

// A ResumeBinder is a [Scorer] that can read a résumé once and judge many postings against it. Every scorer and
// combinator that ships with forge is one.
type ResumeBinder interface {
	// ForResume returns a scorer for this résumé. Its Score ignores the résumé that it is given, so one bound scorer never
	// judges two résumés. The error says what makes a résumé unusable and how to fix it.
	ForResume(resume string) (Scorer, error)
}

// Bind returns s bound to the résumé if s is a [ResumeBinder]. Any other scorer gets the résumé with each call.
func Bind(s Scorer, resume string) (Scorer, error) {
	if b, ok := s.(ResumeBinder); ok {
		return b.ForResume(resume)
	}
	return withResume{s, resume}, nil
}

// withResume is a scorer that is no [ResumeBinder], with the résumé that it is given each time.
type withResume struct {
	Scorer
	resume string
}

func (s withResume) Score(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	return s.Scorer.Score(ctx, s.resume, p)
}
