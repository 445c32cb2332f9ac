package docs_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// elsewhere are commands that something else runs, and where.
var elsewhere = map[string]string{
	"go get github.com/agent-forge/forge":         "needs a module of the reader's own",
	"go test ./... ./examples/...":                "the gate",
	"go test -short ./...":                        "the gate runs all of it",
	"go vet ./... ./forgeotel/... ./examples/...": "the gate",
	"bash .ci/run":                                "it is the gate",
	"go run ./examples/quickstart -live -resume cv.pdf -keywords golang " +
		"-company https://jobs.lever.co/COMPANY": "asks a host that is not ours",
	"docker compose up": "needs a Docker engine; a test reads the file",
	"$(GOWORK=off go tool -modfile=tools/go.mod -n golangci-lint) run " +
		"./... ./forgeotel/... ./examples/...": "the gate",
	"$(GOWORK=off go tool -modfile=tools/go.mod -n golangci-lint) fmt": "the gate, " +
		"with --diff",
}

// claimed is what README.md quotes of a command's output.
var claimed = map[string][]string{
	"go run ./examples/evaluate": {
		"434 pairs of 62 résumés, 94 worth keeping", "0.987", "303 rejected", "Good jobs lost: 0",
	},
}

// A service is a command that goes on until it is stopped. It is ready with the first line that
// matches.
type service struct{ begins, ready string }

var services = []service{
	{"go run ./examples/server", `http://\S+`},
	{"go run ./examples/fleet work", `worker started`},
	{"go run ./examples/fleet ui", `http://\S+`},
}

// TestCommandsInDocumentsWork runs every command of every sh block, in order of the documents, as a
// reader would.
func TestCommandsInDocumentsWork(t *testing.T) {
	if os.Getenv("FORGE_SOAK") == "" {
		t.Skip("builds every example; FORGE_SOAK=1 runs it")
	}
	var running []func() // stops the services
	t.Cleanup(func() {
		for _, stop := range running {
			stop()
		}
	})
	dir := t.TempDir()
	require.NoError(
		t,
		os.WriteFile(
			filepath.Join(dir, "ada.md"), []byte("Go, PostgreSQL, seven years of backend work."), 0o600,
		),
	)
	words := map[string]string{"$DSN": server.DSN(t), "DIR": dir}
	for _, b := range blocks(t) {
		if b.kind != "sh" {
			continue
		}
		for _, command := range b.lines {
			if command = strings.TrimSpace(command); command == "" || strings.HasPrefix(command, "#") ||
				elsewhere[command] != "" {
				continue
			}
			t.Run(b.file+": "+command, func(t *testing.T) {
				if stop := follow(t, command, words); stop != nil {
					running = append(running, stop)
				}
			})
		}
	}
}

// follow runs one command; what a service prints may be needed by the next command. It returns how
// to stop a service.
func follow(t *testing.T, command string, words map[string]string) (stop func()) {
	t.Helper()
	line := command
	for word, value := range words {
		line = strings.ReplaceAll(line, word, value)
	}
	for _, s := range services {
		if strings.HasPrefix(command, s.begins) {
			return serve(t, line, s.ready, words)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := shell(ctx, line)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, out)
	for _, said := range claimed[command] {
		require.Contains(t, string(out), said, "README.md says so")
	}
	return nil
}

// serve starts a service, waits until it is ready, and returns how to stop it.
func serve(t *testing.T, line, ready string, words map[string]string) (stop func()) {
	t.Helper()
	cmd := shell(context.Background(), line)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	require.NoError(t, cmd.Start())
	stop = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		_ = cmd.Wait()
		_ = in.Close()
	}
	t.Cleanup(func() {
		if t.Failed() { // nobody else will
			stop()
		}
	})
	var seen strings.Builder
	isReady, token := regexp.MustCompile(ready), regexp.MustCompile(`[Tt]oken:?\s+(\S{20,})`)
	lines := bufio.NewScanner(out)
	deadline := time.AfterFunc(2*time.Minute, func() { _ = in.Close() })
	defer deadline.Stop()
	found := false
	for !found && lines.Scan() {
		seen.WriteString(lines.Text() + "\n")
		found = isReady.MatchString(lines.Text())
		if m := token.FindStringSubmatch(seen.String()); m != nil {
			words["TOKEN"] = m[1]
		} else if strings.Contains(line, "examples/server") {
			found = false // the agent's command needs it
		}
	}
	require.True(t, found, "%s was not ready:\n%s", line, seen.String())
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return stop
}

// shell runs a line as a person types it, in the module's folder, in a process group of its own.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", line)
	cmd.Dir = root
	// A reader does not set it, and the gate runs the long tests by themselves.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "FORGE_SOAK=")
	})
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// What the command started holds its output open when the command itself has ended.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}
