package agent

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// An agent runs one user's pipeline with a server as its store.
type agent struct {
	opts     options
	server   *rest.Client
	probe    *rest.Client // the same server, asked once and not again
	boards   *boards.Boards
	pipeline *forge.Pipeline
	show     shower

	// How long to wait for a server that is away. Each wait is twice as long as the one before.
	firstWait, longWait time.Duration
}

// A shower shows a person or a log what happens.
type shower interface {
	begin(o options, opened *search.Opened)
	reviewed(r search.Review)
	rejudged(r forge.Rejudgement)
	observe(e forge.Event)
	done(r forge.Report, waiting []store.Entry, err error, next time.Duration)
	away(err error, wait time.Duration)
}

func newAgent(ctx context.Context, o options, stdout, stderr *os.File) (*agent, error) {
	a := &agent{opts: o, firstWait: time.Second, longWait: time.Minute}
	var err error
	if a.server, err = rest.NewClient(o.server, o.token, nil); err != nil {
		return nil, commandline.Usage("-server", err)
	}
	if a.probe, err = rest.NewClient(o.server, o.token, &rest.ClientOptions{RetryFor: -1}); err != nil {
		return nil, commandline.Usage("-server", err)
	}
	opened, err := search.Open(ctx, &o.Options, stderr)
	if err != nil {
		return nil, err
	}
	a.boards = opened.Boards
	a.show = newLines(stdout)
	if term.IsTerminal(int(stdout.Fd())) {
		a.show = newScreen(stdout)
	}
	config := opened.Config
	config.Store, config.Scrapes, config.Scores = a.server, o.scrapes, o.scores
	config.Observe = func(e forge.Event) { a.show.observe(e) }
	if a.pipeline, err = forge.New(config); err != nil {
		a.close()
		return nil, commandline.Usage("", err)
	}
	a.show.begin(o, opened)
	return a, nil
}

func (a *agent) close() {
	_ = a.boards.Close()
	a.server.CloseIdleConnections()
	a.probe.CloseIdleConnections()
}

// work searches once, or again and again. It does not end when the server goes away: decisions that
// the server did not receive are made again when it is back.
func (a *agent) work(ctx context.Context) error {
	for {
		err := a.reach(ctx)
		if err == nil {
			err = a.review(ctx)
		}
		if err == nil {
			break
		}
		if err := a.outage(ctx, err); err != nil {
			return err
		}
	}
	for {
		if err := a.reach(ctx); err != nil {
			return err
		}
		report, err := a.pipeline.Run(ctx, a.opts.Queries()...)
		if ctx.Err() == nil && errors.Is(err, rest.ErrUnavailable) {
			if err := a.outage(ctx, err); err != nil {
				return err
			}
			continue
		}
		a.show.done(report, a.waiting(ctx), err, a.opts.every)
		if a.opts.every == 0 || ctx.Err() != nil {
			return err
		}
		if err := wait(ctx, a.opts.every); err != nil {
			return err
		}
	}
}

// outage waits a little if err is that of a server that is away, and returns every other error.
func (a *agent) outage(ctx context.Context, err error) error {
	if ctx.Err() != nil || !errors.Is(err, rest.ErrUnavailable) {
		return err
	}
	a.show.away(err, a.firstWait)
	return wait(ctx, a.firstWait)
}

// review decides anew what the flags say, and says what could be decided anew.
func (a *agent) review(ctx context.Context) error {
	r, err := a.opts.Review(ctx, a.pipeline)
	if err != nil {
		return err
	}
	a.show.reviewed(r)
	if a.opts.rejudge == 0 {
		return nil
	}
	done, err := a.pipeline.Rejudge(ctx, a.opts.rejudge)
	if err != nil {
		return err
	}
	a.show.rejudged(done)
	return nil
}

// waiting lists jobs that wait or failed. A server that does not answer is said elsewhere.
func (a *agent) waiting(ctx context.Context) []store.Entry {
	entries, _, err := a.server.List(ctx, store.Filter{
		Statuses: []lead.Status{lead.Discovered, lead.Failed}, Limit: store.MaxPage, WithoutText: true,
	})
	if err != nil {
		return nil
	}
	return entries
}

// reach waits until the server answers. It returns an error if the server refuses the token.
func (a *agent) reach(ctx context.Context) error {
	for pause := a.firstWait; ; pause = min(2*pause, a.longWait) {
		_, err := a.probe.Stats(ctx)
		if !errors.Is(err, rest.ErrUnavailable) && !errors.Is(err, rest.ErrRateLimited) {
			return err
		}
		d := pause/2 + rand.N(pause/2) // so that agents of the same server do not return all at once
		a.show.away(err, d)
		if err := wait(ctx, d); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
