package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
)

// A writer is the one connection of a [DB] that writes. It is kept from call to call, so that its
// statements stay prepared.
type writer struct {
	db   *sqlx.DB
	free chan struct{} // a semaphore of one
	conn *sqlx.Conn    // opened on first use
	*statements
}

func (w *writer) init(db *sqlx.DB) {
	w.db = db
	w.free = make(chan struct{}, 1)
}

// enter waits for its turn to write.
func (w *writer) enter(ctx context.Context) error {
	select {
	case w.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// acquire locks the connection, and opens it on first use.
func (w *writer) acquire(ctx context.Context) error {
	if err := w.enter(ctx); err != nil {
		return err
	}
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Connx(ctx)
	if err != nil {
		<-w.free
		return err
	}
	w.conn, w.statements = conn, newStatements(conn)
	return nil
}

func (w *writer) release() { <-w.free }

// inTx runs f in one transaction, which has the write lock from its start. Only waiting for the lock
// can take long, so f gets a context that does not end: the driver starts a goroutine for each
// statement whose context can. A statement of f that can take long uses the caller's context.
func (w *writer) inTx(ctx context.Context, f func(ctx context.Context, tx *statements) error) error {
	if err := w.acquire(ctx); err != nil {
		return err
	}
	defer w.release()
	// COMMIT and ROLLBACK must not be canceled, or the connection would be left in the transaction.
	end := context.WithoutCancel(ctx)
	if _, err := w.exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		// If the context ends while BEGIN succeeds, the driver reports the end of the context. In
		// all other cases there is no transaction, and ROLLBACK fails harmlessly.
		_, _ = w.exec(end, `ROLLBACK`)
		return err
	}
	err := f(end, w.statements)
	if err == nil {
		if err = ctx.Err(); err == nil {
			if _, err = w.exec(end, `COMMIT`); err == nil {
				return nil
			}
		}
	}
	if _, rollbackErr := w.exec(end, `ROLLBACK`); rollbackErr != nil {
		return errors.Join(err, w.drop())
	}
	return err
}

// drop closes the statements and returns the connection to the pool.
func (w *writer) drop() error {
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.statements.close(), w.conn.Close())
	w.conn, w.statements = nil, nil
	return err
}

// alone runs f with exclusive use of the write pool. Goose needs a *sql.DB.
func (w *writer) alone(ctx context.Context, f func(db *sql.DB) error) error {
	if err := w.enter(ctx); err != nil {
		return err
	}
	defer w.release()
	if err := w.drop(); err != nil {
		return err
	}
	err := f(w.db.DB)
	if err != nil {
		// A transaction of f can be left open for the reason given in inTx.
		_, _ = w.db.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	}
	return err
}

// close waits for the call in progress and releases the connection.
func (w *writer) close() error {
	if w.db == nil {
		return nil
	}
	w.free <- struct{}{}
	defer w.release()
	return w.drop()
}
