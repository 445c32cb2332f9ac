package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// failing makes the first n writes of user_job_map fail with an SQLSTATE. The sequence counts them
// also in transactions that are rolled back.
func failing(t *testing.T, tables *sql.DB, code string, n int) (tries func() int) {
	t.Helper()
	_, err := tables.ExecContext(t.Context(), fmt.Sprintf(`
		CREATE SEQUENCE tries;
		CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF nextval('tries') <= %d THEN
				RAISE EXCEPTION 'on purpose' USING ERRCODE = '%s';
			END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER fail BEFORE UPDATE ON user_job_map FOR EACH ROW EXECUTE FUNCTION fail()`, n, code))
	require.NoError(t, err)
	return func() int {
		t.Helper()
		return one[int](t, tables, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries`)
	}
}

// due returns a store with one due job, and its tables.
func due(t *testing.T, opts *postgres.Options) (*postgres.Store, *sql.DB) {
	t.Helper()
	dsn := server.DSN(t)
	ada := open(t, dsn, opts).ForUser("ada")
	_, err := ada.Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
	return ada, raw(t, dsn)
}

func TestRetryRepeatsWhatFailsForAPassingReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, reason string }{
		{"40001", "serialization failure"},
		{"40P01", "deadlock"},
		{"53300", "too many connections"},
		{"57P01", "shutdown"},
		{"57P02", "crash"},
		{"57P03", "starting up"},
		{"08006", "connection failure"},
		{"55P03", "a lock that was not available"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			ada, tables := due(t, nil)
			tries := failing(t, tables, c.code, 3)
			jobs, err := ada.Claim(t.Context(), 1, time.Minute)
			require.NoError(t, err)
			require.Len(t, jobs, 1)
			require.EqualValues(t, 1, jobs[0].Token, "the claims that failed left nothing")
			require.Equal(t, 4, tries())
		})
	}
}

func TestRetryDoesNotRepeatWhatWouldFailAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, reason string }{
		{"23514", "a constraint"},
		{"42501", "no permission"},
		{"53100", "a full disk"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			ada, tables := due(t, nil)
			tries := failing(t, tables, c.code, 1)
			_, err := ada.Claim(t.Context(), 1, time.Minute)
			require.EqualError(t, err, "postgres: claim: pq: on purpose ("+c.code+")")
			require.Equal(t, 1, tries())
		})
	}
}

func TestRetryEndsWithTheContextOrTheOption(t *testing.T) {
	t.Parallel()
	t.Run("context", func(t *testing.T) {
		t.Parallel()
		ada, tables := due(t, nil)
		tries := failing(t, tables, "40001", 1_000_000)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := ada.Claim(ctx, 1, time.Minute)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, tries(), 20, "there is a backoff")
	})
	t.Run("option", func(t *testing.T) {
		t.Parallel()
		ada, tables := due(t, &postgres.Options{RetryFor: 30 * time.Millisecond})
		failing(t, tables, "40001", 1_000_000)
		_, err := ada.Claim(t.Context(), 1, time.Minute)
		require.ErrorContains(t, err, "postgres: claim: gave up after ")
		require.ErrorContains(t, err, "on purpose (40001)")
	})
	t.Run("no repeats", func(t *testing.T) {
		t.Parallel()
		ada, tables := due(t, &postgres.Options{RetryFor: -1})
		tries := failing(t, tables, "40P01", 1)
		_, err := ada.Claim(t.Context(), 1, time.Minute)
		require.ErrorContains(t, err, "on purpose (40P01)")
		require.Equal(t, 1, tries())
	})
}

// A release is cut off while it waits for the row, and is repeated. The repeat must not take the
// row's state for the work of the first attempt when the caller holds no lease.
func TestRetryOfAReleaseWithoutAClaimFindsNoReleaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		token int64
	}{{"no lease", 0}, {"a lease that was never given", -1}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ada, tables := due(t, nil)
			id := one[int64](t, tables, `SELECT job_id FROM user_job_map`)
			require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: id}, rejected("judge")))
			require.EqualValues(t, 1, one[int64](t, tables, `SELECT lease_token FROM user_job_map`),
				"as if a lease of token 0 had been released")

			lock, err := tables.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = lock.ExecContext(t.Context(), `SELECT FROM user_job_map FOR UPDATE`)
			require.NoError(t, err)
			done := make(chan error, 1)
			go func() {
				done <- ada.Release(t.Context(), store.Lease{ID: id, Token: c.token}, store.Outcome{})
			}()
			const cut = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE application_name = 'forge' AND wait_event_type = 'Lock' AND query LIKE '%user_job_map%'
				AND datname = current_database()`
			require.Eventually(t, func() bool { return one[int](t, tables, cut) > 0 }, 10*time.Second,
				5*time.Millisecond)
			require.NoError(t, lock.Rollback())
			require.ErrorIs(t, <-done, store.ErrLeaseLost)
		})
	}
}
