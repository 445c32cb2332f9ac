// Mcp lets an assistant that speaks the Model Context Protocol ask about the jobs that forge found:
// find, why, explain rejected, what is new, missing skills, what the gate loses, mark, reopen.
//
//	go run ./examples/mcp -server http://127.0.0.1:8080 -token-file FILE
//	go run ./examples/mcp -db forge.db
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/mcp"
)

func main() { os.Exit(commandline.Main("mcp", mcp.Run)) }
