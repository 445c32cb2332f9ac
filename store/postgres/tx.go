package postgres

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/sqltx"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A Tx is an *sql.Tx or an *sqlx.Tx.
type Tx = sqltx.Tx

// WithTx returns the user's view inside a transaction of the caller's, which must be on the database
// of s. What its calls do is committed or rolled back with the rest of the transaction. If tx is nil
// or neither an *sql.Tx nor an *sqlx.Tx, every call fails with store.ErrInvalid.
//
// The calls set no isolation level and no savepoint, and repeat nothing. After store.ErrInvalid,
// store.ErrNotFound and store.ErrLeaseLost the call has written nothing, after a *store.PartialError
// the valid leads are stored, and the transaction goes on. After any other error it is aborted: roll
// it back. Of these, a serialization failure (SQLSTATE 40001) and a deadlock (40P01) are the caller's
// to repeat, with the whole transaction from its beginning.
//
// Rows stay locked until the transaction ends, so keep it short, and let no scrape or model run
// in it. One transaction that decides several jobs takes them in ascending order of their ids, or two
// such transactions deadlock. The clock is the transaction's beginning, unless Options.Now is set: a
// lease taken by Claim counts from there, and no other agent sees it before the commit.
//
// With Options.Events, other calls that change something for the same user wait until the transaction
// ends. One that changes something for several users takes them in one order everywhere.
//
// The store must not be used by several goroutines at the same time, nor after the transaction.
func (s *Store) WithTx(tx Tx) *Store {
	return &Store{db: s.db, user: s.user, tx: &sqlx.Tx{Tx: sqltx.Plain(tx), Mapper: s.db.db.Mapper}}
}

// within runs one call's statements in the caller's transaction, once.
func (s *Store) within(ctx context.Context, f func(ctx context.Context, tx conn, attempt int) error) error {
	if s.tx.Tx == nil {
		problem := &lead.FieldError{Field: "tx", Problem: "want an *sql.Tx or an *sqlx.Tx"}
		return fmt.Errorf("%w: %w", store.ErrInvalid, problem)
	}
	if err := s.db.check(ctx, s.tx); err != nil {
		return driver.Interrupted(ctx, err)
	}
	return driver.Interrupted(ctx, f(ctx, conn{s.tx, s.db.schema}, 0))
}
