package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/store/postgres"
)

// workerOptions are what one worker process is made of.
type workerOptions struct {
	dsn      string
	address  string        // what boards see this machine as: workers with one address share their pace
	interval time.Duration // between two requests of the whole fleet to one board
	searches int           // run at once by this process
	enrichs  int           // users worked for at once by this process
	scores   int           // jobs of one user scored at once
	turn     time.Duration // how long one user is worked for before others have their turn
	sweep    time.Duration // how often due work is looked for
	lease    time.Duration
	timeout  time.Duration // of one River job; a dead worker's search is taken up again a little later

	scorer forge.Scorer
	resume func(ctx context.Context, user string) (string, error)
	polite polite.Options // of every board; its pace is the fleet's
	boards map[string]func(*http.Client) (forge.Scraper, error)
	log    *slog.Logger
}

// A worker is one process of the fleet.
type worker struct {
	workerOptions
	db     *sqlx.DB // searches and paces
	store  func(user string) forge.Store
	boards map[string]board
	client *river.Client[pgx.Tx]
	closes []func()
}

// A board is an adapter and the pace that the fleet asks it at.
type board struct {
	scraper forge.Scraper
	pace    *pace
}

const (
	refreshEvery  = 10 * time.Second // of the searches
	rescueAfter   = 5 * time.Second  // after the timeout: the job's worker is dead
	localInterval = time.Millisecond // the pace is in the database
)

// newWorker connects, and waits for a database that is away, for a minute. Close the worker.
func newWorker(ctx context.Context, o workerOptions) (*worker, error) {
	until := time.Now().Add(time.Minute)
	for {
		w := &worker{workerOptions: o, boards: map[string]board{}}
		err := w.connect(ctx)
		if err == nil {
			return w, nil
		}
		w.close()
		if errors.As(err, new(*lead.FieldError)) || time.Now().After(until) {
			return nil, err
		}
		o.log.Warn("not connected; trying again", "error", err)
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		case <-timer.C:
		}
	}
}

func (w *worker) connect(ctx context.Context) error {
	o := w.workerOptions
	jobs, err := postgres.Open(ctx, o.dsn, nil)
	if err != nil {
		return err
	}
	w.closes = append(w.closes, func() { _ = jobs.Close() })
	w.store = func(user string) forge.Store { return jobs.ForUser(user) }
	if w.db, err = openFleet(o.dsn); err != nil {
		return err
	}
	w.closes = append(w.closes, func() { _ = w.db.Close() })
	pool, err := pgxpool.New(ctx, o.dsn)
	if err != nil {
		return fmt.Errorf("fleet: connect: %w", err)
	}
	w.closes = append(w.closes, pool.Close)
	for name, open := range o.boards {
		b := board{pace: &pace{
			db: w.db, board: name, address: o.address, interval: o.interval,
			most: max(time.Minute, o.interval), next: polite.NewTransport(o.polite.AllowLoopback),
		}}
		p := o.polite
		p.Transport, p.Interval, p.Burst = b.pace, localInterval, 1
		client, err := polite.NewClient(&p)
		if err != nil {
			return err
		}
		if b.scraper, err = open(client); err != nil {
			return err
		}
		w.boards[name] = b
	}
	w.client, err = w.river(pool)
	return err
}

func (w *worker) river(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	if err := errors.Join(
		river.AddWorkerSafely(workers, &searcher{worker: w}),
		river.AddWorkerSafely(workers, &enricher{worker: w}),
		river.AddWorkerSafely(workers, &sweeper{worker: w}),
	); err != nil {
		return nil, err
	}
	return river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: map[string]river.QueueConfig{
			queueSearch:        {MaxWorkers: w.searches},
			queueEnrich:        {MaxWorkers: w.enrichs},
			river.QueueDefault: {MaxWorkers: 1},
		},
		Workers: workers, Logger: w.log, JobTimeout: w.timeout, RescueStuckJobsAfter: w.timeout + rescueAfter,
		PeriodicJobs: []*river.PeriodicJob{w.periodic("sweep", w.sweep, sweepArgs{}, river.InsertOpts{
			UniqueOpts: river.UniqueOpts{ByPeriod: w.sweep}, MaxAttempts: 1,
		})},
	})
}

// periodic is a job that is inserted at once and then again after each interval.
func (w *worker) periodic(
	id string, every time.Duration, args river.JobArgs, opts river.InsertOpts,
) *river.PeriodicJob {
	insert := func() (river.JobArgs, *river.InsertOpts) { return args, &opts }
	return river.NewPeriodicJob(river.PeriodicInterval(every), insert, &river.PeriodicJobOpts{
		ID: id, RunOnStart: true,
	})
}

// work runs until ctx ends, and then finishes what it has begun, for as long as grace lasts.
func (w *worker) work(ctx context.Context, grace time.Duration) error {
	if err := w.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("fleet: start: %w", err)
	}
	known := map[int64]search{}
	refresh := time.NewTicker(refreshEvery)
	defer refresh.Stop()
	for ctx.Err() == nil {
		if err := w.schedule(ctx, known); err != nil {
			w.log.Warn("searches not read; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-refresh.C:
		}
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := w.client.Stop(stopping); err == nil {
		return nil
	}
	return w.client.StopAndCancel(context.WithoutCancel(ctx))
}

// schedule makes River's periodic jobs those of the table. Every worker does it, because any of
// them may become the leader, which is the one that inserts.
func (w *worker) schedule(ctx context.Context, known map[int64]search) error {
	list, err := listSearches(ctx, w.db)
	if err != nil {
		return err
	}
	periodic, now := w.client.PeriodicJobs(), map[int64]bool{}
	for _, s := range list {
		now[s.ID] = true
		if known[s.ID] == s {
			continue
		}
		id := fmt.Sprintf("search-%d", s.ID)
		periodic.RemoveByID(id)
		_, err := periodic.AddSafely(w.periodic(id, s.every(), searchArgs{ID: s.ID}, river.InsertOpts{
			Queue: queueSearch, MaxAttempts: 5,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: s.every()},
		}))
		if err != nil {
			return fmt.Errorf("fleet: schedule search %d: %w", s.ID, err)
		}
		known[s.ID] = s
	}
	for id := range known {
		if !now[id] {
			periodic.RemoveByID(fmt.Sprintf("search-%d", id))
			delete(known, id)
		}
	}
	return nil
}

func (w *worker) close() {
	for i := len(w.closes) - 1; i >= 0; i-- {
		w.closes[i]()
	}
}

// openFleet opens a small pool for searches and paces. It does not connect.
func openFleet(dsn string) (*sqlx.DB, error) {
	db, err := sqlx.Open("postgres", dsn)
	if err != nil {
		return nil, fmt.Errorf("fleet: connect: %w", err)
	}
	db.SetMaxOpenConns(4)
	return db, nil
}

// encoded is args as River stores them.
func encoded(args river.JobArgs) string {
	b, _ := json.Marshal(args) // a struct of strings has no form that fails
	return string(b)
}
