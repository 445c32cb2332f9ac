package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
)

// River's queues: searches wait for boards, scoring for models, and neither is to hold the other
// up.
const (
	queueSearch = "search"
	queueEnrich = "enrich"
)

// searchArgs is a job that runs one search. It is periodic, and unique in its period: a new leader
// does not search again.
type searchArgs struct {
	ID int64 `json:"id"`
}

// Kind names the job in River's tables.
func (searchArgs) Kind() string { return "search" }

// enrichArgs is a job that decides what is due for one user, for a while.
type enrichArgs struct {
	User string `json:"user"`
}

// Kind names the job in River's tables.
func (enrichArgs) Kind() string { return "enrich" }

// sweepArgs is a job that looks for users with due work: what a dead worker held is due again when
// its leases end.
type sweepArgs struct{}

// Kind names the job in River's tables.
func (sweepArgs) Kind() string { return "sweep" }

// searcher runs searches.
type searcher struct {
	river.WorkerDefaults[searchArgs]
	*worker
}

// Work searches. A board that refused the fleet's address is not asked, and the job waits until it
// may be.
func (w *searcher) Work(ctx context.Context, job *river.Job[searchArgs]) error {
	s, found, err := findSearch(ctx, w.db, job.Args.ID)
	if err != nil || !found {
		return err
	}
	b, known := w.boards[s.Board]
	if !known {
		return fmt.Errorf("fleet: no worker knows the board %q", s.Board)
	}
	if left, err := b.pace.blocked(ctx); err != nil || left > 0 {
		return errors.Join(err, river.JobSnooze(left))
	}
	run, err := w.pipeline(ctx, s.User, w.store(s.User), b.scraper)
	if err != nil {
		return err
	}
	report, err := run.Discover(ctx, s.query())
	w.log.Info("searched", "search", s.ID, "board", s.Board, "found", report.Found, "new", report.New)
	if err := run.settle(ctx, err); err != nil {
		return err
	}
	if report.New+report.Expired == 0 {
		return nil
	}
	_, err = river.ClientFromContext[pgx.Tx](ctx).Insert(ctx, enrichArgs{User: s.User}, enrichOpts())
	return err
}

// enricher decides.
type enricher struct {
	river.WorkerDefaults[enrichArgs]
	*worker
}

// Work scores what is due for the user until nothing is, or its turn is over: others wait, too.
func (w *enricher) Work(ctx context.Context, job *river.Job[enrichArgs]) error {
	user := job.Args.User
	var all []forge.Scraper
	for _, b := range w.boards {
		all = append(all, b.scraper)
	}
	turn := untilStore{Store: w.store(user), until: time.Now().Add(w.turn)}
	run, err := w.pipeline(ctx, user, turn, all...)
	if err != nil {
		return err
	}
	report, err := run.Enrich(ctx)
	if report != (forge.Report{}) {
		w.log.Info("decided", "user", user, "matched", report.Matched, "rejected", report.Rejected, "retried",
			report.Retried)
	}
	return run.settle(ctx, err)
}

// An untilStore hands out no more jobs when its time is over, so that those at hand are finished
// and none is given back.
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

// sweeper finds due work.
type sweeper struct {
	river.WorkerDefaults[sweepArgs]
	*worker
}

// Work gives every user with due work a job, unless one waits already.
func (w *sweeper) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	client := river.ClientFromContext[pgx.Tx](ctx)
	users, err := dueUsers(ctx, w.db)
	if err != nil || len(users) == 0 {
		return err
	}
	waiting, err := client.JobList(ctx,
		river.NewJobListParams().Kinds(enrichArgs{}.Kind()).States(rivertype.JobStateAvailable).First(10_000))
	if err != nil {
		return fmt.Errorf("fleet: list waiting jobs: %w", err)
	}
	has := map[string]bool{}
	for _, j := range waiting.Jobs {
		has[string(j.EncodedArgs)] = true
	}
	var add []river.InsertManyParams
	for _, u := range users {
		if args := (enrichArgs{User: u}); !has[encoded(args)] {
			add = append(add, river.InsertManyParams{Args: args, InsertOpts: enrichOpts()})
		}
	}
	if len(add) > 0 {
		_, err = client.InsertManyFast(ctx, add)
	}
	return err
}

func enrichOpts() *river.InsertOpts { return &river.InsertOpts{Queue: queueEnrich, MaxAttempts: 1} }
