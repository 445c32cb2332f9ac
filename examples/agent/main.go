// Agent searches boards and scores jobs on this machine, and keeps what it decides on a server: see examples/server. It
// runs once, or again and again, and survives the server's absence.
//
//	go run ./examples/agent -server http://127.0.0.1:8080 -token TOKEN -resume cv.pdf -keywords golang -every 6h
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := commandline.Code(ctx, os.Stderr, "agent", run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	stop() // which ends ctx, so not before the code is known
	os.Exit(code)
}

// run works until there is nothing more to do, or with -every until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	a, err := newAgent(ctx, o, stdout)
	if err != nil {
		return err
	}
	defer a.close()
	return a.work(ctx)
}
