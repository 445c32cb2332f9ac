package main

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"log"

	"github.com/pressly/goose/v3"

	"github.com/agent-forge/forge/store/postgres"
)

//go:embed migrations
var own embed.FS

// migrate brings forge's tables and the program's own up to date, both in the schema app. It returns
// the version of its own.
func migrate(ctx context.Context, db *sql.DB) (version int64, err error) {
	if _, err := db.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS app`); err != nil {
		return 0, err
	}
	for _, of := range []struct {
		table string
		files fs.FS
	}{
		{"app.forge_db_version", must(postgres.MigrationFiles(postgres.Goose, "app"))},
		{"app.own_db_version", must(fs.Sub(own, "migrations"))},
	} {
		provider, err := goose.NewProvider(goose.DialectPostgres, db, of.files,
			goose.WithTableName(of.table), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return 0, err
		}
		if _, err := provider.Up(ctx); err != nil {
			return 0, err
		}
		if version, err = provider.GetDBVersion(ctx); err != nil {
			return 0, err
		}
	}
	return version, nil
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
