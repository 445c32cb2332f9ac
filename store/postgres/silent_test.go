package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// patience is how long a call may outlive its deadline.
const patience = 2 * time.Second

var silences = []struct {
	name string
	way  pgtest.Silence
}{{"swallowed", pgtest.Swallow}, {"deafened", pgtest.Deafen}, {"frozen", pgtest.Freeze}}

// A silentCall is a call of a user who has one claimed job, under l, and two due jobs.
type silentCall struct {
	name  string
	inTx  bool
	call  func(ctx context.Context, s *postgres.Store, l store.Lease) error
	fails error // what the repeat may say, because the first one was done
}

var silentCalls = []silentCall{
	{"sync of new leads", false, func(ctx context.Context, s *postgres.Store, _ store.Lease) error {
		_, err := s.Sync(ctx, leadsOf(100, 25))
		return err
	}, nil},
	{"sync of known leads", false, func(ctx context.Context, s *postgres.Store, _ store.Lease) error {
		_, err := s.Sync(ctx, leadsOf(1, 3))
		return err
	}, nil},
	{"claim", false, func(ctx context.Context, s *postgres.Store, _ store.Lease) error {
		_, err := s.Claim(ctx, 1, time.Minute)
		return err
	}, nil},
	{"renew", false, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		return s.Renew(ctx, l, time.Minute)
	}, nil},
	{"release", true, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		return s.Release(ctx, l, store.Outcome{Status: lead.Failed})
	}, store.ErrLeaseLost},
	{"decide with text", true, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		return s.Decide(ctx, l, matched("judge", "Text."))
	}, nil},
	{"decide without text", true, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		return s.Decide(ctx, l, rejected("judge"))
	}, nil},
	{"mark", true, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		return s.Mark(ctx, l.ID, lead.Saved)
	}, nil},
	{"reopen", false, func(ctx context.Context, s *postgres.Store, l store.Lease) error {
		_, err := s.Reopen(ctx, store.Selection{IDs: []int64{l.ID}})
		return err
	}, nil},
	{"list", false, func(ctx context.Context, s *postgres.Store, _ store.Lease) error {
		_, _, err := s.List(ctx, store.Filter{})
		return err
	}, nil},
	{"stats", false, func(ctx context.Context, s *postgres.Store, _ store.Lease) error {
		_, err := s.Stats(ctx)
		return err
	}, nil},
}

// late collects how long calls outlived their deadlines.
type late struct {
	mu    sync.Mutex
	times []time.Duration
}

func (l *late) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, d)
}

func (l *late) String() string {
	slices.Sort(l.times)
	if len(l.times) == 0 {
		return "no calls"
	}
	return fmt.Sprintf("%d calls: returned after their deadline by %v in the median, %v at worst",
		len(l.times), l.times[len(l.times)/2].Round(time.Millisecond),
		l.times[len(l.times)-1].Round(time.Millisecond))
}

// returns makes a call with a deadline. The call must be back in time with the context's error.
func (l *late) returns(ctx context.Context, call func(ctx context.Context) error) error {
	const deadline = 300 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	start := time.Now()
	err := call(ctx)
	over := time.Since(start) - deadline
	l.add(over)
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("want a deadline exceeded, got: %w", err)
	}
	if over > patience {
		return fmt.Errorf("back %v after the deadline", over)
	}
	return nil
}

// atOnce makes calls at the same time, because each spends most of its time waiting.
func atOnce(t *testing.T, n int, call func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = call(i) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
}

// Every call, at every moment, in every way: it is back in time, and works when the server does.
func TestSilentServerHoldsNoCallBeyondItsDeadline(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	direct := open(t, dsn, nil)
	var over late
	t.Cleanup(func() { t.Logf("%v; 0 calls failed after the server answered again", &over) })
	for _, moment := range []struct {
		name string
		when pgtest.Moment
		cold bool // no connection is open
	}{
		{"before it connects", pgtest.Now, true},
		{"before its request", pgtest.Now, false},
		{"after its request", pgtest.AfterRequest, false},
		{"in the middle of its answer", pgtest.MidAnswer, false},
		{"after its commit", pgtest.AfterCommit, false},
	} {
		for _, silence := range silences {
			name := silence.name + " " + moment.name
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				atOnce(t, len(silentCalls), func(i int) error {
					c := silentCalls[i]
					if moment.when == pgtest.AfterCommit && !c.inTx {
						return nil // it sends no COMMIT
					}
					proxy := server.Proxy(t, dsn)
					fall := func(db *postgres.DB) {
						if moment.cold {
							db.DropIdle()
						}
						proxy.Fall(silence.way, moment.when)
					}
					if err := silenced(
						t.Context(),
						c,
						name,
						proxy,
						proxy.DSN(dsn),
						direct,
						fall,
						&over,
					); err != nil {
						return fmt.Errorf("%s: %w", c.name, err)
					}
					return nil
				})
			})
		}
	}
}

