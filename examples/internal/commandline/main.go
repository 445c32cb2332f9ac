package commandline

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// A Command is the main function of a program: it works until it is done, or until ctx ends.
type Command func(ctx context.Context, args []string, stdout, stderr *os.File) error

// Writing returns a command that does not ask whether it writes to a terminal.
func Writing(run func(ctx context.Context, args []string, stdout, stderr io.Writer) error) Command {
	return func(ctx context.Context, args []string, stdout, stderr *os.File) error {
		return run(ctx, args, stdout, stderr)
	}
}

// Main runs a command with the program's arguments, and returns the exit code. An interrupt and
// SIGTERM end the command's context.
func Main(name string, run Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop() // cancels ctx, which Code looks at
	return Code(ctx, os.Stderr, name, run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
