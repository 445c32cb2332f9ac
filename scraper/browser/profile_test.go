package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper/browser"
)

// killedProcess names a variable of the environment that makes this test program start Chromium and
// wait to be killed.
const killedProcess = "FORGE_TEST_BROWSER"

func startAndWait() {
	b, err := browser.New(&browser.Options{NoSandbox: os.Getuid() == 0})
	if err == nil {
		err = b.Start(context.Background())
	}
	fmt.Println("started:", err)
	select {}
}

func TestProfileOfAKilledProcessIsRemovedAtTheNextStart(t *testing.T) {
	t.Parallel()
	needChromium(t)
	temp, err := os.MkdirTemp("", "p") //nolint:usetesting // the path of a socket in it must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(temp)) })

	first := startProcess(t, temp)
	second := startProcess(t, temp)
	require.Len(t, profiles(t, temp), 2, "a folder that is in use is left alone")
	kill(t, first)
	require.Len(t, profiles(t, temp), 2, "a killed process removes nothing")
	abandoned := profiles(t, temp)
	third := startProcess(t, temp)
	require.Len(t, abandoned, 2)
	left := 0
	for _, dir := range abandoned {
		if _, err := os.Stat(filepath.Join(dir, "forge.lock")); err == nil {
			left++
		}
	}
	require.Equal(t, 1, left, "that of the first is gone, that of the second is not")
	kill(t, second)
	kill(t, third)

	require.Eventually(t, func() bool { // processes of Chromium that are about to end can write for a moment
		browser.RemoveAbandoned(temp)
		left, err := os.ReadDir(temp)
		return err == nil && len(left) == 0
	}, 30*time.Second, 50*time.Millisecond, "nothing is left, beside the profiles either")
}

func TestProfileIsRemovedByClose(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	p, err := browser.NewProfile(temp)
	require.NoError(t, err)
	require.Len(t, profiles(t, temp), 1)
	browser.RemoveAbandoned(temp)
	require.Len(t, profiles(t, temp), 1, "it is in use")
	p.Remove()
	require.Empty(t, profiles(t, temp))
}

func TestProfileCleaningTouchesNothingElse(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(temp, "other"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(temp, "forge-browser-file"), []byte("a file"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(temp, "other"), filepath.Join(temp, "forge-browser-link")))
	require.NoError(t, os.Mkdir(filepath.Join(temp, "forge-browser-1"), 0o700))
	require.Equal(t, 1, browser.RemoveAbandoned(temp))
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Len(t, left, 3)
	inside, err := os.ReadDir(filepath.Join(temp, "other"))
	require.NoError(t, err)
	require.Empty(t, inside)
	require.Zero(t, browser.RemoveAbandoned(filepath.Join(temp, "missing")))
}

// startProcess starts Chromium in a process of its own, whose temporary folder is temp.
func startProcess(t *testing.T, temp string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test program
	cmd.Env = append(os.Environ(), killedProcess+"=1", "TMPDIR="+temp)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "started: <nil>\n", line)
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
}

func profiles(t *testing.T, temp string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(temp, "forge-browser-*"))
	require.NoError(t, err)
	return found
}
