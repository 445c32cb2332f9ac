// Package outbox opens a catalogue for programs that follow its changes and keep, in tables of their own
// beside it, how far they are.
package outbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/dsn"
	"github.com/agent-forge/forge/internal/pgdial"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/sqlite"
)

// Options are the flags that name a database.
type Options struct {
	file     string
	postgres dsn.Options
	dsn      string
}

// Flags registers the flags.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.file, "db", "forge-server.db", "the SQLite `FILE` of the server")
	o.postgres.Flags(f, "the server's database, if it is not a file")
}

// Check reports what is wrong with the flags.
func (o *Options) Check() (err error) {
	if o.postgres.Given() {
		o.dsn, err = o.postgres.Read()
		return err
	}
	return commandline.File("-db", o.file)
}

// A Database is a catalogue and the tables beside it, in one pool.
type Database struct {
	*sqlx.DB
	// ForUser returns what happens to a user's jobs.
	ForUser func(user string) forge.Watcher
	close   func() error
}

// Open opens the database and creates the tables, which are statements for PostgreSQL and SQLite. It
// creates none of the catalogue's: the server does.
func (o *Options) Open(ctx context.Context, tables string) (*Database, error) {
	if o.dsn == "" {
		return openFile(ctx, o.file, tables)
	}
	config, err := pgx.ParseConfig(o.dsn)
	if err != nil {
		return nil, errors.New("-postgres: cannot be opened") // err can hold a part of the DSN
	}
	config.DialFunc = pgdial.DialContext
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // poolers lose prepared statements
	pool := sqlx.NewDb(stdlib.OpenDB(*config), "pgx")
	pool.SetMaxOpenConns(connections)
	db, err := postgres.New(pool, &postgres.Options{Events: true})
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	d := &Database{
		DB: pool, ForUser: func(user string) forge.Watcher { return db.ForUser(user) }, close: db.Close,
	}
	return d, d.create(ctx, tables)
}

// connections are enough for many followers, each of which asks once a second.
const connections = 8

func openFile(ctx context.Context, file, tables string) (*Database, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	query := url.Values{
		"mode": {"rw"}, "_txlock": {"immediate"}, "_busy_timeout": {"5000"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	pool, err := sqlx.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	db, err := sqlite.New(pool, &sqlite.Options{Events: true})
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	d := &Database{
		DB: pool, ForUser: func(user string) forge.Watcher { return db.ForUser(user) }, close: db.Close,
	}
	return d, d.create(ctx, tables)
}

func (d *Database) create(ctx context.Context, tables string) error {
	if _, err := d.ExecContext(ctx, tables); err != nil {
		return errors.Join(fmt.Errorf("create the tables beside the catalogue: %w", err), d.Close())
	}
	return nil
}

// Close closes the pool.
func (d *Database) Close() error { return errors.Join(d.close(), d.DB.Close()) }
