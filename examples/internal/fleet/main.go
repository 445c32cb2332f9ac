// Package fleet is the program of examples/fleet: it runs many users' searches on a schedule.
package fleet

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

// A command is what the program's first argument names.
type command struct {
	name, does string
	run        func(ctx context.Context, args []string, stdout, stderr *os.File) error
}

// commands returns them in the order in which one needs them.
func commands() []command {
	return []command{
		{"migrate", "create the tables, or bring them up to date", runMigrate},
		{"add", "store a search of one user: what, where, how often", runAdd},
		{"list", "show the searches, when they ran, and what keeps a user waiting", runList},
		{"pause", "stop running a search, or all of a user's, until resume", runPause},
		{"resume", "run them again, and try a user who waits at once", runResume},
		{"remove", "delete a search, or all of a user's; what they found stays", runRemove},
		{"work", "run searches and decide what they find, until stopped", runWork},
		{"ui", "serve a page that shows what runs", runUI},
	}
}

func help() string {
	var b strings.Builder
	b.WriteString("Usage: go run ./examples/fleet COMMAND -postgres DSN [flags]\n\n")
	for _, c := range commands() {
		b.WriteString("  " + c.name + strings.Repeat(" ", 9-len(c.name)) + c.does + "\n")
	}
	b.WriteString("\nCOMMAND -h lists the command's flags.\n")
	return b.String()
}

// Run does one command.
func Run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	var names []string
	for _, c := range commands() {
		if len(args) > 0 && args[0] == c.name {
			return c.run(ctx, args[1:], stdout, stderr)
		}
		names = append(names, c.name)
	}
	want := "want a command: " + strings.Join(names, ", ") + " (-h says more)"
	switch {
	case len(args) == 0:
		return commandline.Usage("", errors.New(want))
	case args[0] == "-h" || args[0] == "-help" || args[0] == "--help":
		_, err := stdout.WriteString(strings.ReplaceAll(help(), "go run ./examples/", commandline.Called("")))
		return err
	default:
		return commandline.Usage("", errors.New(args[0]+" is not a command: "+want))
	}
}
