package pgbench_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

// server keeps what it acknowledged, as a real one does; only its buffers are those of a small
// machine.
var server = pgtest.New(&pgtest.Options{Own: true, Durable: true, Settings: map[string]string{
	"shared_buffers": "1GB", "max_wal_size": "4GB",
}})

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// size is how much a benchmark does: little, or with FORGE_BENCH=large as much as the figures in
// docs/benchmarks.md stand for.
func size(small, large int) int {
	if os.Getenv("FORGE_BENCH") == "large" {
		return large
	}
	return small
}

// rounds is how often a measurement and its alternative take turns.
func rounds() int { return size(2, 12) }

// A contender is one way to do a thing. It does it once and returns how long one unit took; ready,
// if set, makes ready for a round.
type contender struct {
	name  string
	ready func()
	run   func() time.Duration
}

// compare lets two contenders take so many turns a round, and reports how many times faster the
// first one is: the median of the rounds, and their range. Turns are short, so that both meet
// whatever else the machine does.
func compare(b *testing.B, what string, turns int, ours, other contender) {
	b.Helper()
	both := [2]contender{ours, other}
	var times [2][]float64
	var ratio []float64
	for round := range rounds() + 1 {
		var sum [2]time.Duration
		for _, c := range both {
			if c.ready != nil {
				c.ready()
			}
		}
		for range turns {
			for i, c := range both {
				sum[i] += c.run()
			}
		}
		if round == 0 {
			continue // both begin with warm connections and caches
		}
		for i := range both {
			times[i] = append(times[i], sum[i].Seconds()/float64(turns))
		}
		ratio = append(ratio, sum[1].Seconds()/sum[0].Seconds())
	}
	b.Logf("%s: %s %s, %s %s: ratio %.2f (%.2f to %.2f) in %d rounds of %d turns", what, ours.name,
		milliseconds(times[0]), other.name, milliseconds(times[1]), median(ratio), slices.Min(ratio),
		slices.Max(ratio), rounds(), turns)
	b.ReportMetric(median(ratio), "ratio")
	b.ReportMetric(slices.Min(ratio), "ratio-min")
	b.ReportMetric(slices.Max(ratio), "ratio-max")
	b.ReportMetric(0, "ns/op") // the whole benchmark is one operation, whose time says nothing
}

func milliseconds(seconds []float64) string {
	return fmt.Sprintf("%.3f ms (%.3f to %.3f)", 1e3*median(seconds), 1e3*slices.Min(seconds),
		1e3*slices.Max(seconds))
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// catalogue returns a migrated, empty catalogue, and a plain handle to its tables that talks to the
// server in the same way.
func catalogue(tb testing.TB) (*postgres.DB, *sql.DB) {
	tb.Helper()
	return catalogueAt(tb, server.DSN(tb), nil)
}

func catalogueAt(tb testing.TB, dsn string, opts *postgres.Options) (*postgres.DB, *sql.DB) {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), dsn, opts)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	require.NoError(tb, db.Migrate(tb.Context()))
	connector, err := pq.NewConnector(pgtest.With(dsn, "binary_parameters", "yes"))
	require.NoError(tb, err)
	tables := sql.OpenDB(connector)
	tb.Cleanup(func() { _ = tables.Close() })
	return db, tables
}

func exec(b *testing.B, db *sql.DB, query string) {
	b.Helper()
	_, err := db.ExecContext(b.Context(), query)
	require.NoError(b, err)
}

func one[T any](b *testing.B, db *sql.DB, query string) (v T) {
	b.Helper()
	require.NoError(b, db.QueryRowContext(b.Context(), query).Scan(&v))
	return v
}

func leadOf(n int) lead.Lead {
	return lead.Lead{
		Source: "example", ExternalID: fmt.Sprintf("%09d", n),
		Title: fmt.Sprint("Senior Platform Engineer ", n), Company: "Example Works",
		Location: "Remote, anywhere", URL: fmt.Sprintf("https://jobs.example.com/view/%d", n),
		PostedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func leadsOf(from, n int) []lead.Lead {
	leads := make([]lead.Lead, n)
	for i := range leads {
		leads[i] = leadOf(from + i)
	}
	return leads
}
