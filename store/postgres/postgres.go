package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Options change the defaults of a [DB].
type Options struct {
	// RecheckAfter is the age at which stored text is stale. A match with stale text is due again
	// when a board lists it again, and the text is fetched again for the next user who claims the
	// job. A closed job that is listed again is due after the same time. If zero,
	// store.RecheckAfter is used, 14 days.
	RecheckAfter time.Duration
	// Schema is the schema that holds forge's tables, which [DB.Migrate] creates if it is missing.
	// Every statement then names it, so that no search_path matters. If blank, the tables are in the
	// first schema of the search_path.
	Schema string
	// Now is the clock. If nil, the server's clock is used.
	Now func() time.Time
	// MaxOpenConns is the largest number of connections to the server. Further calls wait for one
	// until their context ends. A connection that is not used for five minutes is closed. Migrate
	// opens two of its own. If zero, 10 is used. [New] refuses another value, because its pool has
	// settings of its own.
	MaxOpenConns int
	// RetryFor is how long one call repeats what failed for a reason that passes: a restart, a lost
	// connection, a deadlock, a full server. If zero, 30 seconds is used. If -1, nothing is
	// repeated.
	RetryFor time.Duration
	// Events records what happens, for Changes. If false, nothing is recorded, and Changes fails with
	// errors.ErrUnsupported. All programs that write to the catalogue must set it alike. Commits of one
	// user then follow each other.
	Events bool
	// KeepEvents is how long changes are kept. If zero, store.KeepChanges is used, 30 days.
	KeepEvents time.Duration
}

const (
	defaultMaxOpenConns = 10
	defaultRetryFor     = 30 * time.Second

	idleTime       = 5 * time.Minute  // how long an unused connection is kept
	connectTimeout = 10 * time.Second // if the DSN has no connect_timeout
)

// withDefaults fills in the defaults. It returns an error for the first field that is out of range.
func (o *Options) withDefaults() (Options, error) {
	if o == nil {
		o = &Options{}
	}
	switch {
	case o.RecheckAfter < 0:
		return *o, wrong("Options.RecheckAfter", "negative; use 0 for the default of 14 days")
	case !isSchema(o.Schema):
		return *o, wrong("Options.Schema", schemaProblem)
	case o.MaxOpenConns < 0:
		return *o, wrong("Options.MaxOpenConns", "negative; use 0 for the default of 10")
	case o.KeepEvents < 0:
		return *o, wrong("Options.KeepEvents", "negative; use 0 for the default of 30 days")
	case o.RetryFor < -1:
		return *o, wrong("Options.RetryFor",
			"negative; use 0 for the default of 30 seconds, or set -1 to repeat nothing")
	}
	return Options{
		RecheckAfter: cmp.Or(o.RecheckAfter, store.RecheckAfter), Schema: o.Schema, Now: o.Now,
		MaxOpenConns: cmp.Or(o.MaxOpenConns, defaultMaxOpenConns),
		RetryFor:     cmp.Or(o.RetryFor, defaultRetryFor),
		Events:       o.Events, KeepEvents: cmp.Or(o.KeepEvents, store.KeepChanges),
	}, nil
}

// A DB is a catalogue in PostgreSQL. It is safe for concurrent use.
type DB struct {
	db        *sqlx.DB
	connector *connector // nil: the pool is the caller's
	opts      Options
	schema    *schema       // nil if Options.Schema is blank
	checked   atomic.Bool   // the schema has the version that this library needs
	claims    atomic.Uint64 // for [Store.tidy]
	changes   atomic.Uint64 // calls that can have recorded something, for [Store.prune]
	bell      driver.Bell
}

// Open connects to a server and returns the catalogue in it, which [DB.Migrate] prepares. It tries
// once: a server that cannot be reached is an error. The context bounds the connecting only. If o is
// nil, the defaults are used.
func Open(ctx context.Context, dsn string, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	connector, err := connect(dsn)
	if err != nil {
		return nil, wrong("dsn", err.Error())
	}
	d, err := newDB(sql.OpenDB(connector), opts)
	if err != nil {
		return nil, err
	}
	d.connector = &connector
	d.db.SetMaxOpenConns(opts.MaxOpenConns)
	d.db.SetMaxIdleConns(opts.MaxOpenConns)
	d.db.SetConnMaxIdleTime(idleTime)
	if err := d.on(ctx, func(c *sqlx.Conn) error { return c.PingContext(ctx) }); err != nil {
		return nil, errors.Join(named("connect", driver.Interrupted(ctx, err)), d.Close())
	}
	return d, nil
}

// New returns the catalogue in a database that the caller opened, with lib/pq or with pgx's package
// stdlib. It does no I/O. The pool stays the caller's, who sets its limits and closes it; see the
// package comment for the settings that Open makes and New does not. If o is nil, the defaults are
// used.
func New[Pool *sql.DB | *sqlx.DB](pool Pool, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o != nil && o.MaxOpenConns != 0 {
		return nil, wrong("Options.MaxOpenConns", "set beside a pool of your own: call its SetMaxOpenConns")
	}
	var db *sql.DB
	switch pool := any(pool).(type) {
	case *sql.DB:
		db = pool
	case *sqlx.DB:
		if pool != nil {
			db = pool.DB
		}
	}
	if db == nil {
		return nil, wrong("pool", "nil; open one with sql.Open, or call Open with a DSN")
	}
	return newDB(db, opts)
}

func newDB(db *sql.DB, opts Options) (*DB, error) {
	schema, err := newSchema(opts.Schema)
	if err != nil {
		return nil, named("read migrations", err)
	}
	return &DB{db: sqlx.NewDb(db, "postgres"), opts: opts, schema: schema}, nil
}

func wrong(field, problem string) error {
	return fmt.Errorf("postgres: %w", &lead.FieldError{Field: field, Problem: problem})
}

// ForUser returns one user's view. It does no I/O. If store.CheckUser refuses the name, every call
// fails with store.ErrInvalid.
func (d *DB) ForUser(user string) *Store { return &Store{db: d, user: user} }

// Close closes the connections. Calls under way fail. A pool that was given to [New] stays open.
func (d *DB) Close() error {
	if d.connector == nil {
		return nil
	}
	return d.db.Close()
}

// now returns the instant as a statement's parameter. NULL stands for the server's clock.
func (d *DB) now() sql.NullTime {
	if d.opts.Now == nil {
		return sql.NullTime{}
	}
	return sql.NullTime{Time: d.opts.Now().UTC().Truncate(time.Microsecond), Valid: true}
}

// interval returns a duration as a statement's parameter.
func interval(d time.Duration) string { return fmt.Sprintf("%d microseconds", d.Microseconds()) }
