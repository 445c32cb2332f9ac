package fleet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

// A size is how much a test does: little always, more in the gate, all of it when asked for.
type size struct {
	workers, users, jobs int // jobs on each of three boards
	score                time.Duration
	enrichs, scores      int
	interval             time.Duration
}

func sizeOf() size {
	switch {
	case os.Getenv("FORGE_FLEET") == "full":
		return size{
			workers: 6, users: 40, jobs: 167, score: 500 * time.Millisecond, enrichs: 5, scores: 2,
			interval: 25 * time.Millisecond,
		}
	case os.Getenv("FORGE_SOAK") != "":
		return size{
			workers: 3, users: 9, jobs: 40, score: 100 * time.Millisecond, enrichs: 3, scores: 2,
			interval: 25 * time.Millisecond,
		}
	default:
		return size{
			workers: 2, users: 3, jobs: 12, score: 20 * time.Millisecond, enrichs: 3, scores: 1,
			interval: 10 * time.Millisecond,
		}
	}
}

var papers = []string{"gazette", "herald", "tribune"}

// A crew is a fleet under test.
type crew struct {
	*testing.T
	size
	press  *press
	db     *sqlx.DB      // for looking at the outcome
	pool   *pgxpool.Pool // the fleet's
	config workerConfig
}

func newCrew(t *testing.T, s size) *crew {
	t.Helper()
	dsn := server.DSN(t)
	require.NoError(t, migrate(t.Context(), dsn))
	c := &crew{T: t, size: s, press: newPress(t, s.jobs)}
	c.open(dsn)
	c.config = workerConfig{
		DSN: dsn, Boards: papers, Press: c.press.URL, Interval: s.interval, Score: s.score,
		Enrichs: s.enrichs, Scores: s.scores, Lease: 10 * time.Second, Timeout: 20 * time.Second,
	}
	// Every decision leaves a line, so that a second one for the same job shows.
	_, err := c.db.ExecContext(t.Context(), `
CREATE TABLE decisions (user_id text, job_id bigint, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO decisions (user_id, job_id) VALUES (NEW.user_id, NEW.job_id); RETURN NEW; END $$;
CREATE TRIGGER note_decision AFTER UPDATE ON user_job_map FOR EACH ROW
WHEN (OLD.application_status = 'DISCOVERED' AND NEW.application_status IN ('MATCHED', 'AUTO_REJECTED'))
EXECUTE FUNCTION note_decision();`)
	require.NoError(t, err)
	return c
}

func (c *crew) open(dsn string) {
	c.Helper()
	var err error
	c.pool, err = openFleet(c.Context(), dsn)
	require.NoError(c, err)
	c.Cleanup(c.pool.Close)
	c.db, err = sqlx.Open("postgres", dsn)
	require.NoError(c, err)
	c.Cleanup(func() { _ = c.db.Close() })
}

func (c *crew) addSearches() {
	for u := range c.users {
		for _, board := range papers {
			_, err := addSearch(c.Context(), c.pool,
				search{User: fmt.Sprintf("user%02d", u), Board: board, Keywords: "any", Every: 3600})
			require.NoError(c, err)
		}
	}
}

func (c *crew) pairs() int { return c.users * c.jobs * len(papers) }

// counts returns how many pairs were decided, and how many more decisions were made than that.
func (c *crew) counts(ctx context.Context) (decided, twice int, err error) {
	err = c.db.QueryRowxContext(
		ctx,
		`SELECT count(DISTINCT (user_id, job_id)), count(*) - count(DISTINCT (user_id, job_id)) `+
			`FROM decisions`,
	).Scan(&decided, &twice)
	return decided, twice, err
}

// wait returns when every pair is decided, and how long that took from the first decision on.
func (c *crew) wait(limit time.Duration) time.Duration {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), limit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	last := 0
	for {
		decided, _, err := c.counts(ctx)
		if err == nil {
			last = decided
		}
		if decided == c.pairs() {
			break
		}
		select {
		case <-ctx.Done():
			require.FailNow(c, "not done in time", "%d of %d pairs decided in %v", last, c.pairs(), limit)
		case <-tick.C:
		}
	}
	var took float64
	require.NoError(c,
		c.db.GetContext(c.Context(), &took, `SELECT extract(epoch FROM max(at) - min(at)) FROM decisions`))
	return seconds(took)
}

// check holds the outcome to what must be true after every run.
func (c *crew) check() {
	c.Helper()
	decided, twice, err := c.counts(c.Context())
	require.NoError(c, err)
	require.Equal(c, c.pairs(), decided, "pairs decided")
	require.Zero(c, twice, "decided twice")
	var open int
	require.NoError(c,
		c.db.GetContext(c.Context(), &open,
			`SELECT count(*) FROM user_job_map
		WHERE application_status NOT IN ('MATCHED', 'AUTO_REJECTED') OR due_at IS NOT NULL`))
	require.Zero(c, open, "left open")
	window := 10 * time.Second
	// A request that the machine holds up arrives closer to the one that follows.
	const heldUp = 250 * time.Millisecond
	allowed := int((window+heldUp)/c.interval) + 1
	busiest := c.press.busiest(window)
	c.Logf("most requests of a board in %v: %d of %d allowed", window, busiest, allowed)
	require.LessOrEqual(c, busiest, allowed, "the fleet asked a board faster than it may")
}

