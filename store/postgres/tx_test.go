package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

// begin starts a transaction that is rolled back at the end of the test, unless it has ended.
func begin(tb testing.TB, pool *sql.DB, isolation sql.IsolationLevel) *sql.Tx {
	tb.Helper()
	tx, err := pool.BeginTx(tb.Context(), &sql.TxOptions{Isolation: isolation})
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func TestWithTxDoesAllOrNothingOfTheTransaction(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	pool := raw(t, dsn)
	db, err := postgres.New(sqlx.NewDb(pool, "postgres"), nil)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	_, err = pool.ExecContext(t.Context(), `CREATE TABLE mine (job_id bigint)`)
	require.NoError(t, err)
	ada := db.ForUser("ada")
	refs, err := ada.Sync(t.Context(), leadsOf(1, 5))
	require.NoError(t, err)
	jobs, err := ada.Claim(t.Context(), 2, time.Hour)
	require.NoError(t, err)
	before, err := ada.Stats(t.Context())
	require.NoError(t, err)

	work := func(s *postgres.Store, tx *sql.Tx) {
		found, err := s.Sync(t.Context(), leadsOf(4, 4))
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.NoError(t, s.Decide(t.Context(), jobs[0].Lease, matched("judge", "Text.")))
		require.NoError(t, s.Release(t.Context(), jobs[1].Lease, store.Outcome{Status: lead.Failed}))
		require.NoError(t, s.Mark(t.Context(), refs[2].ID, lead.Saved))
		require.NoError(t, s.Decide(t.Context(), store.Lease{ID: refs[3].ID}, rejected("judge")))
		n, err := s.Reopen(t.Context(), store.Selection{IDs: []int64{refs[3].ID}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO mine VALUES ($1)`, jobs[0].ID)
		require.NoError(t, err)
		inside, err := s.Stats(t.Context())
		require.NoError(t, err)
		want := map[lead.Status]int{lead.Matched: 1, lead.Failed: 1, lead.Saved: 1, lead.Discovered: 4}
		require.Equal(t, want, inside.ByStatus)
	}
	tx := begin(t, pool, sql.LevelDefault)
	work(ada.WithTx(tx), tx)
	outside, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, outside, "nothing is seen before the commit")
	require.NoError(t, tx.Rollback())
	after, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NoError(t, ada.Renew(t.Context(), jobs[0].Lease, time.Hour), "the lease is as it was")

	again := begin(t, pool, sql.LevelDefault)
	work(ada.WithTx(&sqlx.Tx{Tx: again}), again)
	require.NoError(t, again.Commit())
	after, err = ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, after.ByStatus[lead.Matched])
	require.Equal(t, 1, one[int](t, pool, `SELECT count(*) FROM mine`))
}

func TestWithTxGoesOnAfterARefusal(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	db, pool := open(t, dsn, nil), raw(t, dsn)
	ada := db.ForUser("ada")
	refs, err := ada.Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
	tx := begin(t, pool, sql.LevelDefault)
	s := ada.WithTx(tx)
	lost := store.Lease{ID: refs[0].ID, Token: 99}
	require.ErrorIs(t, s.Decide(t.Context(), lost, rejected("judge")), store.ErrLeaseLost)
	require.ErrorIs(t, s.Decide(t.Context(), store.Lease{ID: 1 << 40}, rejected("judge")), store.ErrNotFound)
	free := store.Lease{ID: refs[0].ID}
	require.ErrorIs(t, s.Decide(t.Context(), free, matched("judge", "")), store.ErrInvalid)
	require.ErrorIs(t, s.Release(t.Context(), lost, store.Outcome{}), store.ErrLeaseLost)
	require.ErrorIs(t, s.Renew(t.Context(), lost, time.Minute), store.ErrLeaseLost)
	require.ErrorIs(t, s.Mark(t.Context(), refs[0].ID, lead.Matched), store.ErrInvalid)
	_, err = s.Sync(t.Context(), []lead.Lead{leadOf(2), {Source: "example"}})
	require.ErrorAs(t, err, new(*store.PartialError))
	require.NoError(t, tx.Commit())
	stats, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, stats.ByStatus[lead.Discovered])
}

// A job that another transaction created after this one's snapshot cannot be seen in it.
func TestWithTxLeavesASerializationFailureToTheCaller(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	db, pool := open(t, dsn, nil), raw(t, dsn)
	tx := begin(t, pool, sql.LevelRepeatableRead)
	s := db.ForUser("ada").WithTx(tx)
	_, err := s.Stats(t.Context()) // takes the snapshot
	require.NoError(t, err)
	_, err = db.ForUser("bob").Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
	start := time.Now()
	_, err = s.Sync(t.Context(), leadsOf(1, 1))
	require.NotNil(t, pq.As(err, pqerror.TRSerializationFailure), "%v", err)
	require.Less(t, time.Since(start), 5*time.Second, "nothing is repeated")
	_, err = s.Stats(t.Context())
	require.NotNil(t, pq.As(err, pqerror.InFailedSQLTransaction), "%v", err)
}

// Two transactions lock two jobs in opposite orders. The server ends one of them.
func TestWithTxLeavesADeadlockToTheCaller(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	db, pool := open(t, dsn, nil), raw(t, dsn)
	ada := db.ForUser("ada")
	refs, err := ada.Sync(t.Context(), leadsOf(1, 2))
	require.NoError(t, err)
	lease := func(i int) store.Lease { return store.Lease{ID: refs[i].ID} }
	first, second := begin(t, pool, sql.LevelDefault), begin(t, pool, sql.LevelDefault)
	for _, tx := range []*sql.Tx{first, second} {
		_, err = tx.ExecContext(t.Context(), `SET LOCAL deadlock_timeout = '20ms'`)
		require.NoError(t, err)
	}
	require.NoError(t, ada.WithTx(first).Decide(t.Context(), lease(0), rejected("judge")))
	require.NoError(t, ada.WithTx(second).Decide(t.Context(), lease(1), rejected("judge")))
	other := make(chan error, 1)
	go func() {
		err := ada.WithTx(first).Decide(t.Context(), lease(1), rejected("judge"))
		other <- errors.Join(err, first.Rollback())
	}()
	err = ada.WithTx(second).Decide(t.Context(), lease(0), rejected("judge"))
	err = errors.Join(err, second.Rollback(), <-other)
	require.NotNil(t, pq.As(err, pqerror.TRDeadlockDetected), "%v", err)
}

func TestWithTxRefusesWhatIsNoTransaction(t *testing.T) {
	t.Parallel()
	db := open(t, server.DSN(t), nil)
	var none *sql.Tx
	var nonex *sqlx.Tx
	for _, tx := range []postgres.Tx{nil, none, nonex} {
		_, err := db.ForUser("ada").WithTx(tx).Stats(t.Context())
		require.ErrorIs(t, err, store.ErrInvalid)
		require.ErrorContains(t, err, "want an *sql.Tx or an *sqlx.Tx")
	}
}

// Each writing call is made twice: in a transaction that is rolled back, which must leave nothing
// behind, and in one that is committed.
func TestWithTxPassesTheSuite(t *testing.T) {
	t.Parallel()
	if !soak() {
		t.Skip("the whole suite; set FORGE_SOAK=1")
	}
	dsns := migrated(t)
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		pool := raw(tb, dsns(tb))
		db, err := postgres.New(pool, &postgres.Options{Now: env.Now, RecheckAfter: env.RecheckAfter})
		require.NoError(tb, err)
		require.NoError(tb, db.Migrate(tb.Context()))
		return func(user string) forge.Store { return transacting{db.ForUser(user), pool} }
	})
}

// A transacting store runs its writing calls as an application would.
type transacting struct {
	*postgres.Store
	pool *sql.DB
}

// twice calls f in both transactions and repeats what is the caller's to repeat.
func (s transacting) twice(ctx context.Context, f func(s *postgres.Store) error) error {
	for {
		err := s.once(ctx, f, (*sql.Tx).Rollback)
		if err == nil {
			err = s.once(ctx, f, (*sql.Tx).Commit)
		}
		if pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) == nil {
			return err
		}
	}
}

func (s transacting) once(
	ctx context.Context, f func(s *postgres.Store) error, end func(tx *sql.Tx) error,
) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(s.WithTx(tx)); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return end(tx)
}

func (s transacting) Sync(ctx context.Context, leads []lead.Lead) (refs []store.Ref, err error) {
	var partial error
	err = s.twice(ctx, func(s *postgres.Store) error {
		refs, err = s.Sync(ctx, leads)
		if e := new(*store.PartialError); errors.As(err, e) {
			partial = err
			return nil
		}
		return err
	})
	if err == nil {
		err = partial
	}
	return refs, err
}

func (s transacting) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	return s.twice(ctx, func(s *postgres.Store) error { return s.Decide(ctx, l, d) })
}

func (s transacting) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) (jobs []store.Job, err error) {
	err = s.twice(ctx, func(s *postgres.Store) error {
		jobs, err = s.Claim(ctx, n, lease, sources...)
		return err
	})
	return jobs, err
}

func (s transacting) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	return s.twice(ctx, func(s *postgres.Store) error { return s.Renew(ctx, l, d) })
}

func (s transacting) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	return s.twice(ctx, func(s *postgres.Store) error { return s.Release(ctx, l, o) })
}

func (s transacting) Reopen(ctx context.Context, which store.Selection) (n int, err error) {
	err = s.twice(ctx, func(s *postgres.Store) error { n, err = s.Reopen(ctx, which); return err })
	return n, err
}

func (s transacting) Mark(ctx context.Context, id int64, status lead.Status) error {
	return s.twice(ctx, func(s *postgres.Store) error { return s.Mark(ctx, id, status) })
}

func (s transacting) Audit(ctx context.Context, n int) (entries []store.Entry, err error) {
	err = s.twice(ctx, func(s *postgres.Store) error { entries, err = s.Audit(ctx, n); return err })
	return entries, err
}

func (s transacting) Judge(ctx context.Context, id int64, v store.Verdict) error {
	return s.twice(ctx, func(s *postgres.Store) error { return s.Judge(ctx, id, v) })
}

func (s transacting) Evidence(ctx context.Context) (e gate.Evidence, err error) {
	err = s.twice(ctx, func(s *postgres.Store) error { e, err = s.Evidence(ctx); return err })
	return e, err
}
