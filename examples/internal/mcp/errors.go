package mcp

import (
	"errors"
	"fmt"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

var errUnsupported = fmt.Errorf("mcp: the store lacks this ability: %w", errors.ErrUnsupported)

func outOfRange(field string, n, most int) error {
	return fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{
		Field: field, Problem: fmt.Sprintf("%d is out of range: want 1 to %d, or leave it out", n, most),
	})
}

// explain says for a model what is wrong and what to do. What it does not know is logged and not
// shown, because an error of a database can hold anything.
func (t *tools) explain(call string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errors.New("the user has no job with this id; find_jobs and explain_rejected list ids")
	case errors.Is(err, store.ErrInvalid):
		if field, ok := errors.AsType[*lead.FieldError](err); ok {
			return fmt.Errorf("%s: %s", field.Field, field.Problem)
		}
		return errors.New("an argument is not valid; the tool's schema says what is")
	case errors.Is(err, rest.ErrUnauthorized):
		return errors.New("the server does not know this token; ask the user for a new one")
	case errors.Is(err, rest.ErrForbidden):
		return errors.New("the token is for viewing only: nothing was changed")
	case errors.Is(err, rest.ErrRateLimited):
		if early, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err); ok && early.RetryAfter() > 0 {
			return fmt.Errorf("too many requests: try again in %v", early.RetryAfter().Round(time.Second))
		}
		return errors.New("too many requests: try again in a minute")
	case errors.Is(err, errors.ErrUnsupported):
		return errors.New("the store lacks this ability")
	}
	t.Logger.Error("a tool failed", "tool", call, "error", err)
	return errors.New("the store does not answer; nothing was changed for sure, and it can be tried again")
}
