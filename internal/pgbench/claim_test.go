package pgbench_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// BenchmarkClaim compares a claim of ten jobs with ten claims of one, and a claim with the three
// statements in a transaction that most people write.
func BenchmarkClaim(b *testing.B) {
	queue := func(b *testing.B) (*postgres.Store, *sql.DB) {
		b.Helper()
		db, tables := catalogue(b)
		fill(b, tables, 1, size(200, 2000), 1)
		return db.ForUser("user 0"), tables
	}
	const turns, jobs = 10, 10
	claiming := func(b *testing.B, s forge.Store, n int) func() time.Duration {
		b.Helper()
		return func() time.Duration {
			start := time.Now()
			for range jobs / n {
				claimed, err := s.Claim(b.Context(), n, time.Minute, "example")
				require.NoError(b, err)
				require.Len(b, claimed, n)
			}
			return time.Since(start) / jobs
		}
	}
	dueAgain := func(b *testing.B, tables *sql.DB) func() {
		b.Helper()
		return func() {
			exec(
				b,
				tables,
				`UPDATE user_job_map SET leased = false, due_at = now() - interval '1 hour' `+
					`WHERE due_at > now()`,
			)
			exec(b, tables, `VACUUM user_job_map`)
		}
	}
	b.Run("in tens", func(b *testing.B) {
		tens, tables := queue(b)
		ones, others := queue(b)
		compare(b, "claims, time a job", size(2, turns),
			contender{"in tens", dueAgain(b, tables), claiming(b, tens, 10)},
			contender{"one at a time", dueAgain(b, others), claiming(b, ones, 1)})
	})
	b.Run("one at a time", func(b *testing.B) {
		ours, tables := queue(b)
		_, others := queue(b)
		compare(
			b,
			"claims, time a job",
			size(2, turns),
			contender{"forge", dueAgain(b, tables), claiming(b, ours, 1)},
			contender{"three statements in a transaction", dueAgain(b, others), func() time.Duration {
				start := time.Now()
				for range jobs {
					require.NoError(b, claimByHand(b.Context(), others))
				}
				return time.Since(start) / jobs
			}},
		)
	})
}

func claimByHand(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var id int64
	err = tx.QueryRowContext(
		ctx,
		`SELECT job_id FROM user_job_map WHERE user_id = $1 AND due_at <= now() ORDER BY due_at, job_id `+
			`LIMIT 1 FOR UPDATE SKIP LOCKED`,
		"user 0",
	).
		Scan(&id)
	if err != nil {
		return err
	}
	var token int64
	err = tx.QueryRowContext(
		ctx,
		`UPDATE user_job_map SET leased = true, due_at = now() + interval '1 minute',
		lease_token = lease_token + 1
		WHERE user_id = $1 AND job_id = $2 RETURNING lease_token`,
		"user 0",
		id,
	).
		Scan(&token)
	if err != nil {
		return err
	}
	var source, externalID, title, company, location, url string
	var description sql.NullString
	err = tx.QueryRowContext(
		ctx, `SELECT source, external_id, title, company, location, url, description FROM jobs WHERE id = $1`,
		id,
	).
		Scan(&source, &externalID, &title, &company, &location, &url, &description)
	if err != nil {
		return err
	}
	return tx.Commit()
}

