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

// A Scorer judges a posting against a résumé. It is the method set of forge.Scorer, which this package cannot import. It is
// safe for concurrent use, and returns a match for which Validate is nil, or an error that wraps one of this package's.
type Scorer interface {
	Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error)
}
