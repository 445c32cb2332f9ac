// Package commandline is what the commands among the examples have in common: flags that repeat, errors of usage, exit
// codes.
package commandline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Exit codes.
const (
	failed      = 1
	badUsage    = 2
	interrupted = 130 // 128 + SIGINT, as shells have it
)

// A UsageError is a mistake on the command line.
type UsageError struct{ err error }

// Error returns the mistake.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.err }

// Usage makes err a mistake of the flag; nil stays nil.
func Usage(flagName string, err error) error {
	if err == nil {
		return nil
	}
	if flagName != "" {
		err = fmt.Errorf("%s: %w", flagName, err)
	}
	return &UsageError{err}
}

// Parse parses args, which may hold flags only. For -h it prints help and the flags, and returns flag.ErrHelp; everything
// else is a [UsageError] for the caller to print, once.
func Parse(f *flag.FlagSet, help string, args []string, stderr io.Writer) error {
	f.SetOutput(io.Discard)
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stderr, help) // a terminal that is gone needs no help
		f.SetOutput(stderr)
		f.PrintDefaults()
		return err
	case err != nil:
		return Usage("", fmt.Errorf("%w (-h lists the flags)", err))
	case f.NArg() > 0:
		return Usage("", fmt.Errorf("unexpected argument %q (-h lists the flags)", f.Arg(0)))
	}
	return nil
}

// Code prints what err means to a person, and returns the exit code. ctx is the one that an interrupt ends.
func Code(ctx context.Context, stderr io.Writer, command string, err error) int {
	say := func(what any) { _, _ = fmt.Fprintf(stderr, "%s: %v\n", command, what) }
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(*UsageError)):
		say(err)
		return badUsage
	case ctx.Err() != nil:
		say("interrupted; nothing is lost, run it again")
		return interrupted
	default:
		say(err)
		return failed
	}
}

// Repeated is a flag that may be given several times.
type Repeated []string

// String joins the values.
func (r *Repeated) String() string { return strings.Join(*r, " ") }

// Set adds a value.
func (r *Repeated) Set(s string) error {
	*r = append(*r, s)
	return nil
}
