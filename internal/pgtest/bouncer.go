package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/lib/pq"
)

// A Bouncer is a PgBouncer in transaction mode in front of a throw-away cluster: after each
// transaction, the server's connection may serve another client.
type Bouncer struct {
	server *Server
	dir    string
}

// keepBouncer runs PgBouncer until its standard input ends, as keep does with the server.
const keepBouncer = `
"$1" -q "$2/pgbouncer.ini" >"$2/log" 2>&1 </dev/null &
cat >/dev/null
kill $!
`

// Bouncer starts a PgBouncer that shares so many connections to the server among all clients of a
// database. It stops when the test ends. Where PgBouncer is not installed, or the server is not a
// throw-away cluster, the test is skipped; required makes the first of these a failure.
func (s *Server) Bouncer(tb testing.TB, connections int, required bool) *Bouncer {
	tb.Helper()
	program := bouncerProgram()
	if program == "" {
		const missing = "PgBouncer is not installed (Debian: apt-get install pgbouncer)"
		if required {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	s.DSN(tb) // starts the server, or says why not
	if s.cluster == nil {
		tb.Skip("needs a throw-away cluster, and " + Env + " names a server")
	}
	b := &Bouncer{server: s}
	stop, err := b.start(program, connections)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stop)
	return b
}

func bouncerProgram() string {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} { // sbin is not on every user's path
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *Bouncer) start(program string, connections int) (stop func(), err error) {
	c := b.server.cluster
	if b.dir, err = os.MkdirTemp(c.dir, "bouncer-"); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf(`[databases]
* = host=%s port=5432 user=forge
[pgbouncer]
pool_mode = transaction
default_pool_size = %d
max_client_conn = 1000
unix_socket_dir = %s
listen_port = 5432
auth_type = any
`, c.dir, connections, b.dir)
	if err := os.WriteFile(filepath.Join(b.dir, "pgbouncer.ini"), []byte(settings),
		0o644); err != nil { //nolint:gosec // another user reads it, and it holds no secret
		return nil, err
	}
	if err := handOver(b.dir, c.as); err != nil {
		return nil, err
	}
	//nolint:noctx // the lifeline ends it
	keeper := exec.Command("/bin/sh", "-c", keepBouncer, "keep", program, b.dir)
	keeper.SysProcAttr = c.as
	keeper.Dir = b.dir
	lifeline, err := keeper.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := keeper.Start(); err != nil {
		return nil, fmt.Errorf("start pgbouncer: %w", err)
	}
	stop = func() { stopKeeper(keeper, lifeline) }
	if err := b.answers(); err != nil {
		log, _ := os.ReadFile(filepath.Join(b.dir, "log"))
		stop()
		return nil, fmt.Errorf("start pgbouncer: %w\n%s", err, bytes.TrimSpace(log))
	}
	return stop, nil
}

func stopKeeper(keeper *exec.Cmd, lifeline io.Closer) {
	_ = lifeline.Close()
	_ = keeper.Wait()
}

// answers waits until clients are served.
func (b *Bouncer) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	connector, err := pq.NewConnector(b.dsn("postgres"))
	if err != nil {
		return err
	}
	for {
		c, err := connector.Connect(ctx)
		if err == nil {
			return c.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

func (b *Bouncer) dsn(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=forge dbname=%s sslmode=disable", b.dir, database)
}

// DSN returns the DSN, through PgBouncer, of a fresh database, which is dropped when the test ends.
// It is not a schema as in [Server.DSN], because PgBouncer takes no search_path from clients.
func (b *Bouncer) DSN(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("%s_%d", b.server.name, b.server.schemas.Add(1))
	if err := b.server.exec(b.server.admin, "CREATE DATABASE "+name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.server.exec(b.server.admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil &&
			!tb.Failed() {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return b.dsn(name)
}
