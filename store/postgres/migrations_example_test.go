package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/agent-forge/forge/store/postgres"
)

// goose applies the steps in a schema of forge's own.
func ExampleMigrationFiles() {
	ctx := context.Background()
	pool, err := sql.Open("postgres", server.ExampleDSN())
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	version, err := upByGoose(ctx, pool)
	if err != nil {
		log.Fatal(err)
	}
	steps, err := postgres.Migrations("forge_by_goose")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(version == steps[len(steps)-1].Version)
	// Output: true
}

func upByGoose(ctx context.Context, pool *sql.DB) (int64, error) {
	files, err := postgres.MigrationFiles(postgres.Goose, "forge_by_goose")
	if err != nil {
		return 0, err
	}
	if _, err := pool.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS forge_by_goose`); err != nil {
		return 0, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files,
		goose.WithTableName("forge_by_goose.forge_db_version"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return 0, err
	}
	db, err := postgres.New(pool, &postgres.Options{Schema: "forge_by_goose"})
	if err != nil {
		return 0, err
	}
	return db.Version(ctx)
}

// Atlas and golang-migrate read directories, which a program writes once for each version of forge.
func ExampleMigrationFiles_directory() {
	dir, err := os.MkdirTemp("", "migrations")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	files, err := postgres.MigrationFiles(postgres.GolangMigrate, "forge")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "forge"), files); err != nil {
		log.Fatal(err)
	}
	names, err := fs.Glob(os.DirFS(dir), "forge/00001_*")
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range names {
		fmt.Println(name)
	}
	// Output:
	// forge/00001_catalogue.down.sql
	// forge/00001_catalogue.up.sql
}
