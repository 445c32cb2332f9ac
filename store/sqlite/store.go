package sqlite

import (
	"context"
	"fmt"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A Store is one user's view of a [DB]. It is safe for concurrent use, unless [Store.WithTx] made it.
type Store struct {
	db   *DB
	user string
	tx   *statements // nil: every call has a transaction of its own
}

// valid returns an error if the user's name is invalid. Otherwise it returns the error of the
// argument, if there is one.
func (s *Store) valid(call string, argument error) error {
	if err := store.CheckUser(s.user); err != nil {
		return named(call, err)
	}
	return named(call, argument)
}

// named prefixes err with the name of the method. It returns nil for nil.
func named(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlite: %s: %w", call, err)
}

// reading checks the schema and runs f, which only reads. It prefixes errors with the name of the
// call.
func (s *Store) reading(ctx context.Context, call string, f func(q *statements) error) error {
	var err error
	if s.tx != nil {
		err = s.within(ctx, false, func(_ context.Context, tx *statements) error { return f(tx) })
	} else if err = s.db.check(ctx, nil); err == nil {
		err = s.db.reading(ctx, f)
	}
	return named(call, driver.Interrupted(ctx, explain(err)))
}

// writing checks the schema and runs f as writer.inTx does. It prefixes errors with the name of the
// call.
func (s *Store) writing(
	ctx context.Context, call string, f func(ctx context.Context, tx *statements) error,
) error {
	if s.tx != nil {
		return named(call, driver.Interrupted(ctx, explain(s.within(ctx, true, f))))
	}
	err := s.db.check(ctx, nil)
	if err == nil && s.db.given {
		err = s.db.inPool(ctx, f)
	} else if err == nil {
		err = s.db.writer.inTx(ctx, f)
	}
	if err == nil && s.db.recorded.Swap(false) {
		s.db.bell.Ring()
	}
	return named(call, driver.Interrupted(ctx, explain(err)))
}

// reading runs f outside of a transaction. An in-memory database has only one connection, so f
// takes the writer there.
func (d *DB) reading(ctx context.Context, f func(q *statements) error) error {
	if d.file != nil || d.given {
		return f(d.reader)
	}
	if err := d.writer.acquire(ctx); err != nil {
		return err
	}
	defer d.writer.release()
	return f(d.writer.statements)
}
