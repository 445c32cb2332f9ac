package forge_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const (
	victimEnv   = "FORGE_TEST_VICTIM" // set in the process that is to be killed: the folder it works in
	victimLease = time.Second
)

// A journal is what the victim was told by the store, one line each. A line is one write to a file
// opened for appending, so that it is there whole, or not at all, whenever the process dies.
type journal struct{ f *os.File }

func (j journal) note(what string, about any) error {
	_, err := fmt.Fprintf(j.f, "%s %v\n", what, about)
	return err
}

// journalled writes down what the store acknowledged, after it did.
type journalled struct {
	*sqlite.Store
	journal
	keys *sync.Map // of the claimed jobs, by id
}

func (s journalled) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	refs, err := s.Store.Sync(ctx, leads)
	for _, l := range leads {
		if err == nil {
			err = s.note("synced", l.Key())
		}
	}
	return refs, err
}

func (s journalled) Claim(
	ctx context.Context,
	n int,
	lease time.Duration,
	sources ...string,
) ([]store.Job, error) {
	jobs, err := s.Store.Claim(ctx, n, lease, sources...)
	for _, j := range jobs {
		s.keys.Store(j.ID, j.Lead.Key())
		if j.Attempts > 0 && err == nil {
			err = s.note("attempted", j.Lead.Key())
		}
	}
	return jobs, err
}

func (s journalled) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	err := s.Store.Decide(ctx, l, d)
	if err == nil {
		key, _ := s.keys.Load(l.ID)
		err = s.note("decided", key)
	}
	return err
}

// journalledPipeline lists n jobs, keeps every second of them, and writes down which it scores.
func journalledPipeline(db *sqlite.DB, j journal, n int, takes time.Duration) (*forge.Pipeline, error) {
	return forge.New(forge.Config{
		Scrapers: boards(&board{name: "one", pages: listing("one", n, 25)}),
		Resume:   resume,
		Store:    journalled{db.ForUser("ada"), j, new(sync.Map)},
		Scores:   2,
		Lease:    victimLease,
		Scorer: forge.ScorerFunc(
			func(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
				if err := j.note("scoring", p.Lead.Key()); err != nil {
					return enrich.Assessment{}, err
				}
				return enrich.Assessment{Score: number(p.Lead) % 2 * 50, By: "script"}, wait(ctx, takes)
			},
		),
	})
}

// victim works until it is killed, or until nothing is due.
func victim(dir string) int {
	n, err := strconv.Atoi(os.Getenv(victimEnv + "_JOBS"))
	if err == nil {
		err = runVictim(dir, n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runVictim(dir string, n int) (err error) {
	ctx := context.Background()
	f, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "forge.db"), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	p, err := journalledPipeline(db, journal{f}, n, 5*time.Millisecond)
	if err != nil {
		return err
	}
	_, err = p.Run(ctx, lead.Query{})
	return err
}

// murder starts a victim and kills it after a random time; false: it had ended by itself.
func murder(t *testing.T, dir string, n int) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+dir, fmt.Sprintf("%s_JOBS=%d", victimEnv, n))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	<-time.After(time.Duration(rand.Int64N(int64(300 * time.Millisecond))))
	_ = cmd.Process.Kill() // it may have ended
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status, ok := exit.Sys().(syscall.WaitStatus)
		require.True(t, ok && status.Signaled() && status.Signal() == syscall.SIGKILL,
			"the victim failed by itself: %v: %s", err, stderr.String())
		return true
	}
	require.NoError(t, err)
	return false
}

// decidedIn reads from the file what is decided in it.
func decidedIn(t *testing.T, db *sqlite.DB) map[string]bool {
	t.Helper()
	decided := map[string]bool{}
	f := store.Filter{Statuses: []lead.Status{lead.Matched, lead.AutoRejected}, Limit: store.MaxPage}
	for {
		entries, next, err := db.ForUser("ada").List(t.Context(), f)
		require.NoError(t, err)
		for _, e := range entries {
			require.NotNil(t, e.Assessment, "a decision has its score")
			require.Equal(t, e.Status == lead.Matched, e.Data != nil, "and its text, if it is a match")
			decided[e.Lead.Key().String()] = true
		}
		if next == "" {
			return decided
		}
		f.Cursor = next
	}
}

// Agents are killed one after the other at random moments: while they migrate, sync, claim, score
// or record. No lead whose sync was acknowledged is lost, nothing that was decided is scored again,
// and one lease after the last death the next run finishes all that is left.
func TestAKilledAgentLosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	kills := 8
	if soak() {
		kills = 60
	}
	n := 480 + 60*kills
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), nil, 0o600))

	path := filepath.Join(dir, "forge.db")
	decided, synced := map[string]bool{}, map[string]bool{}
	read := 0 // lines of the journal that were checked
	check := func(db *sqlite.DB) {
		b, err := os.ReadFile(filepath.Join(dir, "journal"))
		require.NoError(t, err)
		lines := strings.SplitAfter(string(b), "\n")
		lines = lines[:len(lines)-1] // nothing follows the last line end
		for _, line := range lines[read:] {
			what, key, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch what {
			case "synced":
				synced[key] = true
			case "scoring":
				require.False(t, decided[key], "%s is scored although it is decided", key)
			case "decided":
				decided[key] = true
			default:
				require.Fail(t, "a crash is no attempt", line)
			}
		}
		read = len(lines)
		now := decidedIn(t, db)
		for key := range decided {
			require.True(t, now[key], "the decision on %s is lost", key)
		}
		decided = now // with those that were recorded, and not heard of, when the agent died
	}

	for died := 0; died < kills; {
		if murder(t, dir, n) {
			died++
		}
		db, err := sqlite.Open(t.Context(), path, nil)
		require.NoError(t, err)
		require.NoError(t, db.Migrate(t.Context()), "whatever it was doing")
		check(db)
		require.NoError(t, db.Close())
		require.Less(t, len(decided), n, "the jobs are done before the killing is: give it more")
	}

	// One lease later, whatever the dead held is due.
	db, err := sqlite.Open(t.Context(), path,
		&sqlite.Options{Now: func() time.Time { return time.Now().Add(victimLease) }})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	f, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	p, err := journalledPipeline(db, journal{f}, 0, 0)
	require.NoError(t, err)
	before := len(decided)
	report, err := p.Enrich(t.Context()) // without a search: every lead must be there already
	require.NoError(t, err)
	check(db)
	for key := range synced {
		require.True(t, decided[key], "%s was acknowledged, and is lost", key)
	}
	stats, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.ByStatus[lead.Discovered], "nothing is left")
	require.Equal(t, len(decided)-before, report.Matched+report.Rejected)
	t.Logf("%d kills: %d leads acknowledged, %d decided by the dead, %d by the last run", kills, len(synced),
		before, len(decided)-before)
}
