package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is not goose's default name, which an application that shares the file may use for its own migrations.
const versionTable = "forge_db_version"

// schemaVersion is the last of the embedded migrations; a test holds it to them.
const schemaVersion = 1

// noSchema is the version of a file that Migrate never saw.
const noSchema = -1

// Migrate creates the tables, or brings them up to date. Several processes may call it at once. A schema that is newer than
// this library is an error, and is left alone.
func (d *DB) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("sqlite: migrate: %w", err)
	}
	for {
		before, err := d.version(ctx)
		if err != nil {
			return fmt.Errorf("sqlite: migrate %s: %w", d.path, explain(err))
		}
		if before > schemaVersion {
			return fmt.Errorf("sqlite: migrate %s: %w", d.path, newerError(before))
		}
		provider, err := goose.NewProvider(goose.DialectSQLite3, d.write.DB, files,
			goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
		if err != nil {
			return fmt.Errorf("sqlite: migrate: %w", err)
		}
		_, err = provider.Up(ctx)
		if err == nil {
			return nil
		}
		// Each step is a transaction. One that failed because another process had just taken it shows as progress.
		if after, versionErr := d.version(ctx); versionErr != nil || after <= before {
			return fmt.Errorf("sqlite: migrate %s: %w", d.path, explain(err))
		}
	}
}

// check refuses to work on a schema of another version. It reads the version until it has seen the right one once.
func (d *DB) check(ctx context.Context) error {
	if d.checked.Load() {
		return nil
	}
	version, err := d.version(ctx)
	switch {
	case err != nil:
		return err
	case version <= 0:
		return errors.New("the database has no forge tables: call Migrate first")
	case version < schemaVersion:
		return fmt.Errorf("the schema is at version %d, this library needs %d: call Migrate first", version, schemaVersion)
	case version > schemaVersion:
		return newerError(version)
	}
	d.checked.Store(true)
	return nil
}

func newerError(version int64) error {
	return fmt.Errorf("the schema is at version %d, newer than this library, which knows %d: upgrade the library", version, schemaVersion)
}

// version returns the schema's version.
func (d *DB) version(ctx context.Context) (int64, error) {
	var exists bool
	err := d.read.GetContext(ctx, &exists, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)`, versionTable)
	if err != nil || !exists {
		return noSchema, err
	}
	version := int64(noSchema)
	err = d.read.GetContext(ctx, &version, `SELECT COALESCE(max(version_id), -1) FROM `+versionTable)
	return version, err
}
