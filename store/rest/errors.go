package rest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var (
	// ErrUnauthorized means that the request has no token, or one that the server does not know.
	ErrUnauthorized = errors.New("rest: token missing or unknown")
	// ErrForbidden means that the token may look but not change anything.
	ErrForbidden = errors.New("rest: the token is for viewing only")
	// ErrRateLimited means that the token was used too often. The error says how long to wait: see [Error.RetryAfter].
	ErrRateLimited = errors.New("rest: too many requests")
	// ErrUnavailable means that the server, or the store behind it, cannot work now. The same call may succeed later.
	ErrUnavailable = errors.New("rest: store unavailable")

	// Both are kinds of store.ErrInvalid with a status of their own.
	errMalformed = fmt.Errorf("%w: body is not JSON", store.ErrInvalid)
	errTooLarge  = fmt.Errorf("%w: body too large", store.ErrInvalid)

	// What the handler says about a URL that is none of its own. It must not reach a client as store.ErrNotFound: the job may
	// well exist, and only the address is wrong.
	errNoRoute  = errors.New("rest: no such address")
	errNoMethod = errors.New("rest: method not allowed")
)

// A class is one kind of error: how it is told over HTTP, and what it is in Go.
type class struct {
	status int
	code   string // tells apart what shares a status, and this server's answers from a stranger's
	err    error
}

// classes is the one table between errors and statuses. The handler reads it from right to left, first match first, and the
// client from left to right.
func classes() []class {
	return []class{
		{http.StatusNotFound, "not_found", store.ErrNotFound},
		{http.StatusConflict, "lease_lost", store.ErrLeaseLost},
		{http.StatusBadRequest, "malformed", errMalformed},
		{http.StatusRequestEntityTooLarge, "too_large", errTooLarge},
		{http.StatusUnprocessableEntity, "invalid", store.ErrInvalid},
		{http.StatusUnauthorized, "unauthorized", ErrUnauthorized},
		{http.StatusForbidden, "forbidden", ErrForbidden},
		{http.StatusTooManyRequests, "rate_limited", ErrRateLimited},
		{http.StatusNotImplemented, "unsupported", errors.ErrUnsupported},
		{http.StatusNotFound, "no_route", errNoRoute},
		{http.StatusMethodNotAllowed, "no_method", errNoMethod},
		{http.StatusServiceUnavailable, "unavailable", ErrUnavailable},
	}
}

// classOf returns how an error is told. What no row names is the store's failure, not the caller's.
func classOf(err error) class {
	rows := classes()
	for _, c := range rows {
		if errors.Is(err, c.err) {
			return c
		}
	}
	return rows[len(rows)-1]
}

// errorOf returns what a status and a code are in Go; nil if the table has no such row. An answer without a code was not made
// by this package's handler, and no 404 or 409 of a stranger may be taken for a verdict on a job.
func errorOf(status int, code string) error {
	for _, c := range classes() {
		if c.status == status && c.code == code {
			return c.err
		}
	}
	switch status {
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusTooManyRequests:
		return ErrRateLimited
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrUnavailable
	}
	return nil
}

// A problem is the body of every answer that is an error, https://www.rfc-editor.org/rfc/rfc9457.
type problem struct {
	Type   string `json:"type"` // always "about:blank": the code says more
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`          // for a person; never a value that was sent
	Field  string `json:"field,omitempty"` // the field that is wrong, as the request spells it
}

// An Error is an answer of the server that is not the one hoped for. It wraps the error that a local store would have returned
// (store.ErrNotFound, store.ErrLeaseLost, store.ErrInvalid with its [*lead.FieldError]), or one of this package's, or
// [errors.ErrUnsupported] where the server's store lacks the ability.
type Error struct {
	Status int           // HTTP status
	Detail string        // what the server said
	Field  string        // the field that is wrong; blank: none in particular
	Wait   time.Duration // what the server asked for in Retry-After; 0: it did not say
	Err    error         // what it means in Go; nil: nothing that this package knows
}

// Error names the status and what it means.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("rest: the server answered HTTP %d, which is no answer of a forge server: check its address", e.Status)
	}
	s := e.Err.Error()
	for _, more := range []string{e.Field, e.Detail} {
		if more != "" {
			s += ": " + more
		}
	}
	return s
}

// Unwrap returns the meaning, and the field where one is named.
func (e *Error) Unwrap() []error {
	var all []error
	if e.Err != nil {
		all = append(all, e.Err)
	}
	if e.Field != "" {
		all = append(all, &lead.FieldError{Field: e.Field, Problem: e.Detail})
	}
	return all
}

// RetryAfter returns how long the server asked to be left alone; 0 if it did not say.
func (e *Error) RetryAfter() time.Duration { return e.Wait }
