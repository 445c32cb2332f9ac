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
const schemaVersion = 3

// Migrate creates the tables, or brings them up to date. Several servers may call it at once: one
// works, the others wait. A schema that is newer than this library is an error, and is left alone.
func (d *DB) Migrate(ctx context.Context) error {
	err := d.retry(ctx, func(int) error { return d.migrate(ctx) })
	if err != nil {
		return fmt.Errorf("postgres: migrate: %w", err)
	}
	return nil
}

// errMigrating means that another server is migrating the same schema.
var errMigrating = errors.New("another server is migrating")

// migrate does nothing where the schema is up to date. Otherwise it holds a lock by one transaction
// and migrates on another connection: a lock of the session, goose's own way, would be left behind
// on some server by PgBouncer in transaction mode. The two connections are its own, so that it
// needs no room in the pool.
func (d *DB) migrate(ctx context.Context) (err error) {
	db := sql.OpenDB(d.connector)
	db.SetMaxOpenConns(2)
	defer func() { err = errors.Join(err, db.Close()) }()
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
	err = lock.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended('forge ' || current_schema(), 0))`).
		Scan(&locked)
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
func (d *DB) check(ctx context.Context) error {
	if d.checked.Load() {
		return nil
	}
	version, err := versionOf(ctx, d.db)
	switch {
	case err != nil:
		return err
	case version == 0:
		return errors.New("the database has no forge tables: call Migrate first, or set the search_path")
	case version < schemaVersion:
		return fmt.Errorf("the schema is at version %d, this library needs %d: call Migrate first", version,
			schemaVersion)
	case version > schemaVersion:
		return newerError(version)
	}
	d.checked.Store(true)
	return nil
}

func newerError(version int64) error {
	return fmt.Errorf(
		"the schema is at version %d, newer than this library, which knows %d: upgrade the library",
		version,
		schemaVersion,
	)
}

// versionOf returns the schema's version, 0 where there is none.
func versionOf(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (int64, error) {
	var version sql.NullInt64
	err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM `+versionTable).Scan(&version)
	if err != nil && pq.As(err, pqerror.UndefinedTable) == nil {
		return 0, err
	}
	return version.Int64, nil
}