func TestAFleetDecidesEveryPairOnceAtTheBoardsPace(t *testing.T) {
	c := newCrew(t, sizeOf())
	c.addSearches()
	for range c.workers {
		startProcess(t, c.config)
	}
	took := c.wait(10 * time.Minute)
	c.check()
	t.Logf(
		"%d pairs in %v with %d workers: %.1f a second", c.pairs(), took.Round(time.Millisecond), c.workers,
		float64(c.pairs())/took.Seconds(),
	)
}

func TestAFleetLosesNothingWhateverDies(t *testing.T) {
	if testing.Short() || os.Getenv("FORGE_SOAK") == "" && os.Getenv("FORGE_FLEET") == "" {
		t.Skip("a soak; FORGE_SOAK=1 runs it, FORGE_FLEET=full in full")
	}
	c := newCrew(t, sizeOf())
	c.addSearches()
	proxy := server.Proxy(t, c.config.DSN)
	workers := make([]*process, c.workers)
	for i := range workers {
		config := c.config
		if i == 0 {
			config.DSN = proxy.DSN(config.DSN) // the one whose network fails
		}
		workers[i] = startProcess(t, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.hurt(workers, proxy)
	}()
	took := c.wait(15 * time.Minute)
	<-done
	c.check()
	t.Logf("%d pairs in %v under fire", c.pairs(), took.Round(time.Millisecond))
}

// hurt kills a random worker every five seconds and starts another, restarts the database once, and
// silences one worker's network for a while, until all is decided.
func (c *crew) hurt(workers []*process, proxy *pgtest.Proxy) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-c.Context().Done():
			return
		case <-tick.C:
		}
		if decided, _, err := c.counts(c.Context()); err == nil && decided == c.pairs() {
			c.Logf("%d workers were killed", n-1)
			return
		}
		victim := 1 + rand.IntN(len(workers)-1)
		workers[victim].kill()
		workers[victim] = startProcess(c.T, c.config)
		switch n {
		case 2:
			proxy.Fall(pgtest.Freeze, pgtest.Now)
			time.AfterFunc(30*time.Second, proxy.Heal)
		case 4:
			if err := server.Restart(c.Context(), "immediate"); err != nil {
				c.Errorf("restart: %v", err)
			}
		}
	}
}

func TestABoardThatRefusesIsLeftAloneByEveryWorker(t *testing.T) {
	s := size{
		workers: 2, users: 2, jobs: 8, score: time.Millisecond, enrichs: 2, scores: 1,
		interval: 5 * time.Millisecond,
	}
	c := newCrew(t, s)
	c.press.setRefusal("herald", 403)
	c.addSearches()
	for range c.workers {
		startProcess(t, c.config)
	}
	require.Eventually(t, func() bool {
		decided, _, err := c.counts(t.Context())
		return err == nil && decided == c.users*c.jobs*2
	}, time.Minute, 20*time.Millisecond, "the other boards' jobs are decided")
	var blocked bool
	require.NoError(t,
		c.db.GetContext(t.Context(), &blocked,
			`SELECT blocked_until > now() FROM fleet_pace WHERE board = 'herald'`))
	require.True(t, blocked)
	var waiting int
	require.Eventually(t, func() bool {
		err := c.db.GetContext(t.Context(), &waiting, `SELECT count(*) FROM river_job
			WHERE kind = 'search' AND state = 'scheduled' AND scheduled_at > now() + interval '50 minutes'`)
		return err == nil && waiting == c.users
	}, time.Minute, 20*time.Millisecond, "the refused searches wait, and are not lost")
	// Both users' searches may be under way when the first refusal comes, and none begins after it.
	require.LessOrEqual(t, c.press.count("herald"), 2*s.users)
}

func TestSearchesFollowTheTable(t *testing.T) {
	c := newCrew(t,
		size{
			workers: 1, users: 1, jobs: 1, score: time.Millisecond, enrichs: 1, scores: 1,
			interval: time.Millisecond,
		})
	id, err := addSearch(t.Context(), c.pool,
		search{User: "ada", Board: "herald", Keywords: "any", Every: 60, Most: 5})
	require.NoError(t, err)
	again, err := addSearch(t.Context(), c.pool,
		search{User: "ada", Board: "herald", Keywords: "any", Every: 120, Most: 7})
	require.NoError(t, err)
	require.Equal(t, id, again)
	found, ok, err := findSearch(t.Context(), c.pool, id)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 2*time.Minute, found.every())
	require.Equal(t, 7, found.Most)
	_, ok, err = findSearch(t.Context(), c.pool, id+1)
	require.NoError(t, err)
	require.False(t, ok)
}
