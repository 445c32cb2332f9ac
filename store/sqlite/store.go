package sqlite

import (
	"cmp"
	"context"
	"fmt"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A Store is one user's view of a [DB]. It is safe for concurrent use.
type Store struct {
	db   *DB
	user string
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
	return fmt.Errorf("sqlite: %s: %w", call, err)
}

// reading runs the statements of a call that changes nothing, and names the call in its error.
func (s *Store) reading(ctx context.Context, call string, f func(q *statements) error) error {
	err := s.db.check(ctx)
	if err == nil {
		err = s.db.reading(ctx, f)
	}
	return named(call, driver.Interrupted(ctx, explain(err)))
}

// writing runs the statements of a call in a transaction, and names the call in its error.
func (s *Store) writing(ctx context.Context, call string, f func(tx *statements) error) error {
	err := s.db.check(ctx)
	if err == nil {
		err = s.db.writer.inTx(ctx, f)
	}
	return named(call, driver.Interrupted(ctx, explain(err)))
}

// reading runs f outside of a transaction. A database in memory has one connection for everything.
func (d *DB) reading(ctx context.Context, f func(q *statements) error) error {
	if d.file != nil {
		return f(d.reader)
	}
	if err := d.writer.acquire(ctx); err != nil {
		return err
	}
	defer d.writer.release()
	return f(d.writer.statements)
}
