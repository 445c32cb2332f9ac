package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

func TestNewNeverClosesThePoolOfTheCaller(t *testing.T) {
	t.Parallel()
	pool := raw(t, server.DSN(t))
	db, err := postgres.New(pool, nil)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	require.NoError(t, db.Close())
	require.NoError(t, pool.PingContext(t.Context()))
	refs, err := db.ForUser("ada").Sync(t.Context(), leadsOf(1, 2))
	require.NoError(t, err)
	require.Len(t, refs, 2)
}

func TestNewRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	_, err := postgres.New((*sql.DB)(nil), nil)
	require.ErrorContains(t, err, "pool: nil")
	_, err = postgres.New((*sqlx.DB)(nil), nil)
	require.ErrorContains(t, err, "pool: nil")
	_, err = postgres.New(new(sql.DB), &postgres.Options{MaxOpenConns: 3})
	require.ErrorContains(t, err, "Options.MaxOpenConns")
	_, err = postgres.New(new(sql.DB), &postgres.Options{RetryFor: -5})
	require.ErrorContains(t, err, "Options.RetryFor")
}

func TestMigrateNeedsTwoConnectionsOfACallersPool(t *testing.T) {
	t.Parallel()
	pool := raw(t, server.DSN(t))
	pool.SetMaxOpenConns(1)
	db, err := postgres.New(pool, nil)
	require.NoError(t, err)
	require.ErrorContains(t, db.Migrate(t.Context()), "call SetMaxOpenConns")
	pool.SetMaxOpenConns(2)
	require.NoError(t, db.Migrate(t.Context()))
	pool.SetMaxOpenConns(1)
	_, err = db.ForUser("ada").Sync(t.Context(), leadsOf(1, 2))
	require.NoError(t, err, "a call needs one")
}

func TestNewPassesTheSuite(t *testing.T) {
	t.Parallel()
	if !soak() {
		t.Skip("the whole suite; set FORGE_SOAK=1")
	}
	dsns := migrated(t)
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db, err := postgres.New(raw(tb, dsns(tb)),
			&postgres.Options{Now: env.Now, RecheckAfter: env.RecheckAfter})
		require.NoError(tb, err)
		require.NoError(tb, db.Migrate(tb.Context()))
		return func(user string) forge.Store { return db.ForUser(user) }
	})
}
