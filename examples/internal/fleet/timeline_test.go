package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/store/postgres"
)

// calm is a board of no pages: each search finds one job, and a new one each day.
type calm struct{ *timeline }

func (calm) Source() string { return "calm" }

func (c calm) Search(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		c.ran[c.working]++
		id := c.at.Format("2006-01-02")
		yield(lead.Lead{Source: "calm", ExternalID: id, Title: "Job", URL: "https://calm.example/" + id}, nil)
	}
}

func (calm) Detail(context.Context, lead.Lead) (enrich.Data, error) {
	return enrich.Data{Description: "The text of a job, long enough to be kept."}, nil
}

// A timeline is a worker whose clock the test moves, and which plays River's part: it works what
// waits, and cleans what River would clean by then.
type timeline struct {
	*worker
	t       *testing.T
	at      time.Time
	ran     map[int64]int // runs of each search
	working int64         // the search whose job is worked
	most    int           // rows of River at any time
	resumes map[string]bool
}

// newTestWorker returns a worker that is not started, with a database of its own.
func newTestWorker(t *testing.T, o func(*workerOptions)) *worker {
	t.Helper()
	dsn := server.DSN(t)
	require.NoError(t, migrate(t.Context(), dsn))
	options := workerOptions{
		dsn: dsn, address: "198.51.100.7", interval: time.Millisecond, searches: 1, enrichs: 1, scores: 1,
		slice: time.Minute, every: time.Second, lease: time.Minute, timeout: time.Minute,
		scorer: always(slowScorer(0)), polite: polite.Options{AllowLoopback: true},
		resume: func(context.Context, string) (string, error) { return "The résumé", nil },
		log:    slog.New(slog.DiscardHandler),
	}
	if o != nil {
		o(&options)
	}
	w, err := newWorker(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(w.close)
	return w
}

func newTimeline(t *testing.T) *timeline {
	t.Helper()
	l := &timeline{
		t: t, at: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC), ran: map[int64]int{},
		resumes: map[string]bool{},
	}
	l.worker = newTestWorker(t, func(o *workerOptions) {
		o.now = func() time.Time { return l.at }
		o.resume = func(_ context.Context, user string) (string, error) {
			if l.resumes[user] {
				return "The résumé", nil
			}
			return "", errors.New("no file: put one there")
		}
		o.boards = map[string]func(*http.Client) (forge.Scraper, error){
			"calm": func(*http.Client) (forge.Scraper, error) { return calm{l}, nil },
		}
	})
	jobs, err := postgres.Open(t.Context(), l.dsn, &postgres.Options{Now: l.now})
	require.NoError(t, err)
	t.Cleanup(func() { _ = jobs.Close() })
	l.store = func(user string) forge.Store { return jobs.ForUser(user) }
	return l
}

// step sweeps, and works what waits unless the workers are down.
func (l *timeline) step() {
	l.t.Helper()
	require.NoError(l.t, l.sweep(l.t.Context()))
	l.work()
	// River keeps ended jobs for a day, and discarded ones for a week.
	_, err := l.pool.Exec(l.t.Context(), `
DELETE FROM river_job WHERE state IN ('completed', 'cancelled')
AND finalized_at < $1::timestamptz - interval '1 day'
OR state = 'discarded' AND finalized_at < $1::timestamptz - interval '7 days'`, l.at)
	require.NoError(l.t, err)
	l.most = max(l.most, l.rows())
}

// pass lets time pass in steps.
func (l *timeline) pass(d, step time.Duration) {
	l.t.Helper()
	for end := l.at.Add(d); l.at.Before(end); l.at = l.at.Add(step) {
		l.step()
	}
}

func (l *timeline) rows() (n int) {
	l.t.Helper()
	require.NoError(l.t, l.pool.QueryRow(l.t.Context(), `SELECT count(*) FROM river_job`).Scan(&n))
	return n
}

// work works each waiting job once.
func (l *timeline) work() {
	l.t.Helper()
	waiting, err := l.client.JobList(l.t.Context(),
		river.NewJobListParams().States(rivertype.JobStateAvailable).First(1000))
	require.NoError(l.t, err)
	for _, row := range waiting.Jobs {
		state := rivertype.JobStateCompleted
		if err := l.workOne(row); errors.As(err, new(*river.JobCancelError)) {
			state = rivertype.JobStateCancelled
		} else if err != nil {
			require.ErrorIs(l.t, err, scorer.ErrUnavailable, "the only failure that is played")
			state = rivertype.JobStateDiscarded
		}
		_, err := l.pool.Exec(l.t.Context(), `UPDATE river_job SET state = $2::text::river_job_state,
			created_at = $3, finalized_at = $3 WHERE id = $1`, row.ID, string(state), l.at)
		require.NoError(l.t, err)
	}
}

func (l *timeline) workOne(row *rivertype.JobRow) error {
	l.t.Helper()
	if row.Kind == (enrichArgs{}).Kind() {
		return (&enricher{worker: l.worker}).Work(l.t.Context(), parsed[enrichArgs](l.t, row))
	}
	job := parsed[searchArgs](l.t, row)
	l.working = job.Args.ID
	return (&searcher{worker: l.worker}).Work(l.t.Context(), job)
}

// parsed is a job as River gives it to a worker.
func parsed[T river.JobArgs](t *testing.T, row *rivertype.JobRow) *river.Job[T] {
	t.Helper()
	job := &river.Job[T]{JobRow: row}
	require.NoError(t, json.Unmarshal(row.EncodedArgs, &job.Args))
	return job
}

func (l *timeline) add(user string, every time.Duration) int64 {
	l.t.Helper()
	id, err := addSearch(l.t.Context(), l.pool,
		search{User: user, Board: "calm", Keywords: every.String(), Every: int(every.Seconds())})
	require.NoError(l.t, err)
	return id
}

// waiting counts River's available rows of a kind.
func (l *timeline) waiting(kind string) (n int) {
	l.t.Helper()
	require.NoError(l.t, l.pool.QueryRow(l.t.Context(),
		`SELECT count(*) FROM river_job WHERE kind = $1 AND state = 'available'`, kind).Scan(&n))
	return n
}

func (l *timeline) exec(statement string, args ...any) {
	l.t.Helper()
	_, err := l.pool.Exec(l.t.Context(), statement, args...)
	require.NoError(l.t, err)
}

func (l *timeline) change(id int64, operation, statement string) {
	l.t.Helper()
	n, err := selection{id: id}.change(l.t.Context(), l.pool, operation, statement)
	require.NoError(l.t, err)
	require.Equal(l.t, 1, n)
}
