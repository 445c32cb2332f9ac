// Fleet runs searches of many users on a schedule, with as many worker processes as you start. The
// queue of jobs, their retries and the rescue of those whose worker died are River's
// (https://riverqueue.com). The schedule is a table of the fleet's own. Jobs and decisions are
// forge's. All live in one PostgreSQL database.
//
//	go run ./examples/fleet migrate -postgres DSN
//	go run ./examples/fleet add -postgres DSN -resumes DIR -user ada -board naukri -keywords go -every 6h
//	go run ./examples/fleet work -postgres DSN -resumes DIR
//	go run ./examples/fleet list -postgres DSN
//	go run ./examples/fleet ui -postgres DSN
//
// Start work as often as you like, on as many machines as you like; stop or kill any of them at any
// time. Give each the same résumés: a worker that lacks a user's makes the user wait.
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/fleet"
)

func main() { os.Exit(commandline.Main("fleet", fleet.Run)) }
