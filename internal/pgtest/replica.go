package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Replica is a streaming copy of a throw-away cluster, which acknowledges no commit that its
// replica does not have.
type Replica struct {
	primary *Server
	cluster *cluster
}

// Replica starts a replica, and makes the server wait for it with every commit. It fails tb if it
// cannot, and is stopped when tb ends. The server has to be a throw-away one, see [Options.Own],
// and to be asked for its DSN by [Server.ExampleDSN]: the schema of a test is dropped from a server
// that is still there.
func (s *Server) Replica(tb testing.TB) *Replica {
	tb.Helper()
	if s.ExampleDSN(); s.cluster == nil { // which starts the server
		tb.Fatal("pgtest: replica: not a throw-away cluster; set Options.Own")
	}
	c, err := s.cluster.follow()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.stop)
	for _, statement := range []string{
		"ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()",
	} {
		if err := s.exec(s.admin, statement); err != nil {
			tb.Fatal(err)
		}
	}
	return &Replica{primary: s, cluster: c}
}

// DSN returns a DSN of the primary with the replica as a second host, for clients that take the one
// that writes.
func (r *Replica) DSN(dsn string) string {
	one, two := "host="+r.primary.cluster.dir, "host="+r.primary.cluster.dir+","+r.cluster.dir
	return strings.Replace(strings.Replace(dsn, one, two, 1), "port=5432", "port=5432,5432",
		1) + " target_session_attrs=read-write"
}

// Failover crashes the primary for good and makes the replica the server that writes.
func (r *Replica) Failover(ctx context.Context) error {
	crash := r.primary.cluster.command(ctx, "pg_ctl", "-D", filepath.Join(r.primary.cluster.dir, "data"),
		"-m", "immediate", "-w", "stop")
	promote := r.cluster.command(ctx, "pg_ctl", "-D", filepath.Join(r.cluster.dir, "data"), "-w", "promote")
	if err := errors.Join(crash.Run(), promote.Run()); err != nil {
		return fmt.Errorf("pgtest: failover: %w", err)
	}
	return nil
}

// follow makes a copy of the running cluster that follows it.
func (c *cluster) follow() (_ *cluster, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(c.dir), "forge-pg-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	f := &cluster{dir: dir, bin: c.bin}
	if f.as, err = unprivileged(dir); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if out, err := f.command(context.Background(), "pg_basebackup", "-h", c.dir, "-p", "5432", "-U", "forge",
		"-D", data, "-R", "-c", "fast").
		CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	// Once promoted it has no replica of its own to wait for.
	own := fmt.Sprintf("\nunix_socket_directories = '%s'\nsynchronous_standby_names = ''\n", dir)
	if err := appendTo(filepath.Join(data, "postgresql.conf"), own); err != nil {
		return nil, err
	}
	return f, f.run()
}
