// Package sqltx tells the transactions of a caller apart. It is no part of store/driver, because every
// store imports that one, and only those on SQL need sqlx.
package sqltx

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// A Tx is an *sql.Tx or an *sqlx.Tx.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	Commit() error
	Rollback() error
}

// Plain returns the *sql.Tx that tx is or holds. It returns nil if there is none.
func Plain(tx Tx) *sql.Tx {
	switch tx := tx.(type) {
	case *sql.Tx:
		return tx
	case *sqlx.Tx:
		if tx != nil {
			return tx.Tx
		}
	}
	return nil
}
