// Package agent is the program of examples/agent: it searches boards, and sends decisions to a
// server.
package agent

import (
	"context"
	"os"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/store/rest"
)

// Run works until nothing is left to do or, with -every, until ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr *os.File) error {
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
