package postgres

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/lib/pq/pqerror"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store/driver"
)

var delays = backoff.Doubling{First: 5 * time.Millisecond, Longest: time.Second}

// retry calls f until it succeeds, fails for a reason that does not pass, or has been tried for
// Options.RetryFor. f is told which attempt it is, from 0: a later attempt may find the work of an
// earlier one whose answer was lost.
func (d *DB) retry(ctx context.Context, f func(ctx context.Context, attempt int) error) error {
	start := time.Now()
	for attempt := 0; ; attempt++ {
		err := d.attempt(ctx, attempt, f)
		// A pooled connection can break while nobody uses it. There are no more of them than this.
		stale := errors.Is(err, sqldriver.ErrBadConn) && attempt <= d.opts.MaxOpenConns
		switch {
		case err == nil, ctx.Err() != nil, !passes(err), !stale && d.opts.RetryFor < 0:
			return driver.Interrupted(ctx, err)
		case stale:
			continue
		}
		pause := delays.Delay(attempt + 1)
		if time.Since(start)+pause > d.opts.RetryFor {
			return fmt.Errorf("gave up after %d attempts in %v: %w", attempt+1,
				time.Since(start).Round(time.Millisecond), err)
		}
		if backoff.Sleep(ctx, pause) != nil {
			return driver.Interrupted(ctx, err)
		}
	}
}

// attempt calls f once, for at most answerTimeout.
func (d *DB) attempt(ctx context.Context, attempt int, f func(ctx context.Context, attempt int) error) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return driver.Interrupted(ctx, f(ctx, attempt))
}

// sqlState returns the code of an error that the server sent, by whichever driver, and "" for any
// other error.
func sqlState(err error) pqerror.Code {
	type serverError interface {
		error
		SQLState() string
	}
	if e, ok := errors.AsType[serverError](err); ok {
		return pqerror.Code(e.SQLState())
	}
	return ""
}

// passes reports whether an error comes from a passing state of the server or the network, and not
// from the call.
func passes(err error) bool {
	if state := sqlState(err); state != "" {
		switch state {
		case pqerror.TRSerializationFailure,
			pqerror.TRDeadlockDetected,
			pqerror.TooManyConnections,
			pqerror.CannotConnectNow,
			pqerror.AdminShutdown,
			pqerror.CrashShutdown,
			pqerror.IdleSessionTimeout,
			pqerror.IdleInTransactionSessionTimeout,
			pqerror.LockNotAvailable,    // the server has a lock_timeout
			pqerror.ForeignKeyViolation: // a job was deleted by hand between two statements
			return true
		}
		return state.Class() == "08" // connection exceptions
	}
	var network net.Error
	return errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &network)
}