// silenced makes one call through a proxy that falls silent, and again when it has healed.
func silenced(
	ctx context.Context, c silentCall, name string, proxy *pgtest.Proxy, dsn string, direct *postgres.DB,
	fall func(db *postgres.DB), over *late,
) error {
	user := c.name + " " + name
	if _, err := direct.ForUser(user).Sync(ctx, leadsOf(1, 3)); err != nil {
		return err
	}
	jobs, err := direct.ForUser(user).Claim(ctx, 1, time.Hour)
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, dsn, &postgres.Options{MaxOpenConns: 2})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s := db.ForUser(user)
	if _, err := s.Stats(ctx); err != nil { // so that the schema is known
		return err
	}
	fall(db)
	err = over.returns(ctx, func(ctx context.Context) error { return c.call(ctx, s, jobs[0].Lease) })
	if err != nil {
		return err
	}
	if !proxy.Fell() {
		return errors.New("the proxy did not fall silent")
	}
	proxy.Heal()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err = c.call(ctx, s, jobs[0].Lease)
	if c.fails != nil && errors.Is(err, c.fails) {
		return nil
	}
	return err
}

func TestSilentServerHoldsNeitherOpenNorMigrate(t *testing.T) {
	t.Parallel()
	var over late
	t.Cleanup(func() { t.Log(&over) })
	for _, moment := range []struct {
		name string
		when pgtest.Moment
	}{{"at once", pgtest.Now}, {"after a request", pgtest.AfterRequest}, {"in an answer", pgtest.MidAnswer}} {
		for _, silence := range silences {
			name := silence.name + " " + moment.name
			t.Run("open/"+name, func(t *testing.T) {
				t.Parallel()
				dsn := server.DSN(t)
				proxy := server.Proxy(t, dsn)
				proxy.Fall(silence.way, moment.when)
				require.NoError(t, over.returns(t.Context(), func(ctx context.Context) error {
					_, err := postgres.Open(ctx, proxy.DSN(dsn), nil)
					return err
				}))
				proxy.Heal()
				open(t, proxy.DSN(dsn), nil)
			})
			t.Run("migrate/"+name, func(t *testing.T) {
				t.Parallel()
				dsn := server.DSN(t)
				proxy := server.Proxy(t, dsn)
				db, err := postgres.Open(t.Context(), proxy.DSN(dsn), nil)
				require.NoError(t, err)
				defer func() { _ = db.Close() }()
				proxy.Fall(silence.way, moment.when)
				require.NoError(t, over.returns(t.Context(), db.Migrate))
				proxy.Heal()
				require.NoError(t, db.Migrate(t.Context()))
			})
		}
	}
}

// All connections of a pool hang, and more calls wait for one. All are back in time, a cancelled
// one too, and the pool serves again when the server does.
func TestSilentServerLeavesThePoolUsable(t *testing.T) {
	t.Parallel()
	for _, silence := range silences {
		t.Run(silence.name, func(t *testing.T) {
			t.Parallel()
			dsn := server.DSN(t)
			open(t, dsn, nil)
			proxy := server.Proxy(t, dsn)
			db, err := postgres.Open(t.Context(), proxy.DSN(dsn), &postgres.Options{MaxOpenConns: 4})
			require.NoError(t, err)
			defer func() { _ = db.Close() }()
			ada := db.ForUser("ada")
			syncing := func(ctx context.Context) error {
				_, err := ada.Sync(ctx, leadsOf(1, 25))
				return err
			}
			atOnce(t, 20, func(int) error { return syncing(t.Context()) })

			proxy.Fall(silence.way, pgtest.Now)
			var over late
			atOnce(t, 20, func(int) error { return over.returns(t.Context(), syncing) })
			ctx, cancel := context.WithCancel(t.Context())
			defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
			start := time.Now()
			require.ErrorIs(t, syncing(ctx), context.Canceled)
			require.Less(t, time.Since(start), patience)

			proxy.Heal()
			start = time.Now()
			atOnce(t, 20, func(int) error { return syncing(t.Context()) })
			t.Logf("%v; 20 calls were served within %v of the server's answering again", &over,
				time.Since(start).Round(time.Millisecond))
		})
	}
}
