package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/lead"
)

// New returns the catalogue in a database that the caller opened with modernc.org/sqlite. It does no
// I/O. The pool stays the caller's, who sets its limits and closes it. The first call checks the
// settings that the package comment lists. If o is nil, the defaults are used.
func New[Pool *sql.DB | *sqlx.DB](pool Pool, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if o != nil && o.BusyTimeout != 0 {
		return nil, fmt.Errorf("sqlite: %w", &lead.FieldError{
			Field:   "Options.BusyTimeout",
			Problem: "set beside a pool of the caller's: give _busy_timeout in the DSN",
		})
	}
	d := &DB{path: "the given pool", opts: opts}
	switch pool := any(pool).(type) {
	case *sql.DB:
		if pool != nil {
			d.read = sqlx.NewDb(pool, "sqlite")
		}
	case *sqlx.DB:
		if pool != nil && pool.DB != nil {
			d.read = sqlx.NewDb(pool.DB, "sqlite") // with the field names of this package
		}
	}
	if d.read == nil {
		return nil, fmt.Errorf("sqlite: %w", &lead.FieldError{
			Field: "pool", Problem: "nil; open one with sql.Open, or call Open with a path",
		})
	}
	d.given, d.write = true, d.read
	d.writer.init(d.write, 0)
	d.reader = newStatements(d.read)
	return d, nil
}

// fit returns an error if a connection of the caller's has settings with which calls would fail or
// lose what they wrote.
func (d *DB) fit(ctx context.Context, q *statements) error {
	var journal string
	if err := q.one(ctx, &journal, `PRAGMA journal_mode`); err != nil {
		return err
	}
	var timeout, foreignKeys, synchronous int
	for _, setting := range []struct {
		query string
		into  *int
	}{
		{`PRAGMA busy_timeout`, &timeout},
		{`PRAGMA foreign_keys`, &foreignKeys},
		{`PRAGMA synchronous`, &synchronous},
	} {
		if err := q.one(ctx, setting.into, setting.query); err != nil {
			return err
		}
	}
	var problems []error
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	memory := journal == "memory"
	add(memory && d.read.Stats().MaxOpenConnections != 1,
		"each connection to an in-memory database has tables of its own: call SetMaxOpenConns(1)")
	add(!memory && journal != "wal",
		"the journal mode is %s, in which reads block writes: add _pragma=journal_mode(WAL) to the DSN",
		journal)
	add(!memory && timeout <= 0,
		"there is no busy timeout, so that writes fail at once while another connection writes: "+
			"add _busy_timeout=30000 to the DSN")
	add(foreignKeys == 0, "foreign keys are not enforced: add _pragma=foreign_keys(1) to the DSN")
	add(synchronous == 0, "synchronous is OFF, with which a crash can damage the file: "+
		"add _pragma=synchronous(FULL) to the DSN")
	if problems != nil {
		return fmt.Errorf("settings of the pool do not fit the store: %w", errors.Join(problems...))
	}
	return nil
}

// inPool runs f in one transaction on a connection of the caller's pool. Calls of this DB queue for
// the write lock like those of an own pool; others who write wait for the busy timeout.
func (d *DB) inPool(ctx context.Context, f func(ctx context.Context, tx *statements) error) error {
	if err := d.writer.enter(ctx); err != nil {
		return err
	}
	defer d.writer.release()
	tx, err := d.begin(ctx)
	if err != nil {
		return err
	}
	// The statements are prepared for the whole pool when the transaction has given its connection
	// back, because the pool may have only one.
	defer tx.share(context.WithoutCancel(ctx))
	if _, err = tx.exec(ctx, lockSQL); err == nil {
		err = f(context.WithoutCancel(ctx), tx.statements)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = tx.Rollback() // err says more; what is not committed is rolled back either way
		return err
	}
	return tx.Commit()
}

// A poolTx is a transaction that uses the statements of its pool.
type poolTx struct {
	*sqlx.Tx
	*statements

	conn   *sqlx.Conn
	pool   *statements
	missed []string
}

// begin starts a transaction. It waits for a connection as long as ctx allows, but does not cancel
// BEGIN: database/sql would put a connection with an open transaction back into the pool.
func (d *DB) begin(ctx context.Context) (*poolTx, error) {
	conn, err := d.read.Connx(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTxx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	p := &poolTx{Tx: tx, conn: conn, pool: d.reader}
	p.statements = newStatements(p)
	return p, nil
}

// PreparexContext returns the pool's statement if there is one.
func (p *poolTx) PreparexContext(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if stmt, ok := p.pool.cached(query); ok {
		return p.StmtxContext(ctx, stmt), nil
	}
	p.missed = append(p.missed, query)
	return p.Tx.PreparexContext(ctx, query)
}

// share gives the connection back and prepares for the pool what it did not have.
func (p *poolTx) share(ctx context.Context) {
	_ = p.conn.Close() // goes back to the pool
	for _, query := range p.missed {
		_, _ = p.pool.prepare(ctx, query) //nolint:sqlclosecheck // it is kept with its database
	}
}
