package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"
)

// statements runs SQL on a connection or on a pool. It prepares each text once, because SQLite
// spends more time on reading most of our statements than on running them. It is safe for
// concurrent use if what it runs on is.
type statements struct {
	on preparer

	mu       sync.Mutex
	prepared map[string]*sqlx.Stmt
}

// A preparer is a *sqlx.DB or a *sqlx.Conn.
type preparer interface {
	PreparexContext(ctx context.Context, query string) (*sqlx.Stmt, error)
}

func newStatements(on preparer) *statements {
	return &statements{on: on, prepared: make(map[string]*sqlx.Stmt)}
}

func (s *statements) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt, ok := s.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := s.on.PreparexContext(ctx, query) //nolint:sqlclosecheck // it is kept
	if err == nil {
		s.prepared[query] = stmt
	}
	return stmt, err
}

// exec runs a statement that answers with no rows.
func (s *statements) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // it is kept with its database
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// one reads one row.
func (s *statements) one(ctx context.Context, into any, query string, args ...any) error {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // it is kept with its database
	if err != nil {
		return err
	}
	return stmt.GetContext(ctx, into, args...)
}

// all reads every row into a slice.
func (s *statements) all(ctx context.Context, into any, query string, args ...any) error {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // it is kept with its database
	if err != nil {
		return err
	}
	return stmt.SelectContext(ctx, into, args...)
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, stmt := range s.prepared {
		err = errors.Join(err, stmt.Close())
	}
	clear(s.prepared)
	return err
}
