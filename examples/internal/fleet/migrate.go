package fleet

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	versionTable = "fleet_version"
	tableVersion = 4 // the last of the embedded migrations
)

// errMigrating means that another process is migrating the same schema.
var errMigrating = errors.New("migrate: another process is migrating")

// migrate creates the tables of forge, of River and of the fleet, or brings them up to date. Several
// processes may call it at once: one works, the others wait.
func migrate(ctx context.Context, dsn string) error {
	pool, err := openPool(ctx, dsn, 0)
	if err != nil {
		return err
	}
	defer pool.Close()
	delays := backoff.Doubling{First: 20 * time.Millisecond, Longest: time.Second}
	for retry := 1; ; retry++ {
		err := migrateLocked(ctx, dsn, pool)
		waited := retry > 1 && ctx.Err() != nil // whatever the try was at, it was for the other's lock
		if !errors.Is(err, errMigrating) && !waited {
			return err
		}
		if err := backoff.Sleep(ctx, delays.Delay(retry)); err != nil {
			return fmt.Errorf("%w, and has not finished: %w", errMigrating, err)
		}
	}
}

// migrateLocked migrates under a lock, or returns errMigrating. The lock is a transaction's, which
// PgBouncer cannot leave behind on a connection. Nobody waits for the lock inside a statement,
// because an index that a migration builds concurrently would wait for that statement.
func migrateLocked(ctx context.Context, dsn string, pool *pgxpool.Pool) error {
	lock, err := pool.Begin(ctx)
	if err != nil {
		return explain("migrate", err)
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(ctx)) }() // it wrote nothing
	if _, err := lock.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return explain("migrate", err)
	}
	var locked bool
	err = lock.QueryRow(ctx,
		`SELECT pg_try_advisory_xact_lock(hashtextextended('fleet ' || coalesce(current_schema(), ''), 0))`).
		Scan(&locked)
	switch {
	case err != nil:
		return explain("migrate", err)
	case !locked:
		return errMigrating
	}
	if err := migrateForge(ctx, dsn); err != nil {
		return err
	}
	if err := migrateRiver(ctx, pool); err != nil {
		return err
	}
	return migrateFleet(ctx, pool)
}

func migrateForge(ctx context.Context, dsn string) error {
	jobs, err := postgres.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer func() { _ = jobs.Close() }()
	return jobs.Migrate(ctx)
}

func migrateRiver(ctx context.Context, pool *pgxpool.Pool) error {
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), quiet)
	if err != nil {
		return explain("migrate River", err)
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return explain("migrate River", err)
}

func migrateFleet(ctx context.Context, pool *pgxpool.Pool) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return explain("migrate", err)
	}
	versions, err := database.NewStore(database.DialectPostgres, versionTable)
	if err != nil {
		return explain("migrate", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider("", db, files, goose.WithStore(versions),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return explain("migrate", err)
	}
	_, err = provider.Up(ctx)
	return explain("migrate", err)
}

// checkTables refuses a database without the tables that this program needs.
func checkTables(ctx context.Context, pool *pgxpool.Pool) error {
	var version int64
	err := pool.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable).Scan(&version)
	switch {
	case err != nil:
		return explain("look at the tables", err)
	case version < tableVersion:
		return fmt.Errorf("look at the tables: %w", errTables)
	case version > tableVersion:
		return fmt.Errorf("the tables are at version %d, newer than this program, which knows %d: "+
			"upgrade the program", version, tableVersion)
	}
	return nil
}
