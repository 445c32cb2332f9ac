package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

// A witness decides jobs one by one and remembers what was acknowledged.
type witness struct {
	db *postgres.DB

	mu   sync.Mutex
	acks []int64
	at   []time.Time
}

func (w *witness) work(ctx context.Context) error {
	view := w.db.ForUser("witness")
	for n := 0; ; n++ {
		leads := make([]lead.Lead, 10)
		for i := range leads {
			id := fmt.Sprintf("%d-%d", n, i)
			leads[i] = lead.Lead{
				Source: "witness", ExternalID: id, Title: "job " + id, URL: "https://jobs.example/" + id,
			}
		}
		if _, err := view.Sync(ctx, leads); err != nil {
			return err
		}
		jobs, err := view.Claim(ctx, len(leads), time.Minute, "witness")
		if err != nil {
			return err
		}
		for _, j := range jobs {
			r := enrich.Decision{
				Assessment: enrich.Assessment{
					Score: 3, Reasoning: "Seen.", By: "witness/1",
				},
				Status: lead.AutoRejected,
			}
			if err := view.Decide(ctx, j.Lease, r); err != nil {
				return err
			}
			w.mu.Lock()
			w.acks, w.at = append(w.acks, j.ID), append(w.at, time.Now())
			w.mu.Unlock()
		}
	}
}

func (w *witness) acknowledged() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acks)
}

func TestTheLossOfThePrimaryCostsNoAcknowledgedDecision(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a PostgreSQL server; run without -short")
	}
	own := pgtest.New(&pgtest.Options{Own: true, Durable: true})
	t.Cleanup(own.Close)
	dsn := own.ExampleDSN()
	replica := own.Replica(t)
	both := replica.DSN(dsn)
	require.NoError(t, migrate(t.Context(), dsn))

	s := sizeOf()
	s.users, s.jobs = 3, 10
	c := &crew{T: t, size: s, press: newPress(t, s.jobs)}
	c.open(both)
	c.addSearches()
	config := workerConfig{
		DSN: both, Boards: papers, Press: c.press.URL, Interval: s.interval, Score: 200 * time.Millisecond,
		Enrichs: 3, Scores: 1,
		Lease: 10 * time.Second, Timeout: 20 * time.Second,
	}
	for range 2 {
		startProcess(t, config)
	}
	db, err := postgres.Open(t.Context(), both, nil)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w := &witness{db: db}
	working := make(chan error, 1)
	go func() { working <- w.work(ctx) }()

	decided := func() (n int) {
		_ = c.db.GetContext(t.Context(), &n,
			`SELECT count(*) FROM user_job_map
			WHERE user_id <> 'witness' AND application_status IN ('MATCHED', 'AUTO_REJECTED')`)
		return n
	}
	pairs := s.users * s.jobs * len(papers)
	require.Eventually(t, func() bool { return w.acknowledged() > 200 && decided() > pairs/10 }, time.Minute,
		20*time.Millisecond)
	before := decided()
	require.Less(t, before, pairs, "the primary is lost under load")
	lost := time.Now()
	require.NoError(t, replica.Failover(t.Context()))
	failedOver := time.Since(lost)

	seen := w.acknowledged()
	require.Eventually(t, func() bool { return w.acknowledged() > seen+50 }, 30*time.Second,
		10*time.Millisecond, "the witness goes on")
	resumed := time.Since(lost)
	require.Eventually(t, func() bool { return decided() > before }, 30*time.Second, 50*time.Millisecond,
		"the workers go on")
	workers := time.Since(lost)
	require.Eventually(t, func() bool { return decided() == pairs }, 2*time.Minute, 50*time.Millisecond,
		"everything is decided in the end")
	stop()
	if err := <-working; !errors.Is(err, context.Canceled) {
		require.NoError(t, err)
	}
	var kept int
	require.NoError(t,
		c.db.GetContext(
			t.Context(), &kept,
			`SELECT count(*) FROM user_job_map WHERE user_id = 'witness' AND application_status = `+
				`'AUTO_REJECTED'`,
		))
	require.GreaterOrEqual(t, kept, w.acknowledged(), "acknowledged decisions that are gone")
	t.Logf("failover took %v; the witness went on after %v, the workers after %v; "+
		"%d acknowledged decisions, %d kept",
		failedOver.Round(time.Millisecond), resumed.Round(time.Millisecond), workers.Round(time.Millisecond),
		w.acknowledged(), kept)
}