// fill makes rows of user_job_map for so many users and jobs, by the server alone. One in pending
// is due.
func fill(b *testing.B, tables *sql.DB, users, jobs, pending int) {
	b.Helper()
	c, err := tables.Conn(b.Context())
	require.NoError(b, err)
	defer func() { _ = c.Close() }()
	for _, statement := range []string{
		`SET session_replication_role = replica`, // the rows are known to refer to each other
		fmt.Sprintf(`INSERT INTO jobs (source, external_id, title, company, location, url,
		first_seen_at, last_seen_at)
			SELECT 'example', 'job ' || n, 'Senior Platform Engineer ' || n, 'Example Works', 'Remote',
				'https://jobs.example.com/view/' || n, now(), now()
			FROM generate_series(1, %d) n`, jobs),
		fmt.Sprintf(`INSERT INTO user_job_map (user_id, job_id, application_status,
		due_at, discovered_at, updated_at)
			SELECT 'user ' || u, id, CASE WHEN pending THEN 'DISCOVERED' ELSE 'AUTO_REJECTED' END,
				CASE WHEN pending THEN now() - random() * interval '1 day' END, now(), now()
			FROM generate_series(0, %d - 1) u, (SELECT id,
				id %% %d = 0 AS pending FROM jobs ORDER BY id) j`, users, pending),
		`RESET session_replication_role`,
		`VACUUM ANALYZE`,
	} {
		_, err := c.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
}

// BenchmarkQueue holds the queue of a large catalogue to that of a small one: how long claims take,
// and how large the index of pending jobs is when each job has been claimed, renewed and released
// many times.
func BenchmarkQueue(b *testing.B) {
	small, large := newQueue(b, 5, size(400, 2000)), newQueue(b, 50, size(2000, 100_000))
	b.Run("fresh", func(b *testing.B) { compareP99(b, large, small) })
	wear := func(naptime string) {
		b.Run("wear, autovacuum_naptime "+naptime, func(b *testing.B) {
			exec(b, large.tables, `ALTER SYSTEM SET autovacuum_naptime = '`+naptime+`'`)
			exec(b, large.tables, `SELECT pg_reload_conf()`)
			exec(b, large.tables, `REINDEX INDEX user_job_map_due`)
			exec(b, large.tables, `VACUUM user_job_map`)
			b.Logf("pending index before: %s", large.index(b))
			cycles, start := size(500, 200_000), time.Now()
			largest := large.wear(b, cycles)
			b.Logf("%d claims, renewals and releases in %v: pending index %s; at most %.2f MB meanwhile",
				cycles, time.Since(start).Round(time.Second), large.index(b), float64(largest)/1e6)
			b.ReportMetric(float64(largest)/1e6, "MB-index")
			b.ReportMetric(0, "ns/op")
		})
	}
	wear("1min") // the server's default
	b.Run("worn", func(b *testing.B) { compareP99(b, large, small) })
	wear("15s")
}

// compareP99 reports how many times longer a claim from the first queue takes than one from the
// other.
func compareP99(b *testing.B, large, small *queue) {
	b.Helper()
	var l, s, ratio []float64
	for range rounds() {
		x, y := p99s(b, large, small)
		l, s, ratio = append(l, x), append(s, y), append(ratio, x/y)
	}
	b.Logf("p99 of a claim: %s %s, %s %s: ratio %.2f (%.2f to %.2f) in %d rounds of %d claims", large.name,
		milliseconds(l), small.name, milliseconds(s), median(ratio), slices.Min(ratio), slices.Max(ratio),
		rounds(), claimsARound())
	b.ReportMetric(median(ratio), "p99-ratio")
	b.ReportMetric(0, "ns/op")
}

func claimsARound() int { return size(50, 400) }

type queue struct {
	name   string
	users  int
	dsn    string
	db     *postgres.DB
	tables *sql.DB
	turn   int
}

func newQueue(b *testing.B, users, jobs int) *queue {
	b.Helper()
	dsn := server.DSN(b)
	db, tables := catalogueAt(b, dsn, nil)
	fill(b, tables, users, jobs, 100)
	return &queue{name: fmt.Sprintf("%d rows", users*jobs), users: users, dsn: dsn, db: db, tables: tables}
}

// p99s claims from two queues in turns, gives each job back, and returns the 99th percentiles in
// seconds.
func p99s(b *testing.B, one, other *queue) (p, q float64) {
	b.Helper()
	times := make([][2]time.Duration, claimsARound())
	for i := range times {
		times[i] = [2]time.Duration{one.claim(b), other.claim(b)}
	}
	p99 := func(which int) float64 {
		slices.SortFunc(times, func(x, y [2]time.Duration) int { return int(x[which] - y[which]) })
		return times[len(times)*99/100][which].Seconds()
	}
	return p99(0), p99(1)
}

// claim takes a job of the next user, gives it back, and returns how long the first took.
func (q *queue) claim(b *testing.B) time.Duration {
	b.Helper()
	s := q.db.ForUser(fmt.Sprint("user ", q.turn%q.users))
	q.turn++
	start := time.Now()
	jobs, err := s.Claim(b.Context(), 1, time.Minute, "example")
	took := time.Since(start)
	require.NoError(b, err)
	require.Len(b, jobs, 1)
	require.NoError(b, s.Release(b.Context(), jobs[0].Lease, store.Outcome{}))
	return took
}

// wear has eight workers claim, renew and release, and returns the largest size of the index seen
// on the way.
func (q *queue) wear(b *testing.B, cycles int) (largest int64) {
	b.Helper()
	// Commits that wait for no disk come faster, which is harder on the index.
	db, err := postgres.Open(b.Context(), pgtest.With(q.dsn, "synchronous_commit", "off"), nil)
	require.NoError(b, err)
	defer func() { _ = db.Close() }()
	var done atomic.Int64
	group, ctx := errgroup.WithContext(b.Context())
	for range 8 {
		group.Go(func() error {
			for {
				n := done.Add(1)
				if n > int64(cycles) {
					return nil
				}
				if err := cycle(ctx, db.ForUser(fmt.Sprint("user ", n%int64(q.users)))); err != nil {
					return err
				}
			}
		})
	}
	ended := make(chan error, 1)
	go func() { ended <- group.Wait() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		largest = max(largest, one[int64](b, q.tables, `SELECT pg_relation_size('user_job_map_due')`))
		select {
		case err := <-ended:
			require.NoError(b, err)
			return max(largest, one[int64](b, q.tables, `SELECT pg_relation_size('user_job_map_due')`))
		case <-tick.C:
		}
	}
}

func cycle(ctx context.Context, s forge.Store) error {
	jobs, err := s.Claim(ctx, 1, time.Minute, "example")
	if err != nil || len(jobs) == 0 {
		return err
	}
	if err := s.Renew(ctx, jobs[0].Lease, time.Minute); err != nil {
		return err
	}
	return s.Release(ctx, jobs[0].Lease, store.Outcome{})
}

// index describes the index of pending jobs, and the table's health.
func (q *queue) index(b *testing.B) string {
	b.Helper()
	return one[string](
		b,
		q.tables,
		`SELECT format('%s MB for %s pending of %s rows; table %s MB, %s dead rows, %s autovacuums',
		round(pg_relation_size('user_job_map_due') / 1e6, 2),
			(SELECT count(*) FROM user_job_map WHERE due_at IS NOT NULL), (SELECT count(*) FROM user_job_map),
		round(pg_relation_size('user_job_map') / 1e6), n_dead_tup,
			autovacuum_count) FROM pg_stat_user_tables WHERE relid = 'user_job_map'::regclass`,
	)
}
