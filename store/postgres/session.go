package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/agent-forge/forge/internal/pgdial"
)

const (
	// grace is how long lib/pq has to end a call whose context ended. It asks the server to cancel
	// the statement, which a server that can be reached does at once.
	grace = time.Second
	// answerTimeout bounds one attempt of a call whose context has no deadline. No statement of
	// ours takes so long on a server that works.
	answerTimeout = 2 * time.Minute
)

// errSilent means that the server did not answer before the context ended.
var errSilent = errors.New("the server did not answer")

// A connector opens connections that can be cut off. lib/pq itself waits for a silent server
// whatever the context says.
type connector struct{ *pq.Connector }

// A session is a connection to the server with the socket under it.
type session struct {
	pqConn
	socket  *socket
	release func() // ends what guards the connection for its whole life; nil if nothing does
}

// pqConn is what a connection of lib/pq can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// Connect implements [driver.Connector]. It also returns when ctx ends while the server says
// nothing.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	s := &session{socket: &socket{}}
	stop := context.AfterFunc(ctx, s.socket.cut)
	defer stop()
	conn, err := c.Connector.Connect(context.WithValue(ctx, socketKey{}, s.socket))
	if err != nil {
		return nil, err
	}
	var ok bool
	if s.pqConn, ok = conn.(pqConn); !ok {
		return nil, errors.Join(errors.New("lib/pq's connection lacks a method"), conn.Close())
	}
	return s, nil
}

// within returns a connector whose connections are cut off when ctx ends: for goose, which takes a
// *sql.DB and not a connection.
func (c connector) within(ctx context.Context) driver.Connector {
	return guarding{connector: c, guard: func(s *session) { s.release = s.guard(ctx) }}
}

type guarding struct {
	connector
	guard func(s *session)
}

// Connect implements [driver.Connector].
func (g guarding) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := g.connector.Connect(ctx)
	if s, ok := conn.(*session); ok {
		g.guard(s)
	}
	return conn, err
}

// IsValid implements [driver.Validator]. A connection that was cut off does not go back to the
// pool.
func (s *session) IsValid() bool { return !s.socket.isCut() && s.pqConn.IsValid() }

// Close implements [driver.Conn].
func (s *session) Close() error {
	if s.release != nil {
		s.release()
	}
	return s.pqConn.Close()
}

// guard cuts the connection off if ctx ends and grace passes before release is called.
func (s *session) guard(ctx context.Context) (release func()) {
	released := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			s.socket.cut()
		case <-released:
		}
	})
	return func() {
		stop()
		close(released)
	}
}

// A socket is a network connection that can be closed under lib/pq.
type socket struct {
	mu     sync.Mutex
	conn   net.Conn // the last one, if the DSN names several hosts; nil before the first
	closed bool
}

// socketKey is the context's key of the socket that a dialer fills.
type socketKey struct{}

func (s *socket) set(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = conn
	if s.closed {
		_ = conn.Close()
	}
}

// cut closes the socket, now or as soon as there is one.
func (s *socket) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

func (s *socket) isCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// A dialer connects with keepalive, and gives the connection to the socket of the context.
type dialer struct{}

// DialContext implements pq.DialerContext.
func (dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := pgdial.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if s, ok := ctx.Value(socketKey{}).(*socket); ok {
		s.set(conn)
	}
	return conn, nil
}

// Dial implements pq.Dialer, whose methods lib/pq does not call.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, connectTimeout)
}

// DialTimeout implements pq.Dialer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// on runs f on one connection of the pool. It returns when ctx has ended, even if the server says
// nothing: the connection is then cut off. In a pool of the caller's, that is the driver's business.
func (d *DB) on(ctx context.Context, f func(c *sqlx.Conn) error) error {
	c, err := d.db.Connx(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // goes back to the pool
	var s *session
	if err := c.Raw(func(conn any) error { s, _ = conn.(*session); return nil }); err != nil {
		return err
	}
	if s == nil {
		return f(c)
	}
	release := s.guard(ctx)
	err = f(c)
	release()
	if err != nil && s.socket.isCut() {
		return fmt.Errorf("%w: %w", errSilent, ctx.Err())
	}
	return err
}
