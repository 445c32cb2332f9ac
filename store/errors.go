package store

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
)

var (
	// ErrNotFound means that the user has no job with this id. Another user may have it.
	ErrNotFound = errors.New("store: no such job for this user")
	// ErrLeaseLost means that the claim ended: its lease ran out and another worker has the job, or
	// the job was decided, released or reopened. Nothing was changed. The worker drops what it did.
	ErrLeaseLost = errors.New("store: lease lost")
	// ErrInvalid means that an argument breaks the contract. The error names the argument.
	// Repeating the call does not help.
	ErrInvalid = errors.New("store: invalid")
)

// A PartialError is what Sync returns beside valid refs when it refused some leads and stored the
// others.
type PartialError struct{ Rejected []Rejected }

// A Rejected is one lead that Sync refused.
type Rejected struct {
	Index int      // in the batch, from 0
	Key   lead.Key // as far as it could be read
	Err   error    // a [*lead.FieldError]
}

// Error names the first few refused leads by position and field, never by value.
func (e *PartialError) Error() string {
	const most = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %d leads refused", ErrInvalid, len(e.Rejected))
	for i, r := range e.Rejected {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(e.Rejected)-most)
			break
		}
		fmt.Fprintf(&b, "; lead %d: %v", r.Index, r.Err)
	}
	return b.String()
}

// Unwrap returns [ErrInvalid].
func (e *PartialError) Unwrap() error { return ErrInvalid }

// CheckUser refuses a user's name that is blank, longer than [MaxUserBytes], or not printable, with
// [ErrInvalid]. Every call of a store that was made for such a user fails in the same way.
func CheckUser(user string) error {
	problem := ""
	switch {
	case strings.TrimSpace(user) == "":
		problem = "blank"
	case len(user) > MaxUserBytes:
		problem = fmt.Sprintf("%d bytes, at most %d are allowed", len(user), MaxUserBytes)
	case !utf8.ValidString(user) || strings.ContainsFunc(user, unicode.IsControl):
		problem = "holds control characters or invalid UTF-8"
	default:
		return nil
	}
	return fmt.Errorf("%w: %w", ErrInvalid, &lead.FieldError{Field: "user", Problem: problem})
}
