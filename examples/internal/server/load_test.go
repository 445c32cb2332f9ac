package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/rest"
	"github.com/agent-forge/forge/store/sqlite"
)

// A worker is one agent under load. It records what the server acknowledged, so that a test can
// check it later.
type worker struct {
	user    int
	s       *rest.Client
	synced  map[int64]bool
	decided map[int64]enrich.Decision
	took    []time.Duration // of each call
}

func newWorker(tb testing.TB, user int, url string, transport *http.Transport) *worker {
	tb.Helper()
	s, err := rest.NewClient(url, loadToken(user),
		&rest.ClientOptions{HTTP: &http.Client{Transport: transport}, Timeout: 20 * time.Second})
	require.NoError(tb, err)
	return &worker{user: user, s: s, synced: map[int64]bool{}, decided: map[int64]enrich.Decision{}}
}

// round is what an agent does repeatedly: it syncs a batch, a part of which other users have too,
// claims some jobs and decides them.
func (w *worker) round(ctx context.Context, n int) error {
	leads := make([]lead.Lead, 25)
	for i := range leads {
		id := fmt.Sprintf("%d-%d", (w.user+i)%(w.user/2+7), n*25+i)
		leads[i] = lead.Lead{
			Source: "example", ExternalID: id, Title: "Engineer " + id, Company: "Company",
			Location: "Remote", URL: "https://jobs.example.com/" + id,
		}
	}
	return errors.Join(
		w.timed(func() error {
			refs, err := w.s.Sync(ctx, leads)
			for _, r := range refs {
				w.synced[r.ID] = true
			}
			return err
		}),
		w.decide(ctx),
	)
}

func (w *worker) decide(ctx context.Context) error {
	var jobs []store.Job
	err := w.timed(func() (err error) {
		jobs, err = w.s.Claim(ctx, 5, time.Minute)
		return err
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		r := enrich.Decision{
			Assessment: enrich.Assessment{Score: 10 + w.user%10, Reasoning: "Another trade.", By: "load/1"},
			Status:     lead.AutoRejected,
		}
		if j.ID%2 == 0 {
			r = enrich.Decision{
				Assessment: enrich.Assessment{Score: 60 + w.user%40, Reasoning: "Fits.", By: "load/1"},
				Status:     lead.Matched,
				Data: &enrich.Data{
					Description: fmt.Sprintf(
						"The text of job %d. It goes on for a while, as such texts do.", j.ID,
					),
				},
			}
		}
		if err := w.timed(func() error { return w.s.Decide(ctx, j.Lease, r) }); err != nil {
			return err
		}
		w.decided[j.ID] = r
	}
	return nil
}

func (w *worker) timed(call func() error) error {
	start := time.Now()
	err := call()
	w.took = append(w.took, time.Since(start))
	return err
}

// pound lets workers work for a while and runs meanwhile beside them. It returns their errors.
func pound(ctx context.Context, workers []*worker, long time.Duration, meanwhile func()) []error {
	end := time.Now().Add(long)
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed []error
	for _, w := range workers {
		all.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				if err := w.round(ctx, n); err != nil {
					mu.Lock()
					failed = append(failed, fmt.Errorf("%s, round %d: %w", loadUser(w.user), n, err))
					mu.Unlock()
					return
				}
			}
		})
	}
	meanwhile()
	all.Wait()
	return failed
}

// p99 returns how many calls there were, and the time that 99 of 100 stayed below.
func p99(workers []*worker) (calls int, slow time.Duration) {
	var all []time.Duration
	for _, w := range workers {
		all = append(all, w.took...)
	}
	slices.Sort(all)
	return len(all), all[len(all)*99/100]
}

// acknowledged checks that a store holds everything that the server said it had done.
func acknowledged(t *testing.T, forUser func(user string) forge.Store, workers []*worker) (
	synced, decided int,
) {
	t.Helper()
	for _, w := range workers {
		held := map[int64]store.Entry{}
		f := store.Filter{
			Limit: store.MaxPage, Statuses: []lead.Status{lead.Discovered, lead.Matched, lead.AutoRejected},
		}
		for more := true; more; more = f.Cursor != "" {
			entries, next, err := forUser(loadUser(w.user)).(forge.Lister).List(t.Context(), f)
			require.NoError(t, err)
			for _, e := range entries {
				held[e.ID] = e
			}
			f.Cursor = next
		}
		for id := range w.synced {
			require.Contains(t, held, id, "a sighting was acknowledged and is lost")
		}
		for id, r := range w.decided {
			require.Equal(t, r.Status, held[id].Status, "a decision was acknowledged and is lost")
			require.Equal(t, r.Assessment.Score, held[id].Assessment.Score)
			if r.Data != nil {
				require.Equal(t, r.Data.Description, held[id].Data.Description)
			}
		}
		synced, decided = synced+len(w.synced), decided+len(w.decided)
	}
	return synced, decided
}

