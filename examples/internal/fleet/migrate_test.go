package fleet

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMigrateManyAtOnce(t *testing.T) {
	t.Parallel()
	const atOnce = 8
	rounds := 2
	if sizeOf().workers > 2 { // as the gate and the full run ask for
		rounds = 20
	}
	var count tally
	for range rounds {
		dsn := server.DSN(t)
		errs := make([]error, atOnce)
		var all sync.WaitGroup
		for i := range atOnce {
			all.Go(func() { errs[i] = migrate(t.Context(), dsn) })
		}
		all.Wait()
		for _, err := range errs {
			t.Run("", func(t *testing.T) {
				defer count.add(t)
				require.NoError(t, err)
			})
		}
		pool, err := openFleet(t.Context(), dsn)
		require.NoError(t, err, "the tables are there")
		pool.Close()
	}
	count.log(t, "migrations, 8 at once")
}

func TestMigrateWaitsForAnotherAndSaysSo(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	pool, err := openPool(t.Context(), dsn, answerTimeout)
	require.NoError(t, err)
	defer pool.Close()
	other, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = other.Rollback(context.WithoutCancel(t.Context())) }() // else Close waits for it
	_, err = other.Exec(t.Context(),
		`SELECT pg_advisory_xact_lock(hashtextextended('fleet ' || current_schema(), 0))`)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- migrate(ctx, dsn) }()
	require.Eventually(t, func() (tried bool) {
		err := pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND query ILIKE 'rollback%')`).Scan(&tried)
		return err == nil && tried
	}, time.Minute, 5*time.Millisecond, "migrate finds the lock taken")
	cancel()
	err = <-ended
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errMigrating)
	require.NoError(t, other.Rollback(t.Context()))
	require.NoError(t, migrate(t.Context(), dsn))
}

func TestMigrateBringsTheFirstTablesUpToDate(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	require.NoError(t, migrate(t.Context(), dsn))
	pool, err := openFleet(t.Context(), dsn)
	require.NoError(t, err)
	defer pool.Close()
	for _, statement := range []string{
		`DROP TABLE fleet_holds`, `ALTER TABLE fleet_searches DROP COLUMN last_at, DROP COLUMN paused, ` +
			`DROP COLUMN exclude, DROP COLUMN threshold, DROP COLUMN filters, ` +
			`ADD UNIQUE (user_id, board, keywords, location, remote)`,
		`DELETE FROM fleet_version WHERE version_id > 1`,
		`INSERT INTO fleet_searches (user_id, board, keywords, every_seconds) VALUES ('ada', 'linkedin', ` +
			`'go', 60)`,
	} {
		_, err := pool.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	require.ErrorIs(t, checkTables(t.Context(), pool), errTables)
	require.NoError(t, migrate(t.Context(), dsn))
	require.NoError(t, checkTables(t.Context(), pool))
	list, err := listSearches(t.Context(), pool)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Nil(t, list[0].Last, "the search runs as soon as a worker starts")
}
