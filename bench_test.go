package forge_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
)

// A stream is a board that lists any number of jobs and remembers none, so that what a measurement
// sees is forge's.
type stream struct {
	jobs      int
	pageTakes time.Duration // for a search page of 25 and for an advert
}

func (stream) Source() string { return "stream" }

func (s stream) Search(ctx context.Context, _ lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		for i := range s.jobs {
			if i%25 == 0 && s.pageTakes > 0 {
				if err := wait(ctx, s.pageTakes); err != nil {
					yield(lead.Lead{}, err)
					return
				}
			}
			id := strconv.Itoa(i + 1)
			l := lead.Lead{
				Source:     "stream",
				ExternalID: id,
				Title:      "job " + id,
				Company:    "Acme",
				Location:   "Ulm",
				URL:        "https://stream.example/" + id,
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (s stream) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	d := enrich.Data{Description: fmt.Sprintf("%s. %05000d", l.Title, 0)}
	if s.pageTakes == 0 {
		return d, nil
	}
	return d, wait(ctx, s.pageTakes)
}

func openSQLite(tb testing.TB, dir string) *sqlite.DB {
	tb.Helper()
	dir, err := os.MkdirTemp(dir, "") //nolint:usetesting // the caller says on which file system
	require.NoError(tb, err)
	db, err := sqlite.Open(tb.Context(), filepath.Join(dir, "forge.db"), nil)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, db.Close())
		require.NoError(tb, os.RemoveAll(dir))
	})
	require.NoError(tb, db.Migrate(tb.Context()))
	return db
}

// overhead runs a pipeline whose scorer takes 50 ms, one score at a time, on a SQLite file. It
// returns how long the run took, as a multiple of the time that its scorer took.
func overhead(tb testing.TB, jobs int, page time.Duration) float64 {
	tb.Helper()
	var scored atomic.Int64
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{
			stream{jobs: jobs, pageTakes: page},
		},
		Store:  openSQLite(tb, tb.TempDir()).ForUser("ada"),
		Resume: resume,
		Scorer: forge.ScorerFunc(
			func(ctx context.Context, _ string, _ enrich.Posting) (enrich.Assessment, error) {
				start := time.Now()
				err := wait(ctx, 50*time.Millisecond)
				scored.Add(int64(time.Since(start)))
				return enrich.Assessment{Score: 90, By: "script"}, err
			},
		),
	})
	require.NoError(tb, err)
	start := time.Now()
	report, err := p.Run(tb.Context(), lead.Query{})
	took := time.Since(start)
	require.NoError(tb, err)
	require.Equal(tb, jobs, report.Matched)
	return float64(took) / float64(scored.Load())
}

// BenchmarkOverhead reports the run's time as a multiple of its scorer's, which is to stay below
// 1.05.
func BenchmarkOverhead(b *testing.B) {
	sum := 0.0
	for b.Loop() {
		sum += overhead(b, 200, 20*time.Millisecond)
	}
	b.ReportMetric(sum/float64(b.N), "run/scorer")
}

// A run that read a page only after a score would take twice as long as its scorer. The bound is
// loose and there are three tries, because other tests run at the same time; BenchmarkOverhead
// measures.
func TestTheScorerIsKeptBusyOnSQLite(t *testing.T) {
	t.Parallel()
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	best := math.Inf(1)
	for try := 0; try < 3 && best >= 1.8; try++ {
		best = min(best, overhead(t, 30, 50*time.Millisecond))
	}
	require.Less(t, best, 1.8)
}

// peakHeap runs a pipeline over that many jobs on a SQLite file and returns the most that the heap
// held at any of five hundred moments of the run, in bytes. While its observer is busy a run stands
// still, so that garbage and the load of the machine do not count.
func peakHeap(b *testing.B, dir string, jobs int) uint64 {
	b.Helper()
	var peak uint64
	decided := 0
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{
			stream{jobs: jobs},
		},
		Store:  openSQLite(b, dir).ForUser("ada"),
		Resume: resume,
		Scorer: scoring(50),
		Scores: 4,
		Observe: func(e forge.Event) {
			if e.Kind != forge.EventMatched {
				return
			}
			if decided++; decided%(jobs/500) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.GC() // what pools hold goes with the second
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		},
	})
	require.NoError(b, err)
	report, err := p.Run(b.Context(), lead.Query{})
	require.NoError(b, err)
	require.Equal(b, jobs, report.Matched)
	return peak
}

// BenchmarkPeakHeap reports what a run's heap holds at most as a multiple of that of a run over a
// tenth of the jobs, which is to stay below 1.2: 100,000 jobs and 10,000 where time does not
// matter, else a tenth of each.
func BenchmarkPeakHeap(b *testing.B) {
	jobs := 10_000
	if soak() {
		jobs = 100_000
	}
	// A file system in memory, where there is one, makes this many times as fast.
	dir, err := os.MkdirTemp("/dev/shm", "forge") //nolint:usetesting // TempDir is on a disk
	if err != nil {
		dir = b.TempDir()
	}
	b.Cleanup(func() { require.NoError(b, os.RemoveAll(dir)) })
	for b.Loop() {
		few, many := peakHeap(b, dir, jobs/10), peakHeap(b, dir, jobs)
		b.ReportMetric(float64(many), "B-peak")
		b.ReportMetric(float64(many)/float64(few), "peak/peak")
	}
}
