// Package commandline is shared by the commands among the examples: repeatable flags, usage errors
// and exit codes.
package commandline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// Exit codes.
const (
	failed      = 1
	badUsage    = 2
	interrupted = 130 // 128 + SIGINT, as in a shell
)

// A UsageError reports a mistake on the command line.
type UsageError struct{ err error }

// Error returns the cause's text.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.err }

// Usage wraps err in a [UsageError] that names the flag, if one is given. It returns nil for nil.
func Usage(flagName string, err error) error {
	if err == nil {
		return nil
	}
	if flagName != "" {
		err = fmt.Errorf("%s: %w", flagName, err)
	}
	return &UsageError{err}
}

// Problem returns a [UsageError] that says what is wrong with a flag.
func Problem(flagName, what string) error { return Usage(flagName, errors.New(what)) }

// Parse parses args, which must be flags. For -h it prints help and the flags to stderr and returns
// flag.ErrHelp. Any other error is a [UsageError], which is left to the caller to print.
func Parse(f *flag.FlagSet, help string, args []string, stderr io.Writer) error {
	f.SetOutput(io.Discard)
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stderr, calledAs(help)) // nobody can be told if stderr is closed
		f.SetOutput(stderr)
		f.PrintDefaults()
		return err
	case err != nil:
		return Usage("", fmt.Errorf("%w (-h lists the flags)", err))
	case f.NArg() > 0:
		return Usage("", fmt.Errorf("argument %d belongs to no flag; put a value with spaces in quotes "+
			"(-h lists the flags)", len(args)-f.NArg()+1))
	}
	return nil
}

// File reports a value that names a database server where a file is wanted. Neither this error nor
// a later one shows the value, which can hold a password.
func File(flagName, path string) error {
	if strings.Contains(path, "://") || pair.MatchString(path) {
		return Problem(flagName, "want the path of a file, not the name of a database server")
	}
	return nil
}

// pair is a setting of a database's name that can stand before a password.
var pair = regexp.MustCompile(`(?i)\b(host|user|password|dbname|sslmode)\s*=`)

// URL parses the address of a server. Its errors do not show the value, which can hold a password.
func URL(flagName, value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, Problem(flagName, `want the address of a server, such as "https://forge.example.com", `+
			"without a user or a password")
	}
	return u, nil
}

// Code prints err for a person and returns the exit code. ctx is the context that an interrupt
// cancels.
func Code(ctx context.Context, stderr io.Writer, command string, err error) int {
	say := func(what any) { // joined errors are several lines
		for line := range strings.Lines(fmt.Sprintln(what)) {
			_, _ = io.WriteString(stderr, command+": "+line)
		}
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(*UsageError)):
		say(err)
		return badUsage
	case ctx.Err() != nil:
		if !errors.Is(err, context.Canceled) {
			say(err)
		}
		say("interrupted; nothing is lost, and running it again goes on from here")
		return interrupted
	default:
		say(err)
		return failed
	}
}

// Repeated holds the values of a flag that can be given several times.
type Repeated []string

// String joins the values.
func (r *Repeated) String() string { return strings.Join(*r, " ") }

// Set adds a value.
func (r *Repeated) Set(s string) error {
	*r = append(*r, s)
	return nil
}
