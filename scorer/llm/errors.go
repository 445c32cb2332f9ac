package llm

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/agent-forge/forge/scorer"
)

// An Error is a call to the model that brought no assessment. It wraps an error of package scorer,
// and the cause if there is one: a context's error, a transport's. Its message never holds text of
// the résumé, the posting or the reply.
type Error struct {
	// Kind is scorer.ErrUnavailable, ErrCrashed, ErrReply, ErrPosting or ErrTooLong.
	Kind error
	// Status is the HTTP status of the answer; 0 if there was none or it was 200.
	Status int
	// Reason says what happened and what the user can do.
	Reason string
	// Wait is what the server asked for in Retry-After; 0 if it did not.
	Wait time.Duration
	// Cause can be nil.
	Cause error
}

// Error names the kind, the status, the reason and the cause.
func (e *Error) Error() string {
	s := e.Kind.Error() + ": "
	if e.Status != 0 {
		s += fmt.Sprintf("HTTP %d: ", e.Status)
	}
	s += e.Reason
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns Kind, and Cause if there is one.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// RetryAfter returns how long the server asked to be left alone; 0 if it did not.
func (e *Error) RetryAfter() time.Duration { return e.Wait }

func unavailable(cause error, format string, args ...any) *Error {
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err // the method and the URL say nothing new
	}
	return &Error{Kind: scorer.ErrUnavailable, Reason: fmt.Sprintf(format, args...), Cause: cause}
}

func badReply(format string, args ...any) *Error {
	return &Error{Kind: scorer.ErrReply, Reason: fmt.Sprintf(format, args...)}
}

var (
	errTooLong = &Error{
		Kind:   scorer.ErrTooLong,
		Reason: "the posting does not fit beside the résumé, however it is cut: raise Options.NumCtx",
	}
	errLength = badReply("the reply did not fit into Options.NumPredict: raise it, or use a model that " +
		"does not think aloud")
	errTimeout = errors.New("no complete answer in time: a slow machine needs a longer Options.Timeout")
)
