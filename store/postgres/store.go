package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/store"
)

// A Store is one user's view of a [DB]. It is safe for concurrent use, unless [Store.WithTx] made it.
type Store struct {
	db   *DB
	user string
	tx   *sqlx.Tx // nil: every call has a transaction of its own
}

// do runs one call's statements, repeated while they fail for a passing reason, and names the call
// in its error.
func (s *Store) do(
	ctx context.Context, call string, f func(ctx context.Context, c conn, attempt int) error,
) error {
	if s.tx != nil {
		return named(call, s.within(ctx, f))
	}
	return s.connected(ctx, call, func(ctx context.Context, c *sqlx.Conn, attempt int) error {
		return f(ctx, conn{c, s.db.schema}, attempt)
	})
}

// inTx runs one call's statements in a transaction, repeated and named as by do.
func (s *Store) inTx(
	ctx context.Context, call string, f func(ctx context.Context, tx conn, attempt int) error,
) error {
	if s.tx != nil {
		return named(call, s.within(ctx, f))
	}
	return s.connected(ctx, call, func(ctx context.Context, c *sqlx.Conn, attempt int) error {
		tx, err := c.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			return err
		}
		if err := f(ctx, conn{tx, s.db.schema}, attempt); err != nil {
			_ = tx.Rollback() // f's error says more; what is not committed is rolled back either way
			return err
		}
		return tx.Commit()
	})
}

// connected runs f on a connection to tables of the version that this library needs.
func (s *Store) connected(
	ctx context.Context, call string, f func(ctx context.Context, c *sqlx.Conn, attempt int) error,
) error {
	return named(call, s.db.retry(ctx, func(ctx context.Context, attempt int) error {
		return s.db.on(ctx, func(c *sqlx.Conn) error {
			if err := s.db.check(ctx, c); err != nil {
				return err
			}
			return f(ctx, c, attempt)
		})
	}))
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
	return fmt.Errorf("postgres: %s: %w", call, err)
}
