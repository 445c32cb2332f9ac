package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

// silentCalls are the calls that the fleet and River make on the pool.
var silentCalls = []struct {
	name string
	call func(ctx context.Context, w *worker) error
}{
	{"sweep", func(ctx context.Context, w *worker) error { return w.sweep(ctx) }},
	{"list", func(ctx context.Context, w *worker) error {
		_, err := listSearches(ctx, w.pool)
		return err
	}},
	{"add", func(ctx context.Context, w *worker) error {
		_, err := addSearch(ctx, w.pool, search{User: "ada", Board: "herald", Keywords: "any", Every: 60})
		return err
	}},
	{"hold", func(ctx context.Context, w *worker) error { return w.hold(ctx, "ada", errors.New("none")) }},
	{"pace", func(ctx context.Context, w *worker) error {
		_, err := w.boards["herald"].pace.slot(ctx)
		return err
	}},
	{"River's insert", func(ctx context.Context, w *worker) error {
		_, err := w.client.Insert(ctx, enrichArgs{User: "ada"}, enrichOpts())
		return err
	}},
	{"River's list", func(ctx context.Context, w *worker) error {
		_, err := w.client.QueueList(ctx, nil)
		return err
	}},
	{"a transaction", func(ctx context.Context, w *worker) error {
		return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `SELECT 1`)
			return err
		})
	}},
}

// Every call, at every moment, in every way: it is back in time, and works when the server does.
func TestSilentServerHoldsNoCallOfTheFleetBeyondItsDeadline(t *testing.T) {
	t.Parallel()
	const patience = 2 * time.Second
	dsn := server.DSN(t)
	require.NoError(t, migrate(t.Context(), dsn))
	var mu sync.Mutex
	var over []time.Duration
	var count tally
	t.Cleanup(func() {
		count.log(t, "calls of a silent server")
		slices.Sort(over)
		t.Logf("back after the deadline: median %v, worst %v", over[len(over)/2], over[len(over)-1])
	})
	silences := []struct {
		name string
		way  pgtest.Silence
	}{{"swallowed", pgtest.Swallow}, {"deaf", pgtest.Deafen}, {"frozen", pgtest.Freeze}}
	if sizeOf().workers < 3 { // the gate and the full run do all
		silences = silences[:1]
	}
	for _, silence := range silences {
		for _, moment := range []struct {
			name string
			when pgtest.Moment
			cold bool // no connection is open
		}{
			{"before it connects", pgtest.Now, true},
			{"before its request", pgtest.Now, false},
			{"after its request", pgtest.AfterRequest, false},
			{"in the middle of its answer", pgtest.MidAnswer, false},
		} {
			t.Run(silence.name+" "+moment.name, func(t *testing.T) {
				t.Parallel()
				var all sync.WaitGroup
				for _, c := range silentCalls {
					all.Go(func() {
						count.tried.Add(1)
						late, err := silenced(t, dsn, c.call, func(w *worker, proxy *pgtest.Proxy) {
							if moment.cold {
								w.pool.Reset()
							}
							proxy.Fall(silence.way, moment.when)
						})
						if !assert.NoError(t, err, c.name) || !assert.Less(t, late, patience, c.name) {
							return
						}
						count.held.Add(1)
						mu.Lock()
						defer mu.Unlock()
						over = append(over, late)
					})
				}
				all.Wait()
			})
		}
	}
}

// silenced makes a call through a proxy that falls silent, and again when it has healed. It returns
// how long the call outlived its deadline.
func silenced(
	t *testing.T, dsn string, call func(context.Context, *worker) error,
	fall func(w *worker, proxy *pgtest.Proxy),
) (late time.Duration, err error) {
	t.Helper()
	proxy := server.Proxy(t, dsn)
	config := workerConfig{DSN: proxy.DSN(dsn), Boards: []string{"herald"}, Interval: time.Millisecond}
	options := config.options(io.Discard)
	options.searches, options.enrichs, options.timeout = 1, 1, time.Minute
	w := &worker{workerOptions: options, boards: map[string]board{}}
	defer func() { go w.close() }() // which takes its time with connections that are dead
	if err := errors.Join(w.connect(t.Context()), call(t.Context(), w)); err != nil {
		return 0, err
	}
	fall(w, proxy)
	const deadline = 300 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	start := time.Now()
	if err := call(ctx, w); !errors.Is(err, context.DeadlineExceeded) {
		return 0, fmt.Errorf("want a deadline exceeded, got: %w", err)
	}
	late = time.Since(start) - deadline
	proxy.Heal()
	ctx, cancel = context.WithTimeout(t.Context(), connectTimeout)
	defer cancel()
	return late, call(ctx, w) // the pool heals
}

// answered repeats a call until a server that is well answers it in its time, which a busy machine can
// miss.
func answered(t *testing.T, call func() error) {
	t.Helper()
	for range 25 {
		err := call()
		if err == nil {
			return
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	require.Fail(t, "the server is well, and no call is answered")
}

// A context without a deadline does not make a call wait for ever.
func TestSilentServerIsNotWaitedForWithoutADeadline(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	for _, silence := range []pgtest.Silence{pgtest.Swallow, pgtest.Deafen, pgtest.Freeze} {
		t.Run(fmt.Sprint(silence), func(t *testing.T) {
			t.Parallel()
			proxy := server.Proxy(t, dsn)
			pool, err := openPool(t.Context(), proxy.DSN(dsn), 200*time.Millisecond)
			require.NoError(t, err)
			defer func() { go pool.Close() }() // which takes its time with connections that are dead
			for _, call := range []func() error{
				func() error {
					_, err := pool.Exec(t.Context(), `SELECT 1`)
					return err
				},
				func() error {
					var one int
					return pool.QueryRow(t.Context(), `SELECT $1::int`, 1).Scan(&one)
				},
				func() error {
					b := &pgx.Batch{}
					b.Queue(`SELECT 1`)
					return pool.SendBatch(t.Context(), b).Close()
				},
			} {
				answered(t, call)
				proxy.Fall(silence, pgtest.Now)
				start := time.Now()
				require.ErrorIs(t, call(), context.DeadlineExceeded)
				require.Less(t, time.Since(start), 3*time.Second)
				proxy.Heal()
				answered(t, call)
			}
		})
	}
}
