package pgtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A cluster is a throw-away PostgreSQL cluster: its files, socket and log are in one directory.
type cluster struct {
	dir, bin string
	as       *syscall.SysProcAttr
	keeper   *exec.Cmd
	lifeline io.WriteCloser // the keeper reads it; its end is the order to stop
	stopOnce sync.Once
}

// keep starts the server, says so, waits for its standard input to end, however that comes about,
// and clears up. A test process that panics, is killed or calls os.Exit takes its server along in
// this way.
const keep = `
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 start >"$2/start" 2>&1 </dev/null ||
	{ cat "$2/start" "$2/log"; exit 1; }
echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2"
`

func startCluster(opts Options) (_ *cluster, err error) {
	// A socket's path is at most 107 bytes, too few for some systems' temporary directories.
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "forge-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	if c.as, err = unprivileged(dir); err != nil {
		return nil, err
	}
	if c.bin = installed(); c.bin == "" {
		if c.bin, err = downloaded(dir); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	var out bytes.Buffer
	initdb := c.command(context.Background(), "initdb", "-D", data, "-U", "forge", "-A", "trust", "-E",
		"UTF8", "--no-locale", "--no-sync", "--no-instructions")
	initdb.Stdout, initdb.Stderr = &out, &out
	if err := initdb.Run(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out.Bytes())
	}
	if err := appendTo(filepath.Join(data, "postgresql.conf"), c.settings(opts)); err != nil {
		return nil, err
	}
	return c, c.run()
}

func (c *cluster) run() error {
	//nolint:noctx // it outlives every test; the lifeline ends it
	c.keeper = exec.Command("/bin/sh", "-c", keep, "keep", c.bin, c.dir)
	c.keeper.SysProcAttr = c.as
	c.keeper.Dir = c.dir
	c.keeper.Stderr = nil
	var err error
	if c.lifeline, err = c.keeper.StdinPipe(); err != nil {
		return err
	}
	answer, err := c.keeper.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.keeper.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	lines := bufio.NewReader(answer)
	if first, err := lines.ReadString('\n'); err != nil || first != "ready\n" {
		rest, _ := io.ReadAll(lines)
		return fmt.Errorf("start postgres: %w\n%s%s", errors.Join(c.keeper.Wait(), err), first, rest)
	}
	return nil
}

func (c *cluster) settings(opts Options) string {
	set := map[string]string{
		"listen_addresses":        "", // the socket in a private directory is enough
		"unix_socket_directories": c.dir,
		"max_connections":         "100",
		"shared_buffers":          "128MB",
		"log_min_messages":        "warning",
	}
	if !opts.Durable {
		set["fsync"], set["synchronous_commit"], set["full_page_writes"] = "off", "off", "off"
	}
	for k, v := range opts.Settings {
		set[k] = v
	}
	lines := make([]string, 0, len(set))
	for k, v := range set {
		lines = append(lines, fmt.Sprintf("%s = '%s'\n", k, v))
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "")
}

func (c *cluster) dsn() string {
	return fmt.Sprintf("host=%s port=5432 user=forge dbname=postgres sslmode=disable", c.dir)
}

func (c *cluster) restart(ctx context.Context, mode string) error {
	// The log goes to a file: a server that held our pipe open would keep Run waiting for its end.
	restart := c.command(ctx, "pg_ctl", "-D", filepath.Join(c.dir, "data"), "-l", filepath.Join(c.dir, "log"),
		"-m", mode, "-w", "-t", "60", "restart")
	if err := restart.Run(); err != nil {
		return fmt.Errorf("restart postgres: %w", err)
	}
	return nil
}

func (c *cluster) stop() {
	c.stopOnce.Do(func() {
		_ = c.lifeline.Close()
		_ = c.keeper.Wait()
		_ = os.RemoveAll(c.dir)
	})
}

func (c *cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.SysProcAttr = c.as
	cmd.Dir = c.dir
	return cmd
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
