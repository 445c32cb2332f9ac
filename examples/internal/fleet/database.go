package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/agent-forge/forge/internal/pgdial"
	"github.com/agent-forge/forge/lead"
)

const (
	connectTimeout = 10 * time.Second // if the DSN has no connect_timeout
	answerTimeout  = 30 * time.Second // no statement of the fleet or of River takes so long
	maxConns       = 10
)

// openPool opens the pool that the fleet's own tables and River share. It does not wait for a
// connection. No statement on it takes longer than limit, whatever the server does; if limit is
// zero, only the caller's context bounds it.
func openPool(ctx context.Context, dsn string, limit time.Duration) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil { // whose text can hold a part of a password
		return nil, errors.New("-postgres cannot be read: check its port, sslmode and file names")
	}
	config.MaxConns = maxConns
	config.PingTimeout = connectTimeout
	config.ConnConfig.DialFunc = pgdial.DialContext
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if limit > 0 {
		config.ConnConfig.Tracer = timeLimit(limit)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return pool, explain("connect", err)
}

// openFleet opens the pool and checks that the fleet's tables are there.
func openFleet(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	pool, err := openPool(ctx, dsn, answerTimeout)
	if err != nil {
		return nil, err
	}
	if err := checkTables(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// A timeLimit ends statements that take longer. pgx cancels nothing by itself when the context has
// no deadline, and River's contexts often have none.
type timeLimit time.Duration

type cancelKey struct{}

// TraceQueryStart implements [pgx.QueryTracer].
func (l timeLimit) TraceQueryStart(
	ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData,
) context.Context {
	return l.start(ctx)
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (timeLimit) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) { end(ctx) }

// TraceBatchStart implements [pgx.BatchTracer].
func (l timeLimit) TraceBatchStart(
	ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData,
) context.Context {
	return l.start(ctx)
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (timeLimit) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements [pgx.BatchTracer].
func (timeLimit) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchEndData) { end(ctx) }

// TraceCopyFromStart implements [pgx.CopyFromTracer].
func (l timeLimit) TraceCopyFromStart(
	ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromStartData,
) context.Context {
	return l.start(ctx)
}

// TraceCopyFromEnd implements [pgx.CopyFromTracer].
func (timeLimit) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromEndData) {
	end(ctx)
}

func (l timeLimit) start(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(l))
	return context.WithValue(ctx, cancelKey{}, cancel)
}

func end(ctx context.Context) {
	if cancel, ok := ctx.Value(cancelKey{}).(context.CancelFunc); ok {
		cancel()
	}
}

// errTables means that the fleet's tables are missing or of another version.
var errTables = errors.New("the fleet's tables are missing or out of date: run fleet migrate first")

// advice says what to do about an error of the server, by its SQLSTATE:
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
var advice = []struct{ code, text string }{
	{"28", "the server refuses the user or the password: correct -postgres, PGPASSWORD or pg_hba.conf"},
	{
		"3D000",
		"the database does not exist: create it with CREATE DATABASE, or correct its name in -postgres",
	},
	{
		"3F000",
		"the search_path names no schema that exists: create it with CREATE SCHEMA, or correct -postgres",
	},
	{"42501", "the role lacks a privilege: grant it on the schema and its tables, or use another role"},
	{"25006", "the server is a read-only replica: name the primary, or set target_session_attrs=read-write"},
	{"53300", "the server has no connection left: raise max_connections, or start fewer workers"},
	{"53100", "the server's disk is full: make room"},
	{"57P", "the server starts or stops: try again in a moment"},
	{"08", "the connection broke: try again"},
}

// explain wraps an error of pgx and says what to do about it. It returns nil for nil.
func explain(operation string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if e.Code == "42P01" || e.Code == "42703" { // no such table, no such column
			return fmt.Errorf("%s: %w (%w)", operation, errTables, err)
		}
		for _, a := range advice {
			if strings.HasPrefix(e.Code, a.code) {
				return fmt.Errorf("%s: %s: %w", operation, a.text, err)
			}
		}
	} else if errors.As(err, new(*pgconn.ConnectError)) {
		return fmt.Errorf("%s: the server cannot be reached: check the host and the port in "+
			"-postgres, and that the server runs: %w", operation, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// lasting reports whether an error stays until somebody changes something: trying again is of no use.
func lasting(err error) bool {
	if errors.Is(err, errTables) || errors.As(err, new(*lead.FieldError)) {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.ContainsFunc([]string{"28", "3D", "3F", "42"}, func(class string) bool {
		return strings.HasPrefix(e.Code, class)
	})
}
