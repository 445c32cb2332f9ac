package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// What the recognition of twins costs in a large catalogue. FORGE_MEASURE=1 runs it.
func TestTwinsCostAtAMillionJobs(t *testing.T) {
	t.Parallel()
	if os.Getenv("FORGE_MEASURE") != "1" {
		t.Skip("takes minutes: set FORGE_MEASURE=1")
	}
	const jobs, sample = 1_000_000, 2000
	path := filepath.Join(t.TempDir(), "forge.db")
	db, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	exec := func(query string, args ...any) {
		_, err := db.write.ExecContext(t.Context(), query, args...)
		require.NoError(t, err)
	}
	size := func() int64 {
		exec(`VACUUM`)
		exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Size()
	}
	exec(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO jobs (id, source, external_id, title, company, location, url, first_seen_at, last_seen_at)
		SELECT i, 'one', 'x' || i, 'Keeper ' || i, 'Kranich', 'Köln', 'https://one.example/' || i, 1, 1
		FROM n`, jobs)
	exec(`INSERT INTO user_job_map (user_id, job_id, application_status, discovered_at, updated_at)
		SELECT 'ada', id, 'AUTO_REJECTED', 1, 1 FROM jobs`)
	exec(`INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, scored_by, rejected,
		created_at, updated_at) SELECT 'ada', id, 5, 'Another trade.', 'judge/1', 1, 1, 1 FROM jobs`)
	before := size()
	// One in four is a twin of the job before. Hashes are spread evenly over their range.
	exec(`UPDATE job_match_analysis SET fingerprint = random(), twin_key = random() >> 32,
		twin_of = CASE WHEN job_id % 4 = 0 THEN job_id - 1 END`)
	t.Logf("%.1f bytes a job", float64(size()-before)/jobs)

	s := db.ForUser("ada")
	decide := func(from int, fingerprint uint64) time.Duration {
		leads := make([]lead.Lead, 0, sample)
		for i := range sample {
			id := fmt.Sprint(from + i)
			leads = append(leads, lead.Lead{
				Source: "two", ExternalID: id, Title: "Baker " + id, Company: "Storch",
				URL: "https://two.example/" + id,
			})
		}
		var ids []int64
		for len(leads) > 0 {
			n := min(len(leads), store.MaxBatch)
			refs, err := s.Sync(t.Context(), leads[:n])
			require.NoError(t, err)
			for _, r := range refs {
				ids = append(ids, r.ID)
			}
			leads = leads[n:]
		}
		began := time.Now()
		for i, id := range ids {
			d := enrich.Decision{
				Assessment: enrich.Assessment{Score: 5, Reasoning: "Another trade.", By: "judge/1"},
				Status:     lead.AutoRejected,
			}
			if fingerprint != 0 {
				d.Fingerprint = fingerprint + uint64(i) //nolint:gosec // it is positive
			}
			require.NoError(t, s.Decide(t.Context(), store.Lease{ID: id}, d))
		}
		return time.Since(began) / sample
	}
	for round := range 3 {
		without, with := decide(round*2*sample, 0), decide((round*2+1)*sample, 1<<40)
		t.Logf("a decision takes %v, without a fingerprint %v", with, without)
	}
	ids := make([]int64, 25)
	for i := range ids {
		ids[i] = int64(i*40 + 3)
	}
	began := time.Now()
	for range 100 {
		twins, err := s.Twins(t.Context(), ids)
		require.NoError(t, err)
		require.Len(t, twins, len(ids))
	}
	t.Logf("the twins of a page of %d take %v", len(ids), time.Since(began)/100)
}
