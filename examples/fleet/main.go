// Fleet runs searches of many users on a schedule, with as many worker processes as you start. The
// queue of searches, their retries and the election of who schedules are River's
// (https://riverqueue.com); jobs and decisions are forge's; both live in one PostgreSQL database.
//
//	go run ./examples/fleet migrate -postgres DSN
//	go run ./examples/fleet add -postgres DSN -user ada -board linkedin -keywords golang -every 6h
//	go run ./examples/fleet work -postgres DSN -resumes DIR
//	go run ./examples/fleet ui -postgres DSN
//
// Start work as often as you like, on as many machines as you like; stop or kill any of them at any
// time.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := commandline.Code(ctx, os.Stderr, "fleet", run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	stop() // which ends ctx, so not before the code is known
	os.Exit(code)
}

const help = `Usage: go run ./examples/fleet COMMAND -postgres DSN [flags]

  migrate  make or update the tables
  add      store a search of one user: what, where, how often
  work     run searches and decide what they find, until stopped
  ui       serve a page that shows what runs

COMMAND -h lists the command's flags.
`

// run does one command.
func run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	if len(args) == 0 {
		return commandline.Usage("", errors.New("want a command: migrate, add, work or ui (-h says more)"))
	}
	commands := map[string]func(context.Context, []string, *os.File, *os.File) error{
		"migrate": runMigrate, "add": runAdd, "work": runWork, "ui": runUI,
	}
	if command, known := commands[args[0]]; known {
		return command(ctx, args[1:], stdout, stderr)
	}
	if args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		_, err := stdout.WriteString(help)
		return err
	}
	return commandline.Usage("", errors.New(args[0]+" is not a command: want migrate, add, work or ui"))
}
