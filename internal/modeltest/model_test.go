package modeltest_test

import (
	"database/sql"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/sqlite"
)

var server = pgtest.New(nil)

// size is how often something is done: in the short version, which is always on, and with
// FORGE_SOAK=1, when each store takes at least 20,000 steps.
func size(short, long int) int {
	if os.Getenv("FORGE_SOAK") == "1" {
		return long
	}
	return short
}

// TestMain sets how often rapid runs each test: it takes that from flags alone.
func TestMain(m *testing.M) {
	for _, c := range []struct {
		name, value string
	}{
		{"rapid.checks", strconv.Itoa(size(8, 100))}, {"rapid.nofailfile", "true"}, // the log names the seed
	} {
		if err := flag.Set(c.name, c.value); err != nil {
			panic(err)
		}
	}
	os.Exit(server.Run(m))
}

// A view is all that a shipped store can do for one user.
type view interface {
	forge.Store
	forge.Lister
	forge.Reopener
	forge.Marker
	forge.Counter
}

// A catalogue is the store under test, with a plain handle to its tables.
type catalogue struct {
	as     func(user string) view
	tables *sql.DB
	clear  string // empties the tables and begins ids anew
}

func TestSQLiteBehavesLikeMemory(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, now func() time.Time) catalogue {
		t.Helper()
		path := filepath.Join(t.TempDir(), "forge.db")
		db, err := sqlite.Open(t.Context(), path, &sqlite.Options{Now: now, RecheckAfter: recheck})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		tables, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tables.Close()) })
		return catalogue{
			as: func(user string) view { return db.ForUser(user) }, tables: tables,
			clear: `DELETE FROM job_match_analysis; DELETE FROM user_job_map; DELETE FROM jobs; DELETE ` +
				`FROM sqlite_sequence`,
		}
	})
}

func TestPostgresBehavesLikeMemory(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, now func() time.Time) catalogue {
		t.Helper()
		dsn := server.DSN(t)
		db, err := postgres.Open(t.Context(), dsn, &postgres.Options{Now: now, RecheckAfter: recheck})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		connector, err := pq.NewConnector(dsn)
		require.NoError(t, err)
		tables := sql.OpenDB(connector)
		t.Cleanup(func() { require.NoError(t, tables.Close()) })
		return catalogue{
			as: func(user string) view { return db.ForUser(user) }, tables: tables,
			clear: `TRUNCATE jobs, user_job_map, job_match_analysis, job_labels RESTART IDENTITY CASCADE`,
		}
	})
}

func run(t *testing.T, open func(t *testing.T, now func() time.Time) catalogue) {
	t.Helper()
	var clock atomic.Int64 // microseconds
	now := func() time.Time { return time.UnixMicro(clock.Load()).UTC() }
	subject := open(t, now)
	tally := make(map[string]int)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		clock.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMicro())
		_, err := subject.tables.ExecContext(t.Context(), subject.clear)
		require.NoError(rt, err)
		reference := memory.New(&memory.Options{Now: now, RecheckAfter: recheck})
		m := &machine{
			ctx: t.Context(), clock: &clock, tally: tally, sides: [2]func(string) view{
				func(user string) view { return reference.ForUser(user) }, subject.as,
			},
			tables: subject.tables, texts: make(map[string]bool),
		}
		m.before = m.look(rt)
		actions := m.actions()
		for range size(120, 250) {
			rapid.SampledFrom(actions).Draw(rt, "action")(rt)
		}
		m.compareListings(rt)
	})
	steps := 0
	for _, n := range tally {
		steps += n
	}
	t.Logf("%d steps in %d runs: %v", steps, runs, tally)
	require.GreaterOrEqual(t, steps, size(500, 20_000))
}
