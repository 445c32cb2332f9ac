package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/agent-forge/forge/scorer"
)

// An Error is a call to the server that brought no judgement. It wraps scorer.ErrUnavailable, ErrReply or ErrTooLong, and the
// cause if there is one: a context's error, a transport's. Its message never holds text of the résumé, the posting or the
// reply.
type Error struct {
	Status int           // of the HTTP answer; 0: there was none, or it was 200
	Reason string        // what happened and what the user can do
	Wait   time.Duration // what the server asked for in Retry-After; 0: it did not say
	Kind   error         // scorer.ErrUnavailable, scorer.ErrReply or scorer.ErrTooLong
	Cause  error         // nil: there is none
}

// Error names the kind, the status, the reason and the cause.
func (e *Error) Error() string {
	s := e.Kind.Error() + ": ollama"
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP %d", e.Status)
	}
	s += ": " + e.Reason
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

// RetryAfter returns how long the server asked to be left alone; 0 if it did not say.
func (e *Error) RetryAfter() time.Duration { return e.Wait }

func unavailable(reason string, cause error) *Error {
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err // the method and the URL say nothing new
	}
	return &Error{Kind: scorer.ErrUnavailable, Reason: reason, Cause: cause}
}

func badReply(format string, args ...any) *Error {
	return &Error{Kind: scorer.ErrReply, Reason: fmt.Sprintf(format, args...)}
}

func tooLong(format string, args ...any) *Error {
	return &Error{Kind: scorer.ErrTooLong, Reason: fmt.Sprintf(format, args...)}
}

// Causes by which a call is given up on our side.
var (
	errTimeout = errors.New("no complete answer in time; a slow machine needs a longer Options.Timeout")
	errStalled = errors.New("the answer began and then stalled")
)

// givenUp tells the caller's end of patience from ours.
func givenUp(caller, call context.Context, err error) *Error {
	if caller.Err() != nil {
		return unavailable("the caller stopped waiting", caller.Err())
	}
	if cause := context.Cause(call); cause != nil {
		return unavailable(cause.Error(), nil)
	}
	return unavailable("the connection failed before the answer was complete", err)
}
