package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/agent-forge/forge/store/driver"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable differs from the default of goose, so that an application can keep its own
// migrations in the same database.
const versionTable = "forge_db_version"

// schemaVersion is the number of the last embedded migration, as a test verifies.
const schemaVersion = 12

// noSchema is the version that a file without forge's tables has.
const noSchema = -1

// Migrate creates the tables, or brings them up to date. Several processes can call it at the same
// time. If the schema is newer than this library, Migrate returns an error and changes nothing.
func (d *DB) Migrate(ctx context.Context) error {
	if err := d.migrate(ctx); err != nil {
		return fmt.Errorf("sqlite: migrate %s: %w", d.path, driver.Interrupted(ctx, explain(err)))
	}
	return nil
}

func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	for {
		if err := d.present(); err != nil {
			return err
		}
		before, err := d.version(ctx, nil)
		if err != nil {
			return err
		}
		if before > schemaVersion {
			return newerError(before)
		}
		err = d.writer.alone(ctx, func(db *sql.DB) error {
			provider, err := goose.NewProvider(goose.DialectSQLite3, db, files,
				goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true),
				goose.WithLogger(goose.NopLogger()))
			if err != nil {
				return err
			}
			// A pool of the caller's must not get back a connection with an open transaction, see begin.
			if d.given {
				ctx = context.WithoutCancel(ctx)
			}
			_, err = provider.Up(ctx)
			return err
		})
		if err == nil {
			return nil
		}
		// Each migration is a transaction. If it failed because another process applied it first,
		// the version has increased, and the next round finds the rest.
		if after, versionErr := d.version(ctx, nil); versionErr != nil || after <= before {
			return err
		}
	}
}

// check returns an error if the file is gone or if the schema has another version. The check of the
// version is cached once it has succeeded. It reads by q, or on a connection of its own if q is nil.
func (d *DB) check(ctx context.Context, q *statements) error {
	if err := d.present(); err != nil {
		return err
	}
	if d.checked.Load() {
		return nil
	}
	version, err := d.version(ctx, q)
	switch {
	case err != nil:
		return err
	case version <= 0:
		return errors.New("the database has no forge tables: call Migrate first")
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
		"the schema is at version %d, but this library supports versions up to %d: upgrade the library",
		version,
		schemaVersion,
	)
}

// Version returns the version of forge's tables, 0 if there are none. Migrate brings it to the
// largest version of [Migrations].
func (d *DB) Version(ctx context.Context) (int64, error) {
	version, err := d.version(ctx, nil)
	return max(version, 0), named("version", driver.Interrupted(ctx, explain(err)))
}

// version returns the schema's version. It reads by q, or on a connection of its own if q is nil. If
// the pool is the caller's, it checks the settings of the connection.
func (d *DB) version(ctx context.Context, q *statements) (version int64, err error) {
	read := func(q *statements) error {
		if d.given {
			if err := d.fit(ctx, q); err != nil {
				return err
			}
		}
		var exists bool
		err := q.one(ctx, &exists,
			`SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)`, versionTable)
		if err != nil || !exists {
			version = noSchema
			return err
		}
		return q.one(ctx, &version, `SELECT COALESCE(max(version_id), -1) FROM `+versionTable)
	}
	if q != nil {
		err = read(q)
		return version, err
	}
	err = d.reading(ctx, read)
	return version, err
}
