package chaostest_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

const (
	backlog = 100 // due jobs that the feeder keeps ahead of the agent
	windows = 5   // of throughput, before and after
)

// A scene is a catalogue that a feeder fills, an agent that works on it, and a watcher.
type scene struct {
	t     *testing.T
	dsn   string
	agent *agent
	watch *sql.DB

	stopFeeder func()
	mu         sync.Mutex
	acked      map[int64]bool // jobs that a Sync answered
}

// open sets a scene, and waits until the agent decides jobs.
func open(t *testing.T, server *pgtest.Server) *scene {
	t.Helper()
	s := &scene{t: t, dsn: server.DSN(t), acked: make(map[int64]bool)}
	connector, err := pq.NewConnector(pgtest.With(s.dsn, "application_name", "watch"))
	require.NoError(t, err)
	s.watch = sql.OpenDB(connector)
	t.Cleanup(func() { _ = s.watch.Close() })
	db, err := postgres.Open(t.Context(), s.dsn, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Migrate(t.Context()))

	ctx, cancel := context.WithCancel(t.Context())
	var feeder sync.WaitGroup
	feeder.Go(func() { s.feed(ctx, db.ForUser(user)) })
	s.stopFeeder = func() { cancel(); feeder.Wait() }
	t.Cleanup(s.stopFeeder)
	s.agent = startAgent(t, s.dsn)
	s.until("the first decisions", func() bool { return s.decided() > 20 })
	return s
}

// feed syncs new jobs as the agent decides old ones, whatever happens to the server.
func (s *scene) feed(ctx context.Context, store *postgres.Store) {
	n := 0
	for ctx.Err() == nil {
		if s.pending(ctx) < backlog {
			leads := make([]lead.Lead, 25)
			for i := range leads {
				n++
				leads[i] = lead.Lead{
					Source: source, ExternalID: fmt.Sprint(n), Title: "Engineer",
					URL: fmt.Sprintf("https://jobs.example.com/%d", n),
				}
			}
			refs, err := store.Sync(ctx, leads)
			if err != nil && ctx.Err() == nil {
				s.t.Logf("sync: %v", err)
			}
			s.mu.Lock()
			for _, r := range refs {
				s.acked[r.ID] = true
			}
			s.mu.Unlock()
		}
		_ = wait(ctx, 20*time.Millisecond)
	}
}

// count asks the server for a number, and again while it is down.
func (s *scene) count(ctx context.Context, query string, args ...any) int {
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		var n int
		err := s.watch.QueryRowContext(try, query, args...).Scan(&n)
		cancel()
		if err == nil || wait(ctx, 20*time.Millisecond) != nil {
			return n
		}
	}
}

func (s *scene) pending(ctx context.Context) int {
	return s.count(ctx, `SELECT count(*) FROM user_job_map WHERE due_at IS NOT NULL`)
}

func (s *scene) decided() int {
	return s.count(s.t.Context(), `SELECT count(*) FROM job_match_analysis`)
}

// until waits for a condition.
func (s *scene) until(what string, done func() bool) time.Duration {
	s.t.Helper()
	start := time.Now()
	for !done() {
		require.Less(s.t, time.Since(start), 90*time.Second, "waited for %s; the agent said:\n%s", what,
			s.agent.log)
		_ = wait(s.t.Context(), 20*time.Millisecond)
	}
	return time.Since(start)
}

// throughput is the median of the windows, in decisions a second.
func (s *scene) throughput() float64 {
	s.t.Helper()
	rates := make([]float64, windows)
	for i := range rates {
		start, from := time.Now(), s.decided()
		_ = wait(s.t.Context(), window())
		rates[i] = float64(s.decided()-from) / time.Since(start).Seconds()
	}
	slices.Sort(rates)
	return rates[windows/2]
}

// recovers waits until decisions are made again.
func (s *scene) recovers() time.Duration {
	s.t.Helper()
	from := s.decided()
	return s.until("decisions", func() bool { return s.decided() > from })
}

// result stops the scene and counts what was lost. recovery is how long it took until decisions
// were made again, and before the throughput before.
func (s *scene) result(what string, before float64, recovery time.Duration) {
	s.t.Helper()
	least := 0.9 * before
	if measure.RaceDetector { // the tests of other packages take the processors by turns
		least = 0.5 * before
	}
	after := s.throughput()
	for range 4 { // other tests and other programs share the machine: a dip of theirs ends
		if after >= least {
			break
		}
		after = max(after, s.throughput())
	}
	s.stopFeeder()
	s.until("the rest", func() bool { return s.pending(s.t.Context()) == 0 })
	s.agent.stop(s.t)

	ids := make(pq.Int64Array, 0, len(s.acked))
	for id := range s.acked {
		ids = append(ids, id)
	}
	lost := len(ids) - s.count(
		s.t.Context(),
		`SELECT count(*) FROM job_match_analysis a JOIN user_job_map m USING (user_id, job_id)
		WHERE job_id = ANY ($1) AND m.application_status IN ('MATCHED', 'AUTO_REJECTED')`,
		ids,
	)
	undecided := s.count(s.t.Context(),
		`SELECT count(*) FROM user_job_map WHERE application_status NOT IN ('MATCHED', 'AUTO_REJECTED')`)
	twice := s.count(s.t.Context(), `SELECT count(*) FROM job_match_analysis WHERE updated_at <> created_at`)
	textless := s.count(s.t.Context(), `SELECT count(*) FROM user_job_map JOIN jobs ON id = job_id
		WHERE application_status = 'MATCHED'
		AND description IS DISTINCT FROM 'Text of ' || external_id || '.'`)
	s.t.Logf(
		"%s: %d jobs lost of %d, %d decided twice, recovered in %v, %.0f decisions a second before and "+
			"%.0f after (%.2f); the agent reported %d errors and went on",
		what,
		lost,
		len(ids),
		twice,
		recovery.Round(10*time.Millisecond),
		before,
		after,
		after/before,
		s.agent.log.lines,
	)
	require.Zero(s.t, lost)
	require.Zero(s.t, undecided)
	require.Zero(s.t, twice)
	require.Zero(s.t, textless, "matches without their text")
	require.GreaterOrEqual(s.t, after, least)
}
