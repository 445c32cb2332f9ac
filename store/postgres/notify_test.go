package postgres_test

import (
	"database/sql"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What it would cost to wake readers of other processes: a transaction with one row, as a decision
// records it, with and without NOTIFY, in turns. Readers poll because of the answer; docs/events.md
// quotes it. FORGE_MEASURE=1 runs it.
func TestMeasureTheCostOfNotify(t *testing.T) { //nolint:paralleltest // durable
	if !measured() {
		t.Skip("set FORGE_MEASURE=1")
	}
	db := raw(t, durable.DSN(t))
	_, err := db.ExecContext(t.Context(), `CREATE TABLE changed (id bigserial PRIMARY KEY, detail text)`)
	require.NoError(t, err)
	for _, writers := range []int{1, 8, 32} {
		var rate [2][]float64
		for round := range 6 {
			for turn := range 2 {
				i := (turn + round) % 2
				rate[i] = append(rate[i], commits(t, db, writers, i == 1))
			}
		}
		median := func(all []float64) float64 { slices.Sort(all); return all[len(all)/2] }
		t.Logf("%d writers: %.0f commits a second without NOTIFY, %.0f with it, ratio %.2f", writers,
			median(rate[0]), median(rate[1]), median(rate[1])/median(rate[0]))
	}
}

// commits returns how many transactions a second the writers commit.
func commits(t *testing.T, db *sql.DB, writers int, notify bool) float64 {
	t.Helper()
	statement := `INSERT INTO changed (detail) VALUES ('{}')`
	if notify {
		statement = `WITH row AS (` + statement + ` RETURNING id) SELECT pg_notify('forge', '') FROM row`
	}
	const lasts = time.Second
	var done atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for range writers {
		all.Go(func() {
			for time.Since(start) < lasts {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(start).Seconds()
}
