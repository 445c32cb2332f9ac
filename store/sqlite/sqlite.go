package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/agent-forge/forge/internal/backoff"
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
	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
	// BusyTimeout limits how long a call waits for other processes that write to the file. Calls
	// from the same process queue for a single write connection, limited only by their context. If
	// zero, 30 seconds are used. [New] refuses another value, because its pool has a timeout of its own.
	BusyTimeout time.Duration
	// Events records what happens, for Changes. If false, nothing is recorded, and Changes fails with
	// errors.ErrUnsupported. All programs that write to the file must set it alike.
	Events bool
	// KeepEvents is how long changes are kept. If zero, store.KeepChanges is used, 30 days.
	KeepEvents time.Duration
}

const (
	defaultBusyTimeout = 30 * time.Second
	readers            = 4 // the size of the read pool; writes use a connection of their own
	memoryPath         = ":memory:"
)

// withDefaults fills in the defaults. It returns an error for the first field that is out of range.
func (o *Options) withDefaults() (Options, error) {
	if o == nil {
		o = &Options{}
	}
	switch {
	case o.RecheckAfter < 0:
		return *o, &lead.FieldError{
			Field: "Options.RecheckAfter", Problem: "negative; use 0 for the default of 14 days",
		}
	case o.KeepEvents < 0:
		return *o, &lead.FieldError{
			Field: "Options.KeepEvents", Problem: "negative; use 0 for the default of 30 days",
		}
	case o.BusyTimeout < 0:
		return *o, &lead.FieldError{
			Field: "Options.BusyTimeout", Problem: "negative; use 0 for the default of 30 seconds",
		}
	}
	filled := Options{
		RecheckAfter: cmp.Or(o.RecheckAfter, store.RecheckAfter),
		BusyTimeout:  cmp.Or(o.BusyTimeout, defaultBusyTimeout),
		Now:          o.Now,
		Events:       o.Events,
		KeepEvents:   cmp.Or(o.KeepEvents, store.KeepChanges),
	}
	if filled.Now == nil {
		filled.Now = time.Now
	}
	return filled, nil
}

// A DB is a catalogue in a SQLite file. It is safe for concurrent use.
type DB struct {
	path    string
	opts    Options
	file    *file       // nil if the database is in memory
	given   bool        // the pool is the caller's, see New
	checked atomic.Bool // the schema has the version that this library needs

	changes  atomic.Uint64 // calls that recorded changes
	recorded atomic.Bool   // the bell has to be rung after the commit
	bell     driver.Bell

	write, read *sqlx.DB // the same pool if the database is in memory
	writer      writer
	reader      *statements
}

// Open opens the database file at path, and creates it if there is none. Call [DB.Migrate] before
// anything else. The path ":memory:" opens a private in-memory database, which is gone after Close.
// The context limits Open itself, not the database. Errors name the path. If o is nil, the defaults
// are used.
func Open(ctx context.Context, path string, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if path == "" {
		return nil, fmt.Errorf("sqlite: %w",
			&lead.FieldError{Field: "path", Problem: `empty: give the path of a file, or ":memory:"`})
	}
	d := &DB{path: path, opts: opts}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, explain(err)), d.Close())
	}
	return d, nil
}

func (d *DB) open(ctx context.Context) (err error) {
	if d.path != memoryPath {
		if d.file, err = openFile(d.path); err != nil {
			return err
		}
	}
	if d.write, err = d.pool(1); err != nil {
		return err
	}
	d.read = d.write
	if d.path != memoryPath {
		if d.read, err = d.pool(readers); err != nil {
			return err
		}
	}
	d.writer.init(d.write, d.opts.BusyTimeout)
	d.reader = newStatements(d.read)
	return d.enterWAL(ctx)
}

// enterWAL opens the first connection, which switches a new file to WAL. That fails with
// SQLITE_BUSY at once, without waiting, if another process does it at the same time, so it is tried
// again.
func (d *DB) enterWAL(ctx context.Context) error {
	start := time.Now()
	for try := 1; ; try++ {
		var tables int
		err := d.write.GetContext(ctx, &tables, `SELECT count(*) FROM sqlite_schema`)
		if !isBusy(err) || time.Since(start) > d.opts.BusyTimeout {
			return err
		}
		if err := backoff.Sleep(ctx, walDelays.Delay(try)); err != nil {
			return err
		}
	}
}

var walDelays = backoff.Doubling{First: time.Millisecond, Longest: 100 * time.Millisecond}

// pool returns a connection pool. It opens no connection.
func (d *DB) pool(connections int) (*sqlx.DB, error) {
	options := url.Values{
		"_busy_timeout": {fmt.Sprint(max(1, d.opts.BusyTimeout.Milliseconds()))},
		"_pragma":       {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}
	name := d.path
	if d.file != nil {
		name = (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(d.file.path)}).String()
	}
	db, err := sqlx.Open("sqlite", name+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Path returns the path that the database was opened with.
func (d *DB) Path() string { return d.path }

// ForUser returns one user's view. It does no I/O. If store.CheckUser refuses the name, every call
// fails with store.ErrInvalid.
func (d *DB) ForUser(user string) *Store { return &Store{db: d, user: user} }

// Close waits for a write in progress and closes all connections. Later calls fail. The last
// process to close the file checkpoints the write-ahead log. A pool that was given to [New] stays open,
// and only the statements that were prepared on it are closed.
func (d *DB) Close() error {
	err := d.writer.close()
	if d.reader != nil {
		err = errors.Join(err, d.reader.close())
	}
	if d.given {
		return err
	}
	if d.read != nil && d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	if d.write != nil {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// now returns the current time in the stored form, microseconds since the epoch.
func (d *DB) now() int64 { return d.opts.Now().UnixMicro() }
