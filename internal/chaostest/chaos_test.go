package chaostest_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

const maxConnections = 300

var (
	// calm is a server to which nothing happens.
	calm = pgtest.New(&pgtest.Options{Durable: true})
	// hurt is one that is restarted and filled. Its tests run one after the other.
	hurt = pgtest.New(&pgtest.Options{Own: true, Durable: true, Settings: map[string]string{
		"max_connections": fmt.Sprint(maxConnections), "superuser_reserved_connections": "0",
	}})
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(agentEnv); dsn != "" {
		os.Exit(runAgent(dsn))
	}
	code := func() int {
		defer hurt.Close()
		return calm.Run(m)
	}()
	os.Exit(code)
}

// size is how often, or for how many seconds, something is done: in the short version, which is
// always on, and with FORGE_SOAK=1.
func size(short, long int) int {
	if os.Getenv("FORGE_SOAK") == "1" {
		return long
	}
	return short
}

// window is how long throughput is counted at a time.
func window() time.Duration { return time.Duration(size(200, 1000)) * time.Millisecond }

func TestAnAgentThatIsKilledLosesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, calm)
	before := s.throughput()
	s.agent.kill()
	// The server may still carry out what the dead agent had sent, so one statement says what it held.
	_, err := s.watch.ExecContext(t.Context(),
		`CREATE TABLE held AS SELECT job_id FROM user_job_map WHERE leased`)
	require.NoError(t, err)
	held := s.count(t.Context(), `SELECT count(*) FROM held`)
	s.agent = startAgent(t, s.dsn)
	recovery := s.until("what the dead agent held", func() bool {
		return s.count(t.Context(), `
			SELECT count(*) FROM held LEFT JOIN job_match_analysis USING (job_id) WHERE user_id IS NULL`) == 0
	})
	s.result(fmt.Sprintf("one agent killed, which held %d jobs", held), before, recovery)
}

func TestAgentsThatAreKilledAgainAndAgainLoseNothing(t *testing.T) {
	t.Parallel()
	s := open(t, calm)
	before := s.throughput()
	kills := size(3, 25)
	for range kills {
		_ = wait(t.Context(), 100*time.Millisecond+rand.N(600*time.Millisecond))
		s.agent.kill()
		s.agent = startAgent(t, s.dsn)
	}
	s.result(fmt.Sprintf("%d agents killed one after the other", kills), before, s.recovers())
}

func TestAServerThatIsHurtLosesNothing(t *testing.T) {
	t.Parallel()
	t.Run("restarted at once", func(t *testing.T) { //nolint:paralleltest // they share a server
		s := open(t, hurt)
		before := s.throughput()
		restarts := size(1, 6)
		for range restarts {
			_ = wait(t.Context(), 300*time.Millisecond)
			require.NoError(t, hurt.Restart(t.Context(), "immediate"))
		}
		s.result(fmt.Sprintf("restarts with -m immediate: %d", restarts), before, s.recovers())
	})
	t.Run("its connections cut", func(t *testing.T) { //nolint:paralleltest // they share a server
		s := open(t, hurt)
		before := s.throughput()
		seconds, cut := size(2, 30), 0
		for range seconds {
			_ = wait(t.Context(), time.Second)
			cut += s.count(t.Context(), cutSQL)
		}
		s.result(fmt.Sprintf("connections cut once a second for %d s, %d in all", seconds, cut), before,
			s.recovers())
	})
	t.Run("filled by idle connections", func(t *testing.T) { //nolint:paralleltest // they share a server
		s := open(t, hurt)
		before := s.throughput()
		seconds := size(1, 10)
		recovery := s.fill(time.Duration(seconds) * time.Second)
		s.result(fmt.Sprintf("%d idle connections for %d s", maxConnections, seconds), before, recovery)
	})
}

// cutSQL ends every connection of the agent and the feeder, and counts them; cutAllSQL ends the
// watcher's too.
const (
	cutSQL = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = ` +
		`'forge' AND datname = current_database()`
	cutAllSQL = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name IN ` +
		`('forge', 'watch')`
)

// fill takes every connection that the server has for a while, and returns how long it took then
// until decisions were made again.
func (s *scene) fill(hold time.Duration) (recovery time.Duration) {
	s.t.Helper()
	connector, err := pq.NewConnector(pgtest.With(s.dsn, "application_name", "idle"))
	require.NoError(s.t, err)
	idle := sql.OpenDB(connector)
	defer func() { _ = idle.Close() }()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	var taken []*sql.Conn
	for len(taken) < maxConnections {
		c, err := idle.Conn(ctx)
		if err == nil {
			taken = append(taken, c)
			continue
		}
		require.NotNil(s.t, pq.As(err, pqerror.TooManyConnections), err)
		_, err = taken[0].ExecContext(ctx, cutAllSQL)
		require.NoError(s.t, err)
	}
	decided := func() (n int) {
		s.t.Helper()
		require.NoError(s.t,
			taken[0].QueryRowContext(ctx, `SELECT count(*) FROM job_match_analysis`).Scan(&n))
		return n
	}
	from := decided()
	require.NoError(s.t, wait(ctx, hold))
	require.Equal(s.t, from, decided(), "the server took a connection more than it has")
	for _, c := range taken {
		require.NoError(s.t, c.Close())
	}
	require.NoError(s.t, idle.Close())
	start := time.Now()
	s.until("decisions", func() bool { return s.decided() > from })
	return time.Since(start)
}
