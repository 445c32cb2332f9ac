// Quickstart runs the whole pipeline with nothing to install: it finds jobs, drops the excluded
// ones unread, scores the others against a résumé, keeps the matches in a SQLite file, and shows
// them.
//
//	go run ./examples/quickstart
//
// Without flags it searches demo boards that it serves itself, with a sample résumé. With -live it
// searches the real boards, whose terms of use apply to you.
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/quickstart"
)

func main() { os.Exit(commandline.Main("quickstart", quickstart.Run)) }
