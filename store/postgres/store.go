package postgres

import (
	"cmp"
	"context"
	"fmt"

	"github.com/agent-forge/forge/store"
)

// A Store is one user's view of a [DB]. It is safe for concurrent use.
type Store struct {
	db   *DB
	user string
}

// do runs one call's statements, repeated while they fail for a passing reason, and names the call
// in its error.
func (s *Store) do(ctx context.Context, call string, f func(attempt int) error) error {
	return named(call, s.db.retry(ctx, func(attempt int) error {
		if err := s.db.check(ctx); err != nil {
			return err
		}
		return f(attempt)
	}))
}

// valid refuses a view of a user that has no valid name, and then an argument.
func (s *Store) valid(call string, argument error) error {
	return named(call, cmp.Or(store.CheckUser(s.user), argument))
}

// named returns the error of a call with the name of the call, or nil.
func named(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("postgres: %s: %w", call, err)
}
