package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/backoff"
)

// A writer is the one connection of a [DB] that writes. It is kept from call to call, so that its
// statements stay prepared.
type writer struct {
	db   *sqlx.DB
	wait time.Duration // for others who write; 0: the pool is the caller's, who says it in the DSN
	free chan struct{} // a semaphore of one
	conn *sqlx.Conn    // opened on first use
	*statements
}

func (w *writer) init(db *sqlx.DB, wait time.Duration) {
	w.db, w.wait = db, wait
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
	if err == nil {
		err = setTimeout(context.WithoutCancel(ctx), conn, 0)
	}
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		<-w.free
		return err
	}
	w.conn, w.statements = conn, newStatements(conn)
	return nil
}

func (w *writer) release() { <-w.free }

// inTx runs f in one transaction, which has the write lock from its start. Only waiting for the lock
// can take long, so f gets a context that does not end: the driver starts a goroutine for each
// statement whose context can, and waits for it. A statement of f that can take long uses the
// caller's context.
func (w *writer) inTx(ctx context.Context, f func(ctx context.Context, tx *statements) error) error {
	if err := w.acquire(ctx); err != nil {
		return err
	}
	defer w.release()
	// COMMIT and ROLLBACK must not be canceled, or the connection would be left in the transaction.
	end := context.WithoutCancel(ctx)
	if err := w.begin(ctx, end); err != nil {
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

// begin takes the write lock. SQLite does not wait for others who hold it, because only the driver's
// goroutine could end that when ctx ends; begin asks again.
func (w *writer) begin(ctx, end context.Context) error {
	start := time.Now()
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := w.exec(end, `BEGIN IMMEDIATE`)
		if !isBusy(err) || time.Since(start) >= w.wait {
			return err
		}
		if err := backoff.Sleep(ctx, lockDelays.Delay(try)); err != nil {
			return err
		}
	}
}

var lockDelays = backoff.Doubling{First: time.Millisecond, Longest: 25 * time.Millisecond}

// setTimeout says how long SQLite itself waits for a lock.
func setTimeout(ctx context.Context, on sqlx.ExecerContext, d time.Duration) error {
	_, err := on.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, d.Milliseconds()))
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
	err := w.drop()
	if err == nil && w.wait > 0 {
		err = setTimeout(context.WithoutCancel(ctx), w.db, w.wait) // of the one connection
	}
	if err != nil {
		return err
	}
	err = f(w.db.DB)
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
