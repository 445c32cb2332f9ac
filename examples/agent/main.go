// Agent searches boards and scores jobs on this machine, and sends its decisions to a server, which
// is examples/server. It runs once or on a schedule, and waits for a server that is away.
//
//	go run ./examples/agent -token-file FILE -live -resume cv.pdf -keywords golang -every 6h
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/agent"
	"github.com/agent-forge/forge/examples/internal/commandline"
)

func main() { os.Exit(commandline.Main("agent", agent.Run)) }
