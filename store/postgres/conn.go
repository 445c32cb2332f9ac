package postgres

import (
	"context"
	"database/sql"
)

// A handle is a connection or a transaction.
type handle interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// A conn runs statements on a connection or in a transaction. It is the one way in which statements
// reach the server: it adds the schema of Options.Schema to the names of forge's tables, so that the
// texts name them plainly.
type conn struct {
	handle handle
	schema *schema // nil: the search_path says where the tables are
}

// GetContext reads one row into dest, or returns sql.ErrNoRows.
func (c conn) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	return c.handle.GetContext(ctx, dest, c.schema.qualify(query), args...)
}

// SelectContext reads all rows into dest, a pointer to a slice.
func (c conn) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	return c.handle.SelectContext(ctx, dest, c.schema.qualify(query), args...)
}

// ExecContext runs a statement that returns no rows.
func (c conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return c.handle.ExecContext(ctx, c.schema.qualify(query), args...)
}

// QueryContext runs a statement whose rows the caller scans and closes.
func (c conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return c.handle.QueryContext(ctx, c.schema.qualify(query), args...)
}
