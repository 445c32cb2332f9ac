package fleet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/forgeotel"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer/lexical"
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
	slice    time.Duration // how long one user is worked for while others wait
	every    time.Duration // between two sweeps
	events   time.Duration // how long changes are kept; if zero, none are recorded
	lease    time.Duration
	timeout  time.Duration // of one River job; a dead worker's search is taken up again a little later

	scorer func(gate.Gate) (forge.Scorer, error) // for a user's gate
	resume func(ctx context.Context, user string) (string, error)
	polite polite.Options // of every board; its pace is the fleet's
	boards map[string]func(*http.Client) (forge.Scraper, error)
	log    *slog.Logger

	telemetry *forgeotel.Telemetry // nil if nothing is traced or counted
	now       func() time.Time     // the clock of schedules; if nil, the database's
}

// A worker is one process of the fleet.
type worker struct {
	workerOptions
	pool   *pgxpool.Pool // of the fleet and of River
	store  func(user string) forge.Store
	boards map[string]board
	client *river.Client[pgx.Tx]
	closes []func()

	sketcher forge.Sketcher // a model makes no sketches of what it rejects
}

// A board is an adapter and the pace that the fleet asks it at.
type board struct {
	scraper forge.Scraper
	pace    *pace
}

const (
	rescueAfter   = 5 * time.Second  // after the timeout: the job's worker is dead
	closeTimeout  = 5 * time.Second  // of a worker's connections
	localInterval = time.Millisecond // the pace is in the database
)

// newWorker connects. It waits for a database that is away, for a minute. Close the worker.
func newWorker(ctx context.Context, o workerOptions) (*worker, error) {
	until := time.Now().Add(time.Minute)
	sketcher := lexical.New(nil)
	for {
		w := &worker{workerOptions: o, boards: map[string]board{}, sketcher: sketcher}
		err := w.connect(ctx)
		if err == nil {
			return w, nil
		}
		w.close()
		if lasting(err) || time.Now().After(until) {
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
	var err error
	if w.pool, err = openFleet(ctx, o.dsn); err != nil {
		return err
	}
	w.closes = append(w.closes, w.pool.Close)
	jobs, err := postgres.Open(ctx, o.dsn, &postgres.Options{Events: o.events > 0, KeepEvents: o.events})
	if err != nil {
		return err
	}
	w.closes = append(w.closes, func() { _ = jobs.Close() })
	w.store = func(user string) forge.Store { return jobs.ForUser(user) }
	for name, open := range o.boards {
		b := board{pace: &pace{
			pool: w.pool, board: name, address: o.address, interval: o.interval,
			most: max(time.Minute, o.interval), next: polite.NewTransport(o.polite.AllowLoopback),
		}}
		p := o.polite
		p.Transport, p.Interval, p.Burst = b.pace, localInterval, 1
		if o.telemetry != nil {
			p.Transport = o.telemetry.Transport(b.pace)
		}
		client, err := polite.NewClient(&p)
		if err != nil {
			return err
		}
		if b.scraper, err = open(client); err != nil {
			return err
		}
		w.boards[name] = b
	}
	w.client, err = w.river()
	return err
}

func (w *worker) river() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	if err := errors.Join(
		river.AddWorkerSafely(workers, &searcher{worker: w}),
		river.AddWorkerSafely(workers, &enricher{worker: w}),
	); err != nil {
		return nil, err
	}
	return river.NewClient(riverpgxv5.New(w.pool), &river.Config{
		Queues: map[string]river.QueueConfig{
			queueSearch: {MaxWorkers: w.searches},
			queueEnrich: {MaxWorkers: w.enrichs},
		},
		Workers: workers, Logger: w.log, JobTimeout: w.timeout, RescueStuckJobsAfter: w.timeout + rescueAfter,
	})
}

// work runs until ctx ends, and then finishes what it has begun, for as long as grace lasts.
func (w *worker) work(ctx context.Context, grace time.Duration) error {
	if err := w.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := w.sweep(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("no work was given out; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := w.client.Stop(stopping); err == nil {
		return nil
	}
	return w.client.StopAndCancel(context.WithoutCancel(ctx))
}

// at is the time of schedules; nil stands for the database's clock.
func (w *worker) at() *time.Time {
	if w.now == nil {
		return nil
	}
	return new(w.now())
}

// close closes what connect opened. It waits for that for closeTimeout at most, because connections
// to a server that fell silent are given a minute to close.
func (w *worker) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for _, c := range slices.Backward(w.closes) {
			c()
		}
	}()
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	select {
	case <-closed:
	case <-timer.C:
	}
}
