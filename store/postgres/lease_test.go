package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// Each job is claimed, its lease is forced to run out, and a second agent claims it while the
// first, which knows nothing, goes on: it renews, decides or releases late. Exactly one decision
// counts, and the table holds that one.
func TestLeaseThatRanOutIsFenced(t *testing.T) {
	t.Parallel()
	expiries := size(100, 1000)
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	var clock atomic.Int64
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db := open(t, dsn,
		&postgres.Options{Now: func() time.Time { return start.Add(time.Duration(clock.Load())) }})
	ada := db.ForUser("ada")
	var double, stale, refused, first int
	for n := range expiries {
		_, err := ada.Sync(t.Context(), leadsOf(n, 1))
		require.NoError(t, err)
		held, err := ada.Claim(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, held, 1)
		clock.Add(int64(time.Minute)) // the lease has run out
		late := func() error {
			switch n % 3 {
			case 0:
				return ada.Decide(t.Context(), held[0].Lease,
					matched("late", fmt.Sprint("text by the late agent of ", n)))
			case 1:
				return ada.Decide(t.Context(), held[0].Lease, rejected("late"))
			default:
				return ada.Release(t.Context(), held[0].Lease, store.Outcome{Cause: "late"})
			}
		}
		second := func() error {
			jobs, err := ada.Claim(t.Context(), 1, time.Minute)
			if err != nil {
				return err
			}
			if len(jobs) == 0 {
				return store.ErrLeaseLost // decided late, before it could be claimed
			}
			return ada.Decide(t.Context(), jobs[0].Lease,
				matched("second", fmt.Sprint("text by the second agent of ", n)))
		}
		var lateErr, secondErr error
		if n%2 == 0 { // the second agent has the job before the first one wakes
			secondErr = second()
			require.NoError(t, secondErr)
			if lateErr = late(); lateErr == nil {
				stale++
			}
			require.ErrorIs(t, ada.Renew(t.Context(), held[0].Lease, time.Minute), store.ErrLeaseLost)
		} else { // both at once
			var both sync.WaitGroup
			both.Go(func() { lateErr = late() })
			both.Go(func() { secondErr = second() })
			both.Wait()
		}
		for _, err := range []error{lateErr, secondErr} {
			if err != nil && !errors.Is(err, store.ErrLeaseLost) {
				require.NoError(t, err)
			}
		}
		decidedLate := lateErr == nil && n%3 != 2
		if decidedLate && secondErr == nil {
			double++
		}
		if lateErr != nil {
			refused++
		} else {
			first++
		}
		if !decidedLate && secondErr != nil { // released late, before the second agent came
			require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: held[0].ID}, rejected("second")))
		}
		want := "second"
		if decidedLate {
			want = "late"
		}
		require.Equal(t, want,
			one[string](t, tables, `SELECT scored_by FROM job_match_analysis WHERE job_id = $1`, held[0].ID))
	}
	t.Logf(
		"%d forced expiries: %d double decisions, %d stale writes accepted (%d late calls refused, %d "+
			"came before the second claim and counted)",
		expiries,
		double,
		stale,
		refused,
		first,
	)
	require.Zero(t, double)
	require.Zero(t, stale)
	require.Equal(t, expiries, one[int](t, tables, `SELECT count(*) FROM job_match_analysis`))
	require.Zero(t, one[int](t, tables, `SELECT count(*) FROM user_job_map WHERE due_at IS NOT NULL`))
}
