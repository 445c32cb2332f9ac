package sqlite

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/sqltx"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A Tx is an *sql.Tx or an *sqlx.Tx.
type Tx = sqltx.Tx

// WithTx returns the user's view inside a transaction of the caller's, which must be on the database
// of s. What its calls do is committed or rolled back with the rest of the transaction. If tx is nil
// or neither an *sql.Tx nor an *sqlx.Tx, every call fails with store.ErrInvalid.
//
// The calls set no savepoint and repeat nothing. After store.ErrInvalid, store.ErrNotFound and
// store.ErrLeaseLost the call has written nothing, after a *store.PartialError the valid leads are
// stored, and the transaction goes on. After any other error, roll it back.
//
// The first call that writes takes SQLite's write lock, and waits for it as long as the connection's
// busy timeout says. Everybody else who writes waits until the transaction ends, also the calls of
// stores without the transaction, so keep it short, and make no other call that writes before its end.
// If the transaction has read before, and another connection is writing or has written since, SQLite
// refuses the lock at once (SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT): roll back and repeat the whole
// transaction, or begin every transaction that will write with _txlock=immediate in the DSN.
//
// The store must not be used by several goroutines at the same time, nor after the transaction.
func (s *Store) WithTx(tx Tx) *Store {
	view := &Store{db: s.db, user: s.user, tx: &statements{}}
	if plain := sqltx.Plain(tx); plain != nil { // with the field names of this package
		view.tx = newStatements(&sqlx.Tx{Tx: plain, Mapper: s.db.read.Mapper})
	}
	return view
}

// lockSQL changes nothing, and takes the write lock.
const lockSQL = `UPDATE ` + versionTable + ` SET version_id = version_id WHERE 0`

// within runs f in the caller's transaction, which it locks for writing first if f writes.
func (s *Store) within(
	ctx context.Context, writes bool, f func(ctx context.Context, tx *statements) error,
) error {
	if s.tx.on == nil {
		problem := &lead.FieldError{Field: "tx", Problem: "want an *sql.Tx or an *sqlx.Tx"}
		return fmt.Errorf("%w: %w", store.ErrInvalid, problem)
	}
	if writes { // before anything is read, which would tie the transaction to what is committed now
		if _, err := s.tx.exec(ctx, lockSQL); err != nil {
			return cmp.Or(s.db.check(ctx, s.tx), err)
		}
	}
	if err := s.db.check(ctx, s.tx); err != nil {
		return err
	}
	return f(ctx, s.tx)
}
