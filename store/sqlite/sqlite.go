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
)

// Options change the defaults of a [DB].
type Options struct {
	// RecheckAfter is the age at which text is old. A match with old text is due again when a board
	// lists it again, and the next user's agent reads the advert anew. If zero,
	// store.RecheckAfter is used, 14 days.
	RecheckAfter time.Duration
	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
	// BusyTimeout limits how long a call waits for other processes that write to the file. Calls
	// within this process queue for the one writer and are limited by their context alone. If zero,
	// 30 seconds are used.
	BusyTimeout time.Duration
}

const (
	defaultBusyTimeout = 30 * time.Second
	readers            = 4 // connections that read; one more writes
	memoryPath         = ":memory:"
)

// withDefaults returns the options with the defaults filled in, or the first field that is out of
// range.
func (o *Options) withDefaults() (Options, error) {
	if o == nil {
		o = &Options{}
	}
	switch {
	case o.RecheckAfter < 0:
		return *o, &lead.FieldError{
			Field: "Options.RecheckAfter", Problem: "negative; leave it 0 for 14 days",
		}
	case o.BusyTimeout < 0:
		return *o, &lead.FieldError{
			Field: "Options.BusyTimeout", Problem: "negative; leave it 0 for 30 seconds",
		}
	}
	filled := Options{
		RecheckAfter: cmp.Or(o.RecheckAfter, store.RecheckAfter),
		BusyTimeout:  cmp.Or(o.BusyTimeout, defaultBusyTimeout), Now: o.Now,
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
	checked atomic.Bool // the schema has the version that this library needs

	write, read *sqlx.DB // one and the same if the database is in memory
	writer      writer
	reader      *statements
}

// Open opens the file at path, and creates it if there is none. [DB.Migrate] prepares it. The path
// ":memory:" is a private database that ends with Close. The context bounds the opening only. Errors
// name the path. If o is nil, the defaults are used.
func Open(ctx context.Context, path string, o *Options) (*DB, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if path == "" {
		return nil, fmt.Errorf("sqlite: %w",
			&lead.FieldError{Field: "path", Problem: `missing: name a file, or ":memory:"`})
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
	d.writer.init(d.write)
	d.reader = newStatements(d.read)
	// The first connection reads the file, and switches it to WAL if it is new. SQLite does not
	// wait for another process that does the same at this moment.
	for start, try := time.Now(), 1; ; try++ {
		var tables int
		err := d.write.GetContext(ctx, &tables, `SELECT count(*) FROM sqlite_schema`)
		if !isBusy(err) || time.Since(start) > d.opts.BusyTimeout {
			return err
		}
		if err := backoff.Sleep(ctx, delays.Delay(try)); err != nil {
			return err
		}
	}
}

var delays = backoff.Doubling{First: time.Millisecond, Longest: 100 * time.Millisecond}

// pool returns a pool of connections, none of which is open yet.
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

// Close waits for the call that writes, and closes the connections. Later calls fail. The last
// process to close a file folds the log into it.
func (d *DB) Close() error {
	err := d.writer.close()
	if d.reader != nil {
		err = errors.Join(err, d.reader.close())
	}
	if d.read != nil && d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	if d.write != nil {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// now returns the instant as it is stored.
func (d *DB) now() int64 { return d.opts.Now().UnixMicro() }
