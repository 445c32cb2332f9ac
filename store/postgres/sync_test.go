package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// Eight writers for three users send batches that overlap, each in a random order. Nothing is
// retried, so a deadlock is an error here.
func TestSyncsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	const writers, batch = 8, 25
	syncs := size(500, 10_000)
	dsn := server.DSN(t)
	db := open(t, dsn, &postgres.Options{RetryFor: -1})
	users := []string{"ada", "bob", "cyd"}

	var (
		next  atomic.Int64
		mu    sync.Mutex
		sent  = make(map[string]map[string]bool)
		known = make(map[string]map[int64]lead.Key) // NEW answers
		twice int
	)
	for _, u := range users {
		sent[u], known[u] = make(map[string]bool), make(map[int64]lead.Key)
	}
	var group errgroup.Group
	start := time.Now()
	for w := range writers {
		user := users[w%len(users)]
		handle := db.ForUser(user)
		group.Go(func() error {
			for {
				n := int(next.Add(1))
				if n > syncs {
					return nil
				}
				leads := leadsOf(n/writers*8,
					60) // eight batches in a row see the same window, which moves on slowly
				rand.Shuffle(len(leads), func(i, j int) { leads[i], leads[j] = leads[j], leads[i] })
				leads = leads[:batch]
				refs, err := handle.Sync(t.Context(), leads)
				if err != nil {
					return fmt.Errorf("sync %d: %w", n, err)
				}
				mu.Lock()
				for _, l := range leads {
					sent[user][l.ExternalID] = true
				}
				for _, r := range refs {
					if _, ok := known[user][r.ID]; ok || r.State != store.New {
						twice++
					}
					known[user][r.ID] = r.Key
				}
				mu.Unlock()
			}
		})
	}
	require.NoError(t, group.Wait())
	elapsed := time.Since(start)

	tables := raw(t, dsn)
	require.Zero(t, twice, "a job was answered NEW twice")
	created, missing := 0, 0
	for _, u := range users {
		missing += len(sent[u]) - len(known[u])
		require.Equal(t, len(sent[u]),
			one[int](t, tables, `SELECT count(*) FROM user_job_map WHERE user_id = $1`, u))
		created += len(known[u])
		for id, key := range known[u] {
			if id%50 == 0 {
				require.Equal(t, key.ExternalID,
					one[string](t, tables, `SELECT external_id FROM jobs WHERE id = $1`, id))
			}
		}
	}
	require.Zero(t, missing, "a lead was sent and never answered NEW")
	jobs := one[int](t, tables, `SELECT count(*) FROM jobs`)
	burnt := one[int](t, tables, `SELECT last_value FROM jobs_id_seq`) - jobs
	t.Logf("%d syncs of %d leads by %d writers in %v: %d missing ids, %d NEW answers for %d rows, %d jobs, "+
		"%d sequence values lost to races", syncs, batch, writers, elapsed.Round(time.Millisecond), missing,
		created, created, jobs, burnt)
}

// Not parallel: it measures the whole server's log.
func TestSyncOfKnownLeadsWritesNothing(t *testing.T) {
	rounds := size(40, 400)
	dsn := durable.DSN(t)
	db := open(t, dsn, nil)
	tables := raw(t, dsn)
	ada := db.ForUser("ada")
	const batches, batch = 10, 25
	for b := range batches {
		refs, err := ada.Sync(t.Context(), leadsOf(b*batch, batch))
		require.NoError(t, err)
		require.Len(t, refs, batch)
	}
	_, err := tables.ExecContext(t.Context(), `VACUUM ANALYZE jobs, user_job_map`)
	require.NoError(t, err)
	_, err = tables.ExecContext(t.Context(), `CHECKPOINT`)
	require.NoError(t, err)

	const state = `SELECT format('%s|%s|%s', (SELECT last_value FROM jobs_id_seq),
		(SELECT array_agg(xmin::text || ctid::text ORDER BY id) FROM jobs), (SELECT array_agg(xmin::text ||
			ctid::text ORDER BY job_id) FROM user_job_map))`
	before := one[string](t, tables, state)
	wal := one[string](t, tables, `SELECT pg_current_wal_insert_lsn()`)
	for r := range rounds {
		refs, err := ada.Sync(t.Context(), leadsOf(r%batches*batch, batch))
		require.NoError(t, err)
		require.Empty(t, refs)
	}
	bytes := one[float64](t, tables, `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)`, wal)
	require.Equal(t, before, one[string](t, tables, state), "no row version and no sequence value is new")
	require.NoError(t, db.Close())
	require.Eventually(t, func() bool { // a closing connection hands in its counts
		return one[int](
			t,
			tables,
			`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'forge' AND datname = `+
				`current_database()`,
		) == 0
	}, 10*time.Second, 10*time.Millisecond)
	dead := one[int](t, tables,
		`SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE schemaname = current_schema()`)
	rows := float64(rounds * batch)
	t.Logf("%.0f known leads synced again: %d dead tuples, 0 sequence values, %.2f bytes of WAL a row", rows,
		dead, bytes/rows)
	require.Zero(t, dead)
	require.LessOrEqual(t, bytes/rows, 11.0)
}

func TestSyncMovesLastSeenOnceADay(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db := open(t, dsn, &postgres.Options{Now: func() time.Time { return now }})
	tables := raw(t, dsn)
	seen := func() time.Time {
		_, err := db.ForUser("ada").Sync(t.Context(), leadsOf(1, 3))
		require.NoError(t, err)
		return one[time.Time](t, tables, `SELECT max(last_seen_at) FROM jobs`).UTC()
	}
	first := now
	require.Equal(t, first, seen())
	now = first.Add(24*time.Hour - time.Microsecond)
	require.Equal(t, first, seen())
	now = first.Add(24 * time.Hour)
	require.Equal(t, now, seen())
}

// The alternatives that were measured and rejected still behave as badly as the design says: rows
// inserted in a random order deadlock.
func TestSyncUnsortedWouldDeadlock(t *testing.T) {
	dsn := durable.DSN(t)
	open(t, dsn, nil)
	tables := raw(t, pgtest.With(dsn, "deadlock_timeout", "10ms"))
	var deadlocks, done atomic.Int64
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			for n := range 10 {
				leads := leadsOf(n*20, 60)
				rand.Shuffle(len(leads), func(i, j int) { leads[i], leads[j] = leads[j], leads[i] })
				var ids pq.StringArray
				for _, l := range leads {
					ids = append(ids, l.ExternalID)
				}
				_, err := tables.ExecContext(
					t.Context(),
					`INSERT INTO jobs (source, external_id, title, company, location, url,
					first_seen_at, last_seen_at)
					SELECT 'example', id, 't', '', '', 'https://x.example', now(), now()
					FROM unnest($1::text[]) AS id
					ON CONFLICT (source, external_id) DO UPDATE SET last_seen_at = now()`,
					ids,
				)
				if pq.As(err, "40P01") != nil {
					deadlocks.Add(1)
				} else if err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	t.Logf("unsorted upserts: %d deadlocks in %d statements", deadlocks.Load(), done.Load())
	require.Positive(t, deadlocks.Load())
}
