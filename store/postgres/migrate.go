package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/agent-forge/forge/internal/backoff"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is not goose's default name, which the application's own migrations may use in the
// same schema.
const versionTable = "forge_db_version"

// schemaVersion is the last of the embedded migrations; a test holds it to them.
const schemaVersion = 12

// Migrate creates the tables, or brings them up to date. Several servers may call it at once: one
// works, the others wait. A schema that is newer than this library is an error, and is left alone.
func (d *DB) Migrate(ctx context.Context) error {
	err := d.retry(ctx, func(_ context.Context, _ int) error { return d.migrate(ctx) }) // may take its time
	if err != nil {
		return fmt.Errorf("postgres: migrate: %w", err)
	}
	return nil
}

// Version returns the version of the tables, 0 if there are none. It needs no version of the library's
// own: a program that migrates with its own tool can compare it with the last of [Migrations].
func (d *DB) Version(ctx context.Context) (version int64, err error) {
	err = d.retry(ctx, func(ctx context.Context, _ int) error {
		return d.on(ctx, func(c *sqlx.Conn) error { version, err = d.version(ctx, c); return err })
	})
	return version, named("version", err)
}

// errMigrating means that another server is migrating the same schema.
var errMigrating = errors.New("another server is migrating")

// migrate does nothing if the schema is up to date. Otherwise it holds a lock by one transaction
// and migrates on another connection: a lock of the session, goose's own way, would be left behind
// on some server by PgBouncer in transaction mode. The two connections are its own, so that it
// needs no room in the pool, unless the pool is the caller's.
func (d *DB) migrate(ctx context.Context) (err error) {
	db := d.db.DB
	if d.connector != nil {
		db = sql.OpenDB(d.connector.within(ctx))
		db.SetMaxOpenConns(2)
		defer func() { err = errors.Join(err, db.Close()) }()
	} else if db.Stats().MaxOpenConnections == 1 {
		return errors.New("the pool is limited to one connection, and two are needed: " +
			"call SetMaxOpenConns, or apply the files of Migrations with a tool of your own")
	}
	if err := d.fit(ctx, db); err != nil {
		return err
	}
	for retry := 1; ; retry++ {
		version, err := d.version(ctx, db)
		switch {
		case err != nil:
			return err
		case version > schemaVersion:
			return newerError(version)
		case version == schemaVersion:
			return nil
		}
		if err := d.migrateLocked(ctx, db); !errors.Is(err, errMigrating) {
			return err
		}
		if err := backoff.Sleep(ctx, delays.Delay(retry)); err != nil {
			return err
		}
	}
}

// migrateLocked migrates under the lock, or returns errMigrating. It does not wait for the lock:
// those who wait in a transaction could hold all the connections that PgBouncer has, and the one
// who works needs a second one.
func (d *DB) migrateLocked(ctx context.Context, db *sql.DB) error {
	lock, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback() }() // it wrote nothing
	if _, err := lock.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return err
	}
	var locked bool
	const tryLockSQL = `SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ` + inSchema + `, 0))`
	err = lock.QueryRowContext(ctx, tryLockSQL, "forge ", d.opts.Schema).Scan(&locked)
	if err != nil {
		return err
	}
	if !locked {
		return errMigrating
	}
	if err := d.createSchema(ctx, db); err != nil {
		return err
	}
	files, err := d.schema.files()
	if err != nil {
		return err
	}
	table, err := database.NewStore(database.DialectPostgres, d.schema.qualify(versionTable))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db, files, goose.WithStore(versions{table}),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// createSchema creates the schema of Options.Schema, if there is one and it is missing. IF NOT EXISTS
// would not do: it asks for a right that the owner of an existing schema may lack.
func (d *DB) createSchema(ctx context.Context, db *sql.DB) error {
	if d.schema == nil {
		return nil
	}
	var exists bool
	err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`,
		d.schema.name).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = db.ExecContext(ctx, `CREATE SCHEMA "`+d.schema.name+`"`)
	return err
}

// versions is goose's version table. goose itself does not find one whose name is quoted.
type versions struct{ database.Store }

// TableExists implements [database.StoreExtender].
func (v versions) TableExists(ctx context.Context, db database.DBTxConn) (exists bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, v.Tablename()).Scan(&exists)
	return exists, err
}

// check refuses to work on a schema of another version. It asks the server once in the life of a
// DB.
func (d *DB) check(ctx context.Context, c database.DBTxConn) error {
	if d.checked.Load() {
		return nil
	}
	version, err := d.version(ctx, c)
	switch {
	case err != nil:
		return err
	case version == 0:
		if err := d.fit(ctx, c); err != nil {
			return err
		}
		if d.schema != nil {
			return fmt.Errorf("the schema %s has no forge tables: call Migrate first", d.schema.name)
		}
		return errors.New("the database has no forge tables: call Migrate first, or set the search_path")
	case version < schemaVersion:
		return fmt.Errorf("the schema is at version %d, this library needs %d: call Migrate first",
			version, schemaVersion)
	case version > schemaVersion:
		return newerError(version)
	}
	d.checked.Store(true)
	return nil
}

func newerError(version int64) error {
	return fmt.Errorf(
		"the schema is at version %d, but this library supports versions up to %d: upgrade the library",
		version,
		schemaVersion,
	)
}

// fit refuses a database in which forge's tables cannot be, with what to do about it.
func (d *DB) fit(ctx context.Context, db database.DBTxConn) error {
	var encoding string
	var schema sql.NullString
	err := db.QueryRowContext(ctx, `
		SELECT pg_encoding_to_char(encoding), current_schema() FROM pg_database
		WHERE datname = current_database()`).
		Scan(&encoding, &schema)
	switch {
	case err != nil:
		return err
	case encoding != "UTF8" && encoding != "SQL_ASCII": // the latter keeps every byte
		return fmt.Errorf(
			"the database's encoding is %s, which cannot hold every posting: create a database with "+
				"CREATE DATABASE forge ENCODING 'UTF8' TEMPLATE template0, and name it in the DSN",
			encoding,
		)
	case !schema.Valid && d.schema == nil:
		return errors.New("the search_path names no schema that exists: create it with CREATE SCHEMA, " +
			"or correct search_path in the DSN or with ALTER ROLE … SET search_path")
	}
	return nil
}

// version returns the version of the tables, 0 if there are none.
func (d *DB) version(ctx context.Context, db database.DBTxConn) (int64, error) {
	var version sql.NullInt64
	const versionSQL = `SELECT max(version_id) FROM ` + versionTable
	err := db.QueryRowContext(ctx, d.schema.qualify(versionSQL)).Scan(&version)
	if err != nil && sqlState(err) != pqerror.UndefinedTable {
		return 0, err
	}
	return version.Int64, nil
}
