package sqlite

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/sqlstore"
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

// valid refuses a handle made for a bad user, and then an argument.
func (s *Store) valid(call string, argument error) error {
	err := store.CheckUser(s.user)
	if err == nil {
		err = argument
	}
	if err != nil {
		return fmt.Errorf("sqlite: %s: %w", call, err)
	}
	return nil
}

// reading runs the statements of one call that changes nothing, and names the call in its error.
func (s *Store) reading(ctx context.Context, call string, f func(q sqlx.ExtContext) error) error {
	err := s.db.check(ctx)
	if err == nil {
		err = f(s.db.read)
	}
	return named(ctx, call, err)
}

// writing runs the statements of one call in a transaction, and names the call in its error.
func (s *Store) writing(ctx context.Context, call string, f func(tx *sqlx.Tx) error) error {
	err := s.db.check(ctx)
	if err == nil {
		err = s.db.inTx(ctx, f)
	}
	return named(ctx, call, err)
}

func named(ctx context.Context, call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlite: %s: %w", call, sqlstore.Ended(ctx, explain(err)))
}

// inTx runs f in one transaction, which has the write lock from its start.
func (d *DB) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, err := d.write.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // f's error says more; what is not committed is rolled back either way
		return err
	}
	return tx.Commit()
}