// The server is killed under load and started again. Nothing that it acknowledged is lost, and the
// agents go on by themselves.
func TestKilledUnderLoadTheServerLosesNothingAndAgentsGoOn(t *testing.T) {
	t.Parallel()
	agents, long, kills := 8, 3*time.Second, 1
	if soaking() {
		agents, long, kills = 40, 12*time.Second, 3
	}
	file := filepath.Join(t.TempDir(), "forge.db")
	for _, backend := range []struct {
		name string
		open func(t *testing.T) (args []string, forUser func(user string) forge.Store)
	}{
		{"sqlite", func(t *testing.T) ([]string, func(user string) forge.Store) {
			t.Helper()
			db, err := sqlite.Open(t.Context(), file, nil)
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() })
			require.NoError(t, db.Migrate(t.Context()))
			return []string{"-db", file}, func(user string) forge.Store { return db.ForUser(user) }
		}},
		{"postgres", func(t *testing.T) ([]string, func(user string) forge.Store) {
			t.Helper()
			dsn := database.DSN(t)
			return []string{"-postgres", dsn}, openPostgres(t, dsn)
		}},
	} {
		t.Run(backend.name, func(t *testing.T) {
			args, forUser := backend.open(t)
			server := spawn(t, agents, args...)
			transport := &http.Transport{MaxIdleConnsPerHost: agents}
			defer transport.CloseIdleConnections()
			var workers []*worker
			for i := range agents {
				workers = append(workers, newWorker(t, i, server.url, transport))
			}
			failed := pound(t.Context(), workers, long, func() {
				for range kills {
					select {
					case <-time.After(long / time.Duration(kills+1)):
					case <-t.Context().Done():
					}
					server.kill()
					server.start()
				}
			})
			require.Empty(t, failed)
			synced, decided := acknowledged(t, forUser, workers)
			require.Positive(t, decided)
			calls, slow := p99(workers)
			t.Logf(
				"%d agents, %d kills: %d calls, p99 %v; %d sightings and %d decisions acknowledged, 0 lost",
				agents, kills, calls, slow, synced, decided,
			)
		})
	}
}

func openPostgres(tb testing.TB, dsn string) func(user string) forge.Store {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), dsn, nil)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	require.NoError(tb, db.Migrate(tb.Context()))
	return func(user string) forge.Store { return db.ForUser(user) }
}

// While two hundred agents work for half a minute, no call fails, and the server's memory does not grow
// with the number of calls.
//
// It does not run in parallel, because times and memory are measured.
func TestTwoHundredAgentsMeetNoErrorAndMemoryStaysFlat(t *testing.T) {
	agents, long := 30, 3*time.Second
	if soaking() {
		agents, long = 200, 30*time.Second
	}
	dsn := database.DSN(t)
	forUser := openPostgres(t, dsn)
	server := spawn(t, agents, "-postgres", dsn)
	transport := &http.Transport{MaxIdleConnsPerHost: agents}
	defer transport.CloseIdleConnections()
	var workers []*worker
	for i := range agents {
		workers = append(workers, newWorker(t, i, server.url, transport))
	}
	var early atomic.Int64
	failed := pound(t.Context(), workers, long, func() {
		select {
		case <-time.After(long / 3):
		case <-t.Context().Done():
		}
		early.Store(server.memory(t))
	})
	late := server.memory(t)
	require.Empty(t, failed)
	synced, decided := acknowledged(t, forUser, workers)
	calls, slow := p99(workers)
	t.Logf("%d agents for %v: %d calls (%.0f/s), p99 %v, 0 errors; "+
		"memory %d MB after a third, %d MB at the end; %d sightings, %d decisions",
		agents, long, calls, float64(calls)/long.Seconds(), slow, early.Load()>>20, late>>20, synced, decided)
	require.Less(t, late, early.Load()*3/2+32<<20, "memory grows with what was done")
}

// memory returns the server's resident memory in bytes.
func (c *child) memory(t *testing.T) int64 {
	t.Helper()
	_, metrics := fetch(t, c.url+"/metrics")
	found := regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`).FindStringSubmatch(metrics)
	require.NotNil(t, found)
	bytes, err := strconv.ParseFloat(found[1], 64)
	require.NoError(t, err)
	return int64(bytes)
}
