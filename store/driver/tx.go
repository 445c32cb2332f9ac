package driver

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

// PlainTx returns the *sql.Tx that tx is or holds. It returns nil if there is none.
func PlainTx(tx Tx) *sql.Tx {
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
