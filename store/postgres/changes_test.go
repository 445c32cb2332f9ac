package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// measured says whether the tests run that measure, which take minutes and are started by hand.
func measured() bool { return os.Getenv("FORGE_MEASURE") == "1" }

// write makes about n changes with so many writers of four users, and returns when they are done: most
// by Mark, some by Sync, so that calls of one user meet on their lock and short ones overtake long ones.
func write(t *testing.T, db *postgres.DB, writers, n int) {
	t.Helper()
	ids := make([][]int64, 4)
	for u := range ids {
		refs, err := db.ForUser(fmt.Sprint("user ", u)).Sync(t.Context(), leadsOf(1000*u, 64))
		require.NoError(t, err)
		for _, r := range refs {
			ids[u] = append(ids[u], r.ID)
		}
	}
	var made atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			u := w % len(ids)
			s := db.ForUser(fmt.Sprint("user ", u))
			own := ids[u][w/len(ids)*(64/(writers/len(ids))):]
			for i := 0; made.Load() < int64(n); i++ {
				var err error
				changes := 1
				if i%20 == 19 {
					changes = 25
					_, err = s.Sync(t.Context(), leadsOf(100_000+w*1_000_000+i*25, 25))
				} else {
					status := []lead.Status{lead.Saved, lead.Applied}[i%2]
					err = s.Mark(t.Context(), own[0], status)
				}
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				made.Add(int64(changes))
			}
		})
	}
	all.Wait()
}

// A follower reads changes in many ranges, each of which goes on where the last one stopped.
type follower struct {
	seen []store.Change
}

// follow reads until it has seen the last id, if that is known, in ranges of about most changes.
func (f *follower) follow(ctx context.Context, read func(after int64) func(func(store.Change, error) bool),
	most int, last *atomic.Int64,
) error {
	after := int64(0)
	for ctx.Err() == nil {
		n := 0
		for c, err := range read(after) {
			if err != nil {
				if end := last.Load(); end > 0 && after >= end {
					return nil
				}
				return err
			}
			f.seen = append(f.seen, c)
			after = c.ID
			if n++; n == most || (last.Load() > 0 && after >= last.Load()) {
				break
			}
		}
		if end := last.Load(); end > 0 && after >= end {
			return nil
		}
	}
	return ctx.Err()
}

// Four readers, one of a user's own changes and the others of everybody's, stop and resume while 32
// writers write. What they saw is compared with the table, and the ids of each user with the times of
// their commits, which the server keeps.
func TestChangesAreReadWithoutAHoleInTheOrderOfCommits(t *testing.T) { //nolint:paralleltest // durable
	n := size(600, 5000)
	if measured() {
		n = 100_000
	}
	dsn := durable.DSN(t)
	db := open(t, dsn, &postgres.Options{Events: true, MaxOpenConns: 48})
	tables := raw(t, dsn)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var followers [4]follower
	var last [2]atomic.Int64 // of user 0 and of everybody
	errs := make([]error, len(followers))
	var reading sync.WaitGroup
	for r := range followers {
		reading.Go(func() {
			if r == 0 {
				mine := db.ForUser("user 0")
				errs[r] = followers[r].follow(ctx, func(after int64) func(func(store.Change, error) bool) {
					return mine.Changes(ctx, after)
				}, 97, &last[0])
				return
			}
			errs[r] = followers[r].follow(ctx, func(after int64) func(func(store.Change, error) bool) {
				return db.Changes(ctx, after)
			}, 50*r+1, &last[1])
		})
	}
	start := time.Now()
	write(t, db, 32, n)
	took := time.Since(start)
	last[0].Store(one[int64](t, tables, `SELECT max(id) FROM forge_events WHERE user_id = 'user 0'`))
	last[1].Store(one[int64](t, tables, `SELECT max(id) FROM forge_events`))
	// A reader that waits for the last change, which it has seen, gets one more.
	_, err := db.ForUser("user 0").Sync(t.Context(), leadsOf(90_000, 1))
	require.NoError(t, err)
	reading.Wait()

	for r := range followers {
		require.NoError(t, errs[r], "reader %d", r)
		query, end := `SELECT id FROM forge_events WHERE id <= $1 ORDER BY id`, last[1].Load()
		if r == 0 {
			query = `SELECT id FROM forge_events WHERE user_id = 'user 0' AND id <= $1 ORDER BY id`
			end = last[0].Load()
		}
		want := column(t, tables, query, end)
		var got []int64
		for _, c := range followers[r].seen {
			if c.ID <= end {
				got = append(got, c.ID)
			}
		}
		require.True(t, slices.Equal(want, got), "reader %d saw %d of %d changes, or another order", r,
			len(got), len(want))
	}
	require.Zero(t, one[int](t, tables, `
		SELECT count(*) FROM (
			SELECT pg_xact_commit_timestamp(xmin) AS at,
				lag(pg_xact_commit_timestamp(xmin)) OVER (PARTITION BY user_id ORDER BY id) AS before
			FROM forge_events
		) AS e WHERE at < before`), "changes of a user that were committed after one with a higher id")
	t.Logf("%d changes by 32 writers in %v, read by 4 readers: none skipped, none out of order",
		one[int](t, tables, `SELECT count(*) FROM forge_events`), took.Round(time.Millisecond))
}

func column(t *testing.T, db *sql.DB, query string, args ...any) (ids []int64) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var id int64
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}

// A change of a transaction that is still open must hold back those of others with higher ids, which
// are committed already, from who reads everybody's, and from nobody else.
func TestChangesOfAllUsersWaitForAnOpenTransaction(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	db := open(t, dsn, &postgres.Options{Events: true})
	tables := raw(t, dsn)
	open, err := tables.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = open.Rollback() }()
	const record = `INSERT INTO forge_events (user_id, job_id, kind, at) VALUES ('ada', 1, 'NEW', now())`
	_, err = open.ExecContext(t.Context(), record)
	require.NoError(t, err)
	_, err = db.ForUser("bob").Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
	list, err := db.ForUser("bob").ListChanges(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for c, err := range db.Changes(ctx, 0) {
		require.ErrorIs(t, err, context.DeadlineExceeded, "change %d came before one with a lower id", c.ID)
	}
	require.NoError(t, open.Commit())
	var users []string
	for c, err := range db.Changes(t.Context(), 0) {
		require.NoError(t, err)
		if users = append(users, c.User); len(users) == 2 {
			break
		}
	}
	require.Equal(t, []string{"ada", "bob"}, users)
}

// A catalogue that records nothing runs the statements that it ran before.
func TestEventsOffRecordNothing(t *testing.T) {
	t.Parallel()
	for _, statement := range postgres.PlainForms {
		require.NotContains(t, statement, "forge_events")
		require.NotContains(t, statement, "advisory")
	}
	dsn := server.DSN(t)
	db := open(t, dsn, nil)
	_, err := db.ForUser("ada").Sync(t.Context(), leadsOf(1, 3))
	require.NoError(t, err)
	require.Zero(t, one[int](t, raw(t, dsn), `SELECT count(*) FROM forge_events`))
}
