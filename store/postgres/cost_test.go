package postgres_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// What recording changes costs, in one run: each round syncs 25 new leads and decides one of them, with
// changes off and on, in turns. FORGE_MEASURE=1 runs it.
func TestMeasureTheCostOfEvents(t *testing.T) { //nolint:paralleltest // durable
	if !measured() {
		t.Skip("set FORGE_MEASURE=1")
	}
	const rounds = 300
	var took [2][2][]time.Duration // by off and on, by sync and decide
	var wal [2]int64
	var dbs [2]*postgres.DB
	dsn := durable.DSN(t)
	tables := raw(t, dsn)
	for i := range dbs {
		dbs[i] = open(t, durable.DSN(t), &postgres.Options{Events: i == 1})
	}
	for n := range rounds {
		for turn := range dbs {
			i := (turn + n) % 2
			s := dbs[i].ForUser("ada")
			before := one[string](t, tables, `SELECT pg_current_wal_lsn()`)
			start := time.Now()
			refs, err := s.Sync(t.Context(), leadsOf(n*25, 25))
			took[i][0] = append(took[i][0], time.Since(start))
			require.NoError(t, err)
			start = time.Now()
			err = s.Decide(t.Context(), store.Lease{ID: refs[0].ID}, matched("judge/1", "A text."))
			took[i][1] = append(took[i][1], time.Since(start))
			require.NoError(t, err)
			const written = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1)::bigint`
			wal[i] += one[int64](t, tables, written, before)
		}
	}
	median := func(d []time.Duration) float64 { slices.Sort(d); return float64(d[len(d)/2]) }
	for c, name := range []string{"sync of 25", "decide"} {
		off, on := median(took[0][c]), median(took[1][c])
		t.Logf("%s: off %v, on %v, ratio %.3f", name, time.Duration(off), time.Duration(on), on/off)
	}
	t.Logf("WAL of a round: off %d bytes, on %d bytes", wal[0]/rounds, wal[1]/rounds)
}
