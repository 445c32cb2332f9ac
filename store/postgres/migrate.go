package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"

	"github.com/agent-forge/forge/internal/backoff"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is not goose's default name, which the application's own migrations may use in the
// same schema.
const versionTable = "forge_db_version"

// schemaVersion is the last of the embedded migrations; a test holds it to them.
const schemaVersion = 4

// Migrate creates the tables, or brings them up to date. Several servers may call it at once: one
// works, the others wait. A schema that is newer than this library is an error, and is left alone.
func (d *DB) Migrate(ctx context.Context) error {
	err := d.retry(ctx, func(_ context.Context, _ int) error { return d.migrate(ctx) }) // may take its time
	if err != nil {
		return fmt.Errorf("postgres: migrate: %w", err)
	}
	return nil
}

// errMigrating means that another server is migrating the same schema.
var errMigrating = errors.New("another server is migrating")

// migrate does nothing if the schema is up to date. Otherwise it holds a lock by one transaction
// and migrates on another connection: a lock of the session, goose's own way, would be left behind
// on some server by PgBouncer in transaction mode. The two connections are its own, so that it
// needs no room in the pool.
func (d *DB) migrate(ctx context.Context) (err error) {
	db := sql.OpenDB(d.connector.within(ctx))
	db.SetMaxOpenConns(2)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := fit(ctx, db); err != nil {
		return err
	}
	for retry := 1; ; retry++ {
		version, err := versionOf(ctx, db)
		switch {
		case err != nil:
			return err
		case version > schemaVersion:
			return newerError(version)
		case version == schemaVersion:
			return nil
		}
		if err := migrateLocked(ctx, db); !errors.Is(err, errMigrating) {
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
func migrateLocked(ctx context.Context, db *sql.DB) error {
	lock, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback() }() // it wrote nothing
	if _, err := lock.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return err
	}
	var locked bool
	const tryLockSQL = `SELECT pg_try_advisory_xact_lock(hashtextextended('forge ' || current_schema(), 0))`
	err = lock.QueryRowContext(ctx, tryLockSQL).Scan(&locked)
	if err != nil {
		return err
	}
	if !locked {
		return errMigrating
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// check refuses to work on a schema of another version. It asks the server once in the life of a
// DB.
func (d *DB) check(ctx context.Context, c querier) error {
	if d.checked.Load() {
		return nil
	}
	version, err := versionOf(ctx, c)
	switch {
	case err != nil:
		return err
	case version == 0:
		if err := fit(ctx, c); err != nil {
			return err
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

// A querier is a connection or a pool.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// fit refuses a database in which forge's tables cannot be, with what to do about it.
func fit(ctx context.Context, db querier) error {
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
	case !schema.Valid:
		return errors.New("the search_path names no schema that exists: create it with CREATE SCHEMA, " +
			"or correct search_path in the DSN or with ALTER ROLE … SET search_path")
	}
	return nil
}

// versionOf returns the schema's version, 0 if there is none.
func versionOf(ctx context.Context, db querier) (int64, error) {
	var version sql.NullInt64
	err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM `+versionTable).Scan(&version)
	if err != nil && pq.As(err, pqerror.UndefinedTable) == nil {
		return 0, err
	}
	return version.Int64, nil
}
