package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
	"github.com/agent-forge/forge/store/storetest"
)

func decision(status lead.Status, text string) enrich.Decision {
	d := enrich.Decision{Status: status, Assessment: enrich.Assessment{Score: 5, By: "judge/1"}}
	if text != "" {
		d.Data = &enrich.Data{Description: text}
	}
	return d
}

func TestWithTxDoesAllOrNothingOfTheTransaction(t *testing.T) {
	t.Parallel()
	p := pool(t, file(t), settings, 2)
	db := given(t, p, nil)
	_, err := p.ExecContext(t.Context(), `CREATE TABLE mine (job_id INTEGER)`)
	require.NoError(t, err)
	ada := db.ForUser("ada")
	var leads []lead.Lead
	for n := range 8 {
		leads = append(leads, leadOf(fmt.Sprint(n)))
	}
	refs, err := ada.Sync(t.Context(), leads[:5])
	require.NoError(t, err)
	jobs, err := ada.Claim(t.Context(), 2, time.Hour)
	require.NoError(t, err)
	before, err := ada.Stats(t.Context())
	require.NoError(t, err)

	work := func(s *sqlite.Store, tx *sql.Tx) {
		t.Helper()
		found, err := s.Sync(t.Context(), leads[3:7])
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.NoError(t, s.Decide(t.Context(), jobs[0].Lease, decision(lead.Matched, "Text.")))
		failed := store.Outcome{Status: lead.Failed, Cause: "x"}
		require.NoError(t, s.Release(t.Context(), jobs[1].Lease, failed))
		require.NoError(t, s.Mark(t.Context(), refs[2].ID, lead.Saved))
		require.NoError(t, s.Put(t.Context(), refs[2].ID, "a", json.RawMessage(`1`)))
		rejected := decision(lead.AutoRejected, "")
		require.NoError(t, s.Decide(t.Context(), store.Lease{ID: refs[3].ID}, rejected))
		n, err := s.Reopen(t.Context(), store.Selection{IDs: []int64{refs[3].ID}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO mine VALUES (?)`, jobs[0].ID)
		require.NoError(t, err)
		inside, err := s.Stats(t.Context())
		require.NoError(t, err)
		want := map[lead.Status]int{lead.Matched: 1, lead.Failed: 1, lead.Saved: 1, lead.Discovered: 4}
		require.Equal(t, want, inside.ByStatus)
		outside, err := ada.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, before, outside, "nothing is seen before the commit")
	}
	tx, err := p.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	work(ada.WithTx(tx), tx)
	require.NoError(t, tx.Rollback())
	after, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NoError(t, ada.Renew(t.Context(), jobs[0].Lease, time.Hour), "the lease is as it was")

	tx, err = p.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	work(ada.WithTx(&sqlx.Tx{Tx: tx}), tx)
	require.NoError(t, tx.Commit())
	after, err = ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, after.ByStatus[lead.Matched])
	var mine int
	require.NoError(t, p.QueryRowContext(t.Context(), `SELECT count(*) FROM mine`).Scan(&mine))
	require.Equal(t, 1, mine)
}

// The view works with the one connection of a small pool, which the transaction has.
func TestWithTxNeedsNoOtherConnection(t *testing.T) {
	t.Parallel()
	p := pool(t, file(t), settings, 1)
	given(t, p, nil)
	db, err := sqlite.New(p, nil) // has not looked at the tables yet
	require.NoError(t, err)
	tx, err := p.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	refs, err := db.ForUser("ada").WithTx(tx).Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	require.Len(t, refs, 1)
	require.NoError(t, tx.Commit())
}

func TestWithTxGoesOnAfterARefusal(t *testing.T) {
	t.Parallel()
	p := pool(t, file(t), settings, 1)
	ada := given(t, p, nil).ForUser("ada")
	refs, err := ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	tx, err := p.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	s, lost := ada.WithTx(tx), store.Lease{ID: refs[0].ID, Token: 99}
	rejected := decision(lead.AutoRejected, "")
	require.ErrorIs(t, s.Decide(t.Context(), lost, rejected), store.ErrLeaseLost)
	require.ErrorIs(t, s.Decide(t.Context(), store.Lease{ID: 1 << 40}, rejected), store.ErrNotFound)
	err = s.Decide(t.Context(), store.Lease{ID: refs[0].ID}, decision(lead.Matched, ""))
	require.ErrorIs(t, err, store.ErrInvalid)
	require.ErrorIs(t, s.Mark(t.Context(), refs[0].ID, lead.Matched), store.ErrInvalid)
	_, err = s.Sync(t.Context(), []lead.Lead{leadOf("2"), {Source: "example"}})
	require.ErrorAs(t, err, new(*store.PartialError))
	require.NoError(t, tx.Commit())
	stats, err := ada.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, stats.ByStatus[lead.Discovered])
}

// What the transaction has read is no longer the newest, so that SQLite lets it write no more.
func TestWithTxSaysWhatToDoAboutAnOldSnapshot(t *testing.T) {
	t.Parallel()
	p := pool(t, file(t), settings, 2)
	ada := given(t, p, nil).ForUser("ada")
	tx, err := p.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	s := ada.WithTx(tx)
	_, err = s.Stats(t.Context())
	require.NoError(t, err)
	_, err = ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	_, err = s.Sync(t.Context(), []lead.Lead{leadOf("2")})
	require.ErrorContains(t, err, "roll back and repeat the transaction, or begin it with _txlock=immediate")
	require.NoError(t, tx.Rollback())
}

func TestWithTxRefusesWhatIsNoTransaction(t *testing.T) {
	t.Parallel()
	ada := open(t, file(t), nil).ForUser("ada")
	var none *sql.Tx
	var nonex *sqlx.Tx
	for _, tx := range []sqlite.Tx{nil, none, nonex} {
		_, err := ada.WithTx(tx).Stats(t.Context())
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
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		p := pool(tb, file(tb), settings, 4)
		o := optionsOf(env)
		o.Events = false // every second pruning would be rolled back, and the suite waits for the first
		db := given(tb, p, o)
		return func(user string) forge.Store { return transacting{db.ForUser(user), p} }
	})
}

// A transacting store runs its writing calls as an application would.
type transacting struct {
	*sqlite.Store
	pool *sql.DB
}

func (s transacting) twice(ctx context.Context, f func(s *sqlite.Store) error) error {
	if err := s.once(ctx, f, (*sql.Tx).Rollback); err != nil {
		return err
	}
	return s.once(ctx, f, (*sql.Tx).Commit)
}

func (s transacting) once(
	ctx context.Context, f func(s *sqlite.Store) error, end func(tx *sql.Tx) error,
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
	err = s.twice(ctx, func(s *sqlite.Store) error {
		refs, err = s.Sync(ctx, leads)
		if _, ok := errors.AsType[*store.PartialError](err); ok {
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
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Decide(ctx, l, d) })
}

func (s transacting) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) (jobs []store.Job, err error) {
	err = s.twice(ctx, func(s *sqlite.Store) error {
		jobs, err = s.Claim(ctx, n, lease, sources...)
		return err
	})
	return jobs, err
}

func (s transacting) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Renew(ctx, l, d) })
}

func (s transacting) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Release(ctx, l, o) })
}

func (s transacting) Reopen(ctx context.Context, which store.Selection) (n int, err error) {
	err = s.twice(ctx, func(s *sqlite.Store) error { n, err = s.Reopen(ctx, which); return err })
	return n, err
}

func (s transacting) Mark(ctx context.Context, id int64, status lead.Status) error {
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Mark(ctx, id, status) })
}

func (s transacting) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Put(ctx, id, key, value) })
}

func (s transacting) Audit(ctx context.Context, n int) (entries []store.Entry, err error) {
	err = s.twice(ctx, func(s *sqlite.Store) error { entries, err = s.Audit(ctx, n); return err })
	return entries, err
}

func (s transacting) Judge(ctx context.Context, id int64, v store.Verdict) error {
	return s.twice(ctx, func(s *sqlite.Store) error { return s.Judge(ctx, id, v) })
}

func (s transacting) Evidence(ctx context.Context) (e gate.Evidence, err error) {
	err = s.twice(ctx, func(s *sqlite.Store) error { e, err = s.Evidence(ctx); return err })
	return e, err
}
