// Package scorer holds the vocabulary of scoring: the errors by which a scorer says what went
// wrong, the interfaces, and combinators that take and return them. A scorer answers with a valid
// assessment or with an error, never with a guess.
package scorer

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/enrich"
)

var (
	// ErrUnavailable means that the scorer cannot work now: the server is down, the model is
	// missing, the machine is overloaded. It says nothing about the job. The pipeline stops
	// claiming and gives back what it holds.
	ErrUnavailable = errors.New("scorer: unavailable")

	// ErrCrashed means that the server failed while it worked on this posting: its runner died, it
	// answered HTTP 500, the answer broke off or did not come to an end. It wraps [ErrUnavailable],
	// because the server can be at fault. If it happens to one posting again while others are
	// judged, it is that posting's own failure.
	ErrCrashed = fmt.Errorf("%w: failed while it judged this posting", ErrUnavailable)

	// ErrReply means that the scorer answered with something that is not a judgement. It counts as
	// the job's attempt. If several different postings in a row fail with it, the model cannot do
	// the work, and no posting is at fault.
	ErrReply = errors.New("scorer: reply not usable")

	// ErrPosting means that this scorer can never judge this posting: it has no text, it is in a
	// language that the scorer does not read, it speaks to a model instead of describing a job. It
	// wraps [ErrReply] and counts as the job's attempt, but says nothing about the scorer, however
	// many postings in a row fail with it.
	ErrPosting = fmt.Errorf("%w: posting cannot be judged", ErrReply)

	// ErrTooLong means that the posting does not fit, however it is cut. It counts as the job's
	// attempt.
	ErrTooLong = errors.New("scorer: posting too long")
)

// A Scorer judges a posting against a résumé. It returns an assessment for which Validate is nil,
// or an error, never a guess: [ErrUnavailable] if it cannot work now, [ErrReply] or [ErrTooLong] if
// it cannot judge this posting. It is safe for concurrent use. forge.Scorer is an alias of it.
type Scorer interface {
	Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error)
}

// A ResumeBinder is a [Scorer] that can read a résumé once and judge many postings against it.
// Every scorer and combinator that ships with forge is one.
type ResumeBinder interface {
	// ForResume returns a scorer for this résumé. Its Score ignores the résumé that it is given, so
	// one bound scorer never judges two résumés. The error says what makes a résumé unusable and
	// how to fix it.
	ForResume(resume string) (Scorer, error)
}

// Bind returns s bound to the résumé if s is a [ResumeBinder]. Any other scorer gets the résumé
// with each call.
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
