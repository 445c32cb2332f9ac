// Server stores what agents find, for one user or many, and shows it on a page.
//
//	go run ./examples/server
//
// Without flags it stores everything in a SQLite file in the working directory, listens on this
// machine only, and prints its address and a new token. For a shared server, give -postgres-file
// and -tokens.
//
//	POST /agent-forge/…   what agents call; the contract is at /agent-forge/openapi.yaml
//	/                     the page for people
//	/feed.atom            the newest matches, for feed readers, with -events
//	/healthz              answers while the process runs
//	/readyz               answers 200 if the server can work, and else says why not
//	/metrics              for Prometheus
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/server"
)

func main() { os.Exit(commandline.Main("server", commandline.Writing(server.Run))) }
