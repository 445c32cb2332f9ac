package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// installed returns the directory of an installed PostgreSQL's programs, the newest where there are
// several, or "".
func installed() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path)
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return majorOf(a) - majorOf(b) })
	return filepath.Dir(newest)
}

// majorOf reads 15 from "/usr/lib/postgresql/15/bin/initdb".
func majorOf(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// downloaded has embedded-postgres fetch and unpack a PostgreSQL under dir, and returns the
// directory of its programs. Its own way of running a server is not used: it refuses to run as
// root, and cannot restart.
func downloaded(dir string) (string, error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	root := filepath.Join(dir, "postgresql")
	server := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		BinariesPath(root).
		RuntimePath(filepath.Join(dir, "once")).
		Port(port).
		StartTimeout(time.Minute).
		Logger(io.Discard))
	startErr := server.Start()
	if startErr == nil {
		if err := server.Stop(); err != nil {
			return "", fmt.Errorf("stop the downloaded server: %w", err)
		}
	}
	bin := filepath.Join(root, "bin")
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return "", errors.Join(errors.New("none is installed, and embedded-postgres could not download one"),
			startErr)
	}
	return bin, nil
}

func freePort() (uint32, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return uint32(n), l.Close()
}
