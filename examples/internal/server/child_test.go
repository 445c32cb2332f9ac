package server

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/internal/pgtest"
)

// asServer in the environment makes this test binary the server, so that load and server are two
// processes.
const asServer = "FORGE_TEST_AS_SERVER"

// database is a PostgreSQL server, for tests that measure and for tests that kill the server.
var database = pgtest.New(&pgtest.Options{
	Durable: true, Settings: map[string]string{"max_connections": "100"},
})

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "1" {
		os.Exit(commandline.Main("server", commandline.Writing(Run)))
	}
	code := m.Run()
	browser.stop()
	database.Close()
	os.Exit(code)
}

// soaking reports whether the long versions of tests run.
func soaking() bool { return os.Getenv("FORGE_SOAK") == "1" }

// A child is a server in a process of its own, which a test can kill and start again.
type child struct {
	testing.TB
	url  string
	args []string
	cmd  *exec.Cmd
}

// spawn starts a server on a free port, with a token for each of n users: user-0, user-1 …
func spawn(tb testing.TB, users int, args ...string) *child {
	tb.Helper()
	var lines strings.Builder
	for i := range users {
		lines.WriteString(tokenLine(loadToken(i), "agent "+loadUser(i)))
	}
	return spawnWith(tb, lines.String(), args...)
}

// spawnWith starts a server on a free port with a token file.
func spawnWith(tb testing.TB, tokens string, args ...string) *child {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "tokens.txt")
	require.NoError(tb, os.WriteFile(path, []byte(tokens), 0o600))
	listen, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	addr := listen.Addr().String()
	require.NoError(tb, listen.Close())
	unlimited := []string{"-addr", addr, "-tokens", path, "-rate", "0", "-daily", "0"}
	c := &child{TB: tb, args: append(unlimited, args...)}
	c.start()
	tb.Cleanup(c.kill)
	return c
}

func loadUser(i int) string { return "user-" + strconv.Itoa(i) }

func loadToken(i int) string { return "forge_LOAD" + strconv.Itoa(i) }

// start starts the server and waits until it has printed its address.
func (c *child) start() {
	c.Helper()
	self, err := os.Executable()
	require.NoError(c, err)
	c.cmd = exec.CommandContext(context.WithoutCancel(c.Context()), self, c.args...)
	c.cmd.Env = append(os.Environ(), asServer+"=1")
	out, err := c.cmd.StdoutPipe()
	require.NoError(c, err)
	require.NoError(c, c.cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); url != "" {
			c.url = url
			return
		}
	}
	c.Fatal("the server did not start")
}

// kill ends the server at once, as kill -9 does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may be gone
	_ = c.cmd.Wait()
}
