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
	// ErrUnauthorized means that the request has no token, or a token that the server does not
	// know.
	ErrUnauthorized = errors.New("rest: token missing or unknown")
	// ErrForbidden means that the token is for viewing, and the call changes something.
	ErrForbidden = errors.New("rest: the token is for viewing only")
	// ErrRateLimited means that the token was used too often. [Error.RetryAfter] says how long to
	// wait.
	ErrRateLimited = errors.New("rest: too many requests")
	// ErrUnavailable means that the server, or the store behind it, cannot work now. The same call
	// may succeed later.
	ErrUnavailable = errors.New("rest: store unavailable")

	// These are store.ErrInvalid with a status of their own.
	errMalformed = fmt.Errorf("%w: body is not JSON", store.ErrInvalid)
	errTooLarge  = fmt.Errorf("%w: body too large", store.ErrInvalid)

	// These are what the handler says about an address that it does not serve. A client must not
	// take them for store.ErrNotFound: the job may exist.
	errNoRoute  = errors.New("rest: no such address")
	errNoMethod = errors.New("rest: method not allowed")
)

// A class is one kind of error: its form in HTTP, and in Go.
type class struct {
	status int
	code   string // tells errors of one status apart, and answers of this package from those of a proxy
	err    error
}

// classes is the one table of errors and statuses. The handler looks an error up in it, first match
// first, and the client a status and a code.
var classes = []class{
	{http.StatusNotFound, "not_found", store.ErrNotFound},
	{http.StatusConflict, "lease_lost", store.ErrLeaseLost},
	{http.StatusGone, "pruned", store.ErrPruned},
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

// classOf returns the form of an error in HTTP. An error that no row names is the store's failure,
// not the caller's.
func classOf(err error) class {
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c
		}
	}
	return classes[len(classes)-1]
}

// errorOf returns the error of a status and a code, nil if the table has no such row. An answer
// without a code was not made by this package's handler: a proxy's 404 or 409 says nothing about a
// job.
func errorOf(status int, code string) error {
	for _, c := range classes {
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

// A problemAnswer is the body of every answer that is an error,
// https://www.rfc-editor.org/rfc/rfc9457.
type problemAnswer struct {
	Type   string `json:"type"` // always "about:blank"
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`          // for a person; never a value that was sent
	Field  string `json:"field,omitempty"` // the field that is wrong, as the request spells it
	// Rejected is what is wrong with each lead of a batch of which none was stored.
	Rejected []rejectedAnswer `json:"rejected,omitempty"`
	After    int64            `json:"after,omitempty"` // of pruned: the cursor after which none is missing
}

// An Error is an answer that refuses a call. It wraps the error that a local store would have
// returned (store.ErrNotFound, store.ErrLeaseLost, store.ErrInvalid with its [*lead.FieldError]),
// or one of this package's errors, or [errors.ErrUnsupported] if the server's store lacks the
// ability.
type Error struct {
	Status int           // HTTP status
	Detail string        // what the server said
	Field  string        // the field that is wrong, empty if none is named
	Wait   time.Duration // what the server asked for in Retry-After, 0 if it did not say
	Err    error         // what the answer means, nil if this package does not know it

	rejected []rejectedAnswer // problemAnswer.Rejected
}

// Error names the status and what it means.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf(
			"rest: the server answered HTTP %d, which is not an answer of a forge server: check its address",
			e.Status,
		)
	}
	s := e.Err.Error()
	for _, more := range []string{e.Field, e.Detail} {
		if more != "" {
			s += ": " + more
		}
	}
	return s
}

// Unwrap returns Err, and the field if one is named.
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

// RetryAfter returns how long the server asked to wait, 0 if it did not say.
func (e *Error) RetryAfter() time.Duration { return e.Wait }
