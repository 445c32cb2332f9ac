package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
)

// River's queues. Searches wait for boards and scoring waits for models; neither is to hold the
// other up.
const (
	queueSearch = "search"
	queueEnrich = "enrich"
)

// searchArgs is a job that runs one search once. All but the number is for the reader of the page,
// which shows the arguments of a job.
type searchArgs struct {
	ID       int64  `json:"id"       db:"id"       river:"unique"`
	User     string `json:"user"     db:"user_id"`
	Board    string `json:"board"    db:"board"`
	Keywords string `json:"keywords" db:"keywords"`
	Location string `json:"location" db:"location"`
}

// Kind names the job in River's tables.
func (searchArgs) Kind() string { return "search" }

// enrichArgs is a job that decides what is due for one user, for a while.
type enrichArgs struct {
	User string `json:"user"`
}

// Kind names the job in River's tables.
func (enrichArgs) Kind() string { return "enrich" }

// searcher runs searches.
type searcher struct {
	river.WorkerDefaults[searchArgs]
	*worker
}

// Work searches. If the board refuses the fleet's address, during this run or since before, the job
// waits until the board may be asked again. If the user cannot be served, the search is due again as
// soon as the user can be.
func (w *searcher) Work(ctx context.Context, job *river.Job[searchArgs]) error {
	s, found, err := findSearch(ctx, w.pool, job.Args.ID)
	if err != nil || !found {
		return err
	}
	b, known := w.boards[s.Board]
	if !known {
		return fmt.Errorf("search %d: this worker does not know the board %q: upgrade it", s.ID, s.Board)
	}
	if err := b.pace.snooze(ctx); err != nil {
		return err
	}
	run, err := w.pipeline(ctx, s.User, s.Exclude, w.store(s.User), b.scraper)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return errors.Join(w.hold(ctx, s.User, err), searchAnew(ctx, w.pool, s.ID), river.JobCancel(err))
	}
	q, err := s.query()
	if err != nil {
		return fmt.Errorf("search %d: this worker does not know its filters: upgrade it: %w", s.ID, err)
	}
	report, err := run.Discover(ctx, q)
	w.log.Info("searched", "search", s.ID, "board", s.Board, "found", report.Found, "new", report.New)
	if err := run.settle(ctx, err); err != nil {
		return err
	}
	if err := release(ctx, w.pool, s.User); err != nil || !run.refused(s.Board) {
		return err
	}
	return b.pace.snooze(ctx)
}

// snooze makes a job wait while the board is to be left alone. It returns nil if the board may be
// asked.
func (p *pace) snooze(ctx context.Context) error {
	left, err := p.blocked(ctx)
	if err != nil || left <= 0 {
		return err
	}
	return river.JobSnooze(left)
}

// enricher decides.
type enricher struct {
	river.WorkerDefaults[enrichArgs]
	*worker
}

// Work scores what is due for the user until nothing is, or until the user's time slice is over,
// because others wait. A slice that leaves due work without having done any makes the user wait: a
// sweep would find the same work again at once.
func (w *enricher) Work(ctx context.Context, job *river.Job[enrichArgs]) error {
	user := job.Args.User
	if found, err := hasSearches(ctx, w.pool, user); err != nil || !found {
		return err
	}
	var all []forge.Scraper
	for _, b := range w.boards {
		all = append(all, b.scraper)
	}
	view := untilStore{Store: w.store(user), until: time.Now().Add(w.slice)}
	run, err := w.pipeline(ctx, user, nil, view, all...)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return errors.Join(w.hold(ctx, user, err), river.JobCancel(err))
	}
	r, err := run.Enrich(ctx)
	if r != (forge.Report{}) {
		w.log.Info("decided", "user", user, "matched", r.Matched, "rejected", r.Rejected, "retried",
			r.Retried)
	}
	err = run.settle(ctx, err)
	switch {
	case ctx.Err() != nil:
		return err
	case r.Matched+r.Rejected+r.Closed+r.Failed > 0:
		return errors.Join(err, release(ctx, w.pool, user))
	case err != nil:
		return errors.Join(err, w.hold(ctx, user, err))
	}
	due, err := w.due(ctx, user)
	switch {
	case err != nil:
		return err
	case due:
		return w.hold(ctx, user, errors.New("jobs are due, and none could be decided: their boards refuse"))
	default:
		return release(ctx, w.pool, user)
	}
}

// due reports whether the user has jobs that are due and that nobody holds.
func (w *worker) due(ctx context.Context, user string) (due bool, err error) {
	err = w.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM user_job_map
		WHERE user_id = $1 AND due_at <= coalesce($2::timestamptz, clock_timestamp()))`, user, w.at()).
		Scan(&due)
	return due, explain("look for due work", err)
}

// An untilStore hands out no more jobs when its time is over. Those that were handed out are
// finished.
type untilStore struct {
	forge.Store
	until time.Time
}

// Claim takes due jobs while there is time.
func (s untilStore) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) (
	[]store.Job, error,
) {
	if time.Now().After(s.until) {
		return nil, nil
	}
	return s.Store.Claim(ctx, n, lease, sources...)
}
