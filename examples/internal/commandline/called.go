package commandline

import (
	"os"
	"path/filepath"
	"strings"
)

// One is the name of the binary that holds all commands.
const One = "forge"

// Called returns how to call a command in the way this process was: "forge agent" in the one
// binary, "go run ./examples/agent" elsewhere.
func Called(command string) string {
	if program := filepath.Base(os.Args[0]); strings.TrimSuffix(program, ".exe") == One {
		return One + " " + command
	}
	return "go run ./examples/" + command
}

// calledAs writes a help text that names commands as `go run` calls them for this process.
func calledAs(help string) string { return strings.ReplaceAll(help, "go run ./examples/", Called("")) }
