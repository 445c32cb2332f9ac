package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// A cutter stands between one worker and the database and can cut the line: bytes stop, connections
// stay, as when a cable is pulled.
type cutter struct {
	dsn  string
	mu   sync.Mutex
	open chan struct{} // closed while bytes pass
}

func newCut(t *testing.T, dsn string) *cutter {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	require.NoError(t, err)
	host, port := config.ConnConfig.Host, config.ConnConfig.Port
	network, address := "tcp", net.JoinHostPort(host, fmt.Sprint(port))
	if strings.HasPrefix(host, "/") {
		network, address = "unix", filepath.Join(host, fmt.Sprintf(".s.PGSQL.%d", port))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	c := &cutter{open: make(chan struct{})}
	close(c.open)
	c.dsn = fmt.Sprintf("host=127.0.0.1 port=%d user=%s dbname=%s sslmode=disable search_path=%s",
		listener.Addr().(*net.TCPAddr).Port, config.ConnConfig.User, config.ConnConfig.Database,
		config.ConnConfig.RuntimeParams["search_path"])
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, address)
			if err != nil {
				_ = near.Close()
				continue
			}
			go c.pipe(near, far)
			go c.pipe(far, near)
		}
	}()
	return c
}

func (c *cutter) pipe(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		c.mu.Lock()
		open := c.open
		c.mu.Unlock()
		<-open
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// stall cuts the line for d.
func (c *cutter) stall(d time.Duration) {
	shut := make(chan struct{})
	c.mu.Lock()
	c.open = shut
	c.mu.Unlock()
	time.AfterFunc(d, func() { close(shut) })
}
