package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Options change a database's defaults. The zero value is ready to use.
type Options struct {
	// RecheckAfter is the age at which text is old. Default: store.RecheckAfter, 14 days.
	RecheckAfter time.Duration
	// Now is the clock. Default: the machine's.
	Now func() time.Time
	// BusyTimeout bounds how long a call waits for other processes that write to the file. Default: 30 seconds.
	BusyTimeout time.Duration
}

const (
	defaultBusyTimeout = 30 * time.Second
	readers            = 4 // connections for reads; one more writes
	memoryPath         = ":memory:"
)

// A DB is a catalogue in a SQLite file. It is safe for concurrent use.
type DB struct {
	write, read *sqlx.DB // the same where the database is in memory
	path        string
	opts        Options
	checked     atomic.Bool // the schema's version was seen to be ours
}

// Open opens the file at path, or creates it, for [DB.Migrate] to prepare. The path ":memory:" is a database of its own that
// ends with Close. Errors name the path. Nil options are the defaults.
func Open(ctx context.Context, path string, opts *Options) (*DB, error) {
	d := &DB{path: path}
	if opts != nil {
		d.opts = *opts
	}
	if err := d.opts.fill(); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if path == "" {
		return nil, fmt.Errorf("sqlite: %w", &lead.FieldError{Field: "path", Problem: `missing: name a file, or ":memory:"`})
	}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, explain(err)), d.Close())
	}
	return d, nil
}

func (o *Options) fill() error {
	if o.RecheckAfter < 0 {
		return &lead.FieldError{Field: "Options.RecheckAfter", Problem: "negative; leave it 0 for 14 days"}
	}
	if o.BusyTimeout < 0 {
		return &lead.FieldError{Field: "Options.BusyTimeout", Problem: "negative; leave it 0 for 30 seconds"}
	}
	if o.RecheckAfter == 0 {
		o.RecheckAfter = store.RecheckAfter
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = defaultBusyTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return nil
}

func (d *DB) open(ctx context.Context) error {
	if d.path != memoryPath {
		// SQLite's own errors do not say what is wrong with a path, and its files are readable by everyone.
		f, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			var pathError *os.PathError
			if errors.As(err, &pathError) {
				err = pathError.Err // the path is named already
			}
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	var err error
	if d.write, err = d.pool("immediate", 1); err != nil {
		return err
	}
	d.read = d.write
	if d.path != memoryPath {
		if d.read, err = d.pool("deferred", readers); err != nil {
			return err
		}
	}
	var tables int // reads the file, which a ping does not
	return d.write.GetContext(ctx, &tables, `SELECT count(*) FROM sqlite_schema`)
}

// pool opens connections that begin transactions in the given mode.
func (d *DB) pool(begin string, connections int) (*sqlx.DB, error) {
	options := url.Values{
		"_txlock":       {begin},
		"_busy_timeout": {fmt.Sprint(max(1, d.opts.BusyTimeout.Milliseconds()))},
		"_pragma":       {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}
	name := d.path
	if d.path != memoryPath {
		path, err := filepath.Abs(d.path) // the working directory may change before a connection is opened
		if err != nil {
			return nil, err
		}
		name = (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}).String()
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

// ForUser returns one user's view. It does no I/O; a name that [store.CheckUser] refuses makes every call fail with
// store.ErrInvalid.
func (d *DB) ForUser(user string) *Store { return &Store{db: d, user: user} }

// Close closes the connections. Calls under way fail. The last process to close a file folds the log into it.
func (d *DB) Close() error {
	var err error
	if d.read != nil && d.read != d.write {
		err = d.read.Close()
	}
	if d.write != nil {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// now returns the instant as it is stored.
func (d *DB) now() int64 { return d.opts.Now().UnixMicro() }
