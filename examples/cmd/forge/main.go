// Forge is all programs of the examples in one binary.
//
//	forge quickstart             find and score jobs on this machine, with nothing to install
//	forge server                 keep what agents find, and show it on a page
//	forge agent -token-file FILE search on this machine for a server
//	forge webhook -hooks FILE    tell programs elsewhere what happens to jobs
//	forge digest -mail FILE      mail what matched to each user, once a day
//	forge completion bash        print a script that completes commands and flags
//
// From a checkout, build it with
//
//	go build -o forge ./examples/cmd/forge
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/agent-forge/forge/examples/internal/agent"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/digest"
	"github.com/agent-forge/forge/examples/internal/evaluate"
	"github.com/agent-forge/forge/examples/internal/fleet"
	"github.com/agent-forge/forge/examples/internal/mcp"
	"github.com/agent-forge/forge/examples/internal/quickstart"
	"github.com/agent-forge/forge/examples/internal/server"
	"github.com/agent-forge/forge/examples/internal/webhook"
)

func main() { os.Exit(commandline.Main(commandline.One, run)) }

// A command is what the program's first argument names.
type command struct {
	name, does string
	run        commandline.Command
}

// commands returns them in the order in which one needs them.
func commands() []command {
	return []command{
		{"quickstart", "find and score jobs, and keep the matches in a file", quickstart.Run},
		{"server", "keep what agents find, and show it on a page", commandline.Writing(server.Run)},
		{"agent", "search and score on this machine for a server", agent.Run},
		{"fleet", "run searches of many users on a schedule, on PostgreSQL", fleet.Run},
		{"evaluate", "measure a scorer on labelled pairs", commandline.Writing(evaluate.Run)},
		{"mcp", "let an assistant ask about the jobs that were found", mcp.Run},
		{"webhook", "tell programs elsewhere what happens to jobs", commandline.Writing(webhook.Run)},
		{"digest", "mail what matched to each user, once a day", commandline.Writing(digest.Run)},
		{"doctor", "say what Ollama can do on this machine", doctor},
		{"completion", "print a script for bash, zsh or fish that completes commands and flags", completion},
	}
}

func help() string {
	var b strings.Builder
	b.WriteString("Usage: forge COMMAND [flags]\n\nFinds jobs on boards, judges them against a résumé on " +
		"this machine, and keeps only what matters.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.name, c.does)
	}
	b.WriteString("\nforge COMMAND -h lists the command's flags. Begin with: forge quickstart\n")
	return b.String()
}

func run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	if len(args) == 0 || slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]) {
		_, err := stdout.WriteString(help())
		return err
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], stdout, stderr)
		}
	}
	return commandline.Usage("", errors.New(args[0]+" is not a command: forge -h lists them"))
}

// doctor examines Ollama, as quickstart -doctor does.
func doctor(ctx context.Context, args []string, stdout, stderr *os.File) error {
	return quickstart.Run(ctx, append([]string{"-doctor"}, args...), stdout, stderr)
}
