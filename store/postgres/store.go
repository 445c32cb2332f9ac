package postgres

import (
	"context"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
)

// A Store is one user's view of a [DB]. It is safe for concurrent use.
type Store struct {
	db   *DB
	user string
}

var (
	_ forge.Store    = (*Store)(nil)
	_ forge.Lister   = (*Store)(nil)
	_ forge.Reopener = (*Store)(nil)
	_ forge.Marker   = (*Store)(nil)
	_ forge.Counter  = (*Store)(nil)
)

// do runs one call's statements, repeated while they fail for a passing reason, and names the call in its error.
func (s *Store) do(ctx context.Context, call string, f func(attempt int) error) error {
	err := s.db.retry(ctx, func(attempt int) error {
		if err := s.db.check(ctx); err != nil {
			return err
		}
		return f(attempt)
	})
	if err != nil {
		return fmt.Errorf("postgres: %s: %w", call, err)
	}
	return nil
}

// valid refuses a handle made for a bad user, and then an argument.
func (s *Store) valid(argument error) error {
	if err := store.CheckUser(s.user); err != nil {
		return err
	}
	return argument
}
