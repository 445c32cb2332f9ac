package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
	"github.com/agent-forge/forge/store/storetest"
)

func soak() bool { return os.Getenv("FORGE_SOAK") == "1" }

// settings are those that the package comment asks of a pool of the caller's.
const settings = "_busy_timeout=30000&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"

// pool opens a file as an application does that has its own tables in it.
func pool(tb testing.TB, path, settings string, connections int) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?"+settings)
	require.NoError(tb, err)
	db.SetMaxOpenConns(connections)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	return db
}

// given returns the catalogue in a pool, with its tables.
func given(tb testing.TB, pool *sql.DB, o *sqlite.Options) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.New(pool, o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	return db
}

func TestNewNeverClosesThePoolOfTheCaller(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 0} {
		p := pool(t, file(t), settings, connections)
		db, err := sqlite.New(sqlx.NewDb(p, "sqlite"), nil)
		require.NoError(t, err)
		version, err := db.Version(t.Context())
		require.NoError(t, err)
		require.Zero(t, version)
		require.NoError(t, db.Migrate(t.Context()))
		ada := db.ForUser("ada")
		for n := range 3 { // the second call uses statements that the first one prepared
			refs, err := ada.Sync(t.Context(), []lead.Lead{leadOf(fmt.Sprint(n))})
			require.NoError(t, err)
			require.Len(t, refs, 1)
		}
		require.NoError(t, db.Close())
		require.NoError(t, p.PingContext(t.Context()))
		require.Zero(t, p.Stats().InUse, "every connection went back")
	}
}

func TestNewNamesTheSettingsThatAreMissing(t *testing.T) {
	t.Parallel()
	_, err := sqlite.New((*sql.DB)(nil), nil)
	require.ErrorContains(t, err, "pool: nil")
	_, err = sqlite.New((*sqlx.DB)(nil), nil)
	require.ErrorContains(t, err, "pool: nil")
	_, err = sqlite.New(new(sql.DB), &sqlite.Options{BusyTimeout: time.Second})
	require.ErrorContains(t, err, "give _busy_timeout in the DSN")
	_, err = sqlite.New(new(sql.DB), &sqlite.Options{RecheckAfter: -1})
	require.ErrorContains(t, err, "Options.RecheckAfter")
	for _, c := range []struct{ name, path, settings, problem string }{
		{"none", file(t), "", "add _pragma=journal_mode(WAL) to the DSN"},
		{"no timeout", file(t), "_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)", "_busy_timeout=30000"},
		{"no keys", file(t), "_busy_timeout=100&_pragma=journal_mode(WAL)", "_pragma=foreign_keys(1)"},
		{"no syncs", file(t), settings + "&_pragma=synchronous(OFF)", "_pragma=synchronous(FULL)"},
		{"several databases in memory", ":memory:", settings, "SetMaxOpenConns(1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, err := sqlite.New(pool(t, c.path, c.settings, 0), nil)
			require.NoError(t, err)
			require.ErrorContains(t, db.Migrate(t.Context()), c.problem)
			_, err = db.ForUser("ada").Claim(t.Context(), 1, time.Minute)
			require.ErrorContains(t, err, c.problem)
		})
	}
	db := given(t, pool(t, ":memory:", settings, 1), nil)
	_, err = db.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err, "one database in memory")
}

// The application writes to the same file at the same time, by connections that know nothing of the
// store's.
func TestNewSharesTheWriteLockWithTheCaller(t *testing.T) {
	t.Parallel()
	p := pool(t, file(t), settings, 4)
	ada := given(t, p, nil).ForUser("ada")
	_, err := p.ExecContext(t.Context(), `CREATE TABLE mine (n INTEGER)`)
	require.NoError(t, err)
	const each = 25
	var group sync.WaitGroup
	for worker := range 3 {
		group.Go(func() {
			for n := range each {
				refs, err := ada.Sync(t.Context(), []lead.Lead{leadOf(fmt.Sprint(worker*each + n))})
				if err != nil || len(refs) != 1 {
					t.Errorf("sync: %d refs, %v", len(refs), err)
				}
				if _, err := p.ExecContext(t.Context(), `INSERT INTO mine VALUES (?)`, n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	stats, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3*each, stats.ByStatus[lead.Discovered])
}

func TestCancelAtAnyMomentLeavesNoTransactionOpenInACallersPool(t *testing.T) {
	t.Parallel()
	for _, begin := range []string{"", "&_txlock=immediate"} {
		p := pool(t, file(t), settings+begin, 1)
		ada := given(t, p, nil).ForUser("ada")
		refs, err := ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
		require.NoError(t, err)
		for i := range 300 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Microsecond)
			_ = ada.Mark(ctx, refs[0].ID, lead.Saved) // whether it got through does not matter
			cancel()
		}
		require.NoError(t, ada.Mark(t.Context(), refs[0].ID, lead.Applied))
		require.Zero(t, p.Stats().InUse)
	}
}

func TestNewPassesTheSuite(t *testing.T) {
	t.Parallel()
	if !soak() {
		t.Skip("the whole suite; set FORGE_SOAK=1")
	}
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := given(tb, pool(tb, file(tb), settings, 4), optionsOf(env))
		return func(user string) forge.Store { return db.ForUser(user) }
	})
}

func optionsOf(env storetest.Env) *sqlite.Options {
	return &sqlite.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events}
}

func BenchmarkNew(b *testing.B) {
	storetest.Bench(b, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := given(tb, pool(tb, file(tb), settings, 4), optionsOf(env))
		return func(user string) forge.Store { return db.ForUser(user) }
	})
}
