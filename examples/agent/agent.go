package main

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
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/rest"
)

// An agent is one user's pipeline against a server.
type agent struct {
	opts     options
	server   *rest.Client
	boards   *boards.Boards
	pipeline *forge.Pipeline
	show     shower

	firstWait, longWait time.Duration // for a server that is away: twice as long each time
}

// A shower tells a person or a log what happens.
type shower interface {
	begin(o options, boards, scorer string)
	observe(e forge.Event)
	done(r forge.Report, err error, next time.Duration)
	away(err error, wait time.Duration)
}

func newAgent(ctx context.Context, o options, stdout *os.File) (*agent, error) {
	a := &agent{opts: o, firstWait: time.Second, longWait: time.Minute}
	g, err := gate.New(o.threshold)
	if err != nil {
		return nil, commandline.Usage("-threshold", err)
	}
	blacklist, err := lead.NewBlacklist(o.exclude...)
	if err != nil {
		return nil, commandline.Usage("-exclude", err)
	}
	resume, err := resumes.Read(ctx, o.resume)
	if err != nil {
		return nil, commandline.Usage("-resume", err)
	}
	if a.server, err = rest.NewClient(o.server, o.token, nil); err != nil {
		return nil, commandline.Usage("-server", err)
	}
	judge, err := scorers.Pick(ctx, o.scorer, g)
	if err != nil {
		return nil, err
	}
	if a.boards, err = boards.Open(ctx, o.boards); err != nil {
		return nil, err
	}
	a.show = newLines(stdout)
	if term.IsTerminal(int(stdout.Fd())) {
		a.show = newScreen(stdout)
	}
	a.pipeline, err = forge.New(forge.Config{
		Scrapers: a.boards.Scrapers, Scorer: judge.Scorer, Store: a.server, Resume: resume,
		Gate: g, Blacklist: blacklist, Scrapes: o.scrapes, Scores: o.parallel, Observe: a.show.observe,
	})
	if err != nil {
		a.close()
		return nil, commandline.Usage("", err)
	}
	a.show.begin(o, a.boards.What, judge.What)
	return a, nil
}

func (a *agent) close() {
	if a.boards != nil {
		_ = a.boards.Close()
	}
	a.server.CloseIdleConnections()
}

// work searches once, or every so often. A server that goes away ends no work: what it did not hear is due again when it is
// back.
func (a *agent) work(ctx context.Context) error {
	for {
		if err := a.reach(ctx); err != nil {
			return err
		}
		report, err := a.pipeline.Run(ctx, a.opts.queries()...)
		if ctx.Err() == nil && errors.Is(err, rest.ErrUnavailable) {
			a.show.away(err, a.firstWait)
			if err := wait(ctx, a.firstWait); err != nil {
				return err
			}
			continue
		}
		a.show.done(report, err, a.opts.every)
		if a.opts.every == 0 || ctx.Err() != nil {
			return err
		}
		if err := wait(ctx, a.opts.every); err != nil {
			return err
		}
	}
}

// reach waits until the server answers. A token that it refuses is final.
func (a *agent) reach(ctx context.Context) error {
	for pause := a.firstWait; ; pause = min(2*pause, a.longWait) {
		_, err := a.server.Stats(ctx)
		if !errors.Is(err, rest.ErrUnavailable) && !errors.Is(err, rest.ErrRateLimited) {
			return err
		}
		d := pause/2 + rand.N(pause/2) // agents that lost the same server do not return in one moment
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
