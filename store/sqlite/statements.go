package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"
)

// statements runs SQL on a connection or on a pool. It caches prepared statements, because SQLite
// spends more time parsing most of them than running them. It is as safe for concurrent use as the
// connection or pool.
type statements struct {
	on preparer

	mu       sync.Mutex
	prepared map[string]*sqlx.Stmt
}

// A preparer is a *sqlx.DB, a *sqlx.Conn or a transaction.
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
	stmt, err := s.on.PreparexContext(ctx, query) //nolint:sqlclosecheck // it is cached, and closed by close
	if err == nil {
		s.prepared[query] = stmt
	}
	return stmt, err
}

// cached returns a statement that is prepared already.
func (s *statements) cached(query string) (*sqlx.Stmt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt, ok := s.prepared[query]
	return stmt, ok
}

// exec runs a statement that returns no rows.
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

// row reads the columns of one row.
func (s *statements) row(ctx context.Context, query string, args []any, into ...any) error {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // it is kept with its database
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
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
