// Agent searches boards and scores jobs on this machine, and sends its decisions to a server, which
// is examples/server. It runs once or on a schedule, and waits for a server that is away.
//
//	go run ./examples/agent -token-file FILE -live -resume cv.pdf -keywords golang -every 6h
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/store/rest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := commandline.Code(ctx, os.Stderr, "agent", run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	stop() // cancels ctx, which Code looks at
	os.Exit(code)
}

// run works until nothing is left to do or, with -every, until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.Scorer.Doctor {
		return examine(ctx, o, stdout)
	}
	if o.learns() {
		return learn(ctx, o, stdout)
	}
	a, err := newAgent(ctx, o, stdout, stderr)
	if err != nil {
		return err
	}
	defer a.close()
	return a.work(ctx)
}

// examine asks the server, if there is a token, how many jobs are due.
func examine(ctx context.Context, o options, stdout *os.File) error {
	var queue forge.Counter
	if o.token != "" {
		server, err := rest.NewClient(o.server, o.token, nil)
		if err != nil {
			return commandline.Usage("-server", err)
		}
		defer server.CloseIdleConnections()
		queue = server
	}
	return scorers.Examine(ctx, stdout, o.Scorer, queue)
}
