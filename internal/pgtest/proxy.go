package pgtest

import (
	"bytes"
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
)

// A Silence is a way in which a network or a machine stops answering without a word.
type Silence int

const (
	// Swallow takes what clients send and passes nothing on, in either direction. Its connections
	// stay dead.
	Swallow Silence = iota
	// Deafen passes on what clients send, and loses the answers. Its connections stay dead.
	Deafen
	// Freeze takes neither data nor connections, as a stopped process does. Its connections go on
	// after Heal.
	Freeze
)

// A Moment is when a [Proxy] falls silent.
type Moment int

const (
	// Now is at once: before the next request, or before the next connection.
	Now Moment = iota
	// AfterRequest is when the next request has been passed on.
	AfterRequest
	// MidAnswer is in the middle of the answer to the next request.
	MidAnswer
	// AfterCommit is when the next COMMIT has been passed on.
	AfterCommit
	never
)

// A Proxy stands on the loopback between clients and a server, and can fall silent.
type Proxy struct {
	listen net.Listener
	target string // the server's socket

	mu      sync.Mutex
	change  *sync.Cond // of any field below
	way     Silence
	when    Moment
	asked   bool // a request was passed on since Fall
	silent  bool
	stopped bool
	conns   map[net.Conn]bool
	all     sync.WaitGroup
}

// serverSocket finds the directory of the socket in a DSN.
var serverSocket = regexp.MustCompile(`host=(/\S+)`)

// Proxy starts a proxy to the server, which has to be a throw-away one. It stops when the test
// ends.
func (s *Server) Proxy(tb testing.TB, dsn string) *Proxy {
	tb.Helper()
	found := serverSocket.FindStringSubmatch(dsn)
	if found == nil {
		tb.Skip("needs a throw-away cluster, and " + Env + " names a server")
	}
	listen, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens at once
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{
		listen: listen, target: filepath.Join(found[1], ".s.PGSQL.5432"), when: never,
		conns: make(map[net.Conn]bool),
	}
	p.change = sync.NewCond(&p.mu)
	p.all.Go(p.accept)
	tb.Cleanup(p.stop)
	return p
}

// DSN returns a DSN that goes through the proxy.
func (p *Proxy) DSN(dsn string) string {
	host, port, _ := net.SplitHostPort(p.listen.Addr().String()) // the listener's own address
	return With(With(dsn, "host", host), "port", port)
}

// Fall makes the proxy fall silent.
func (p *Proxy) Fall(way Silence, when Moment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.way, p.when, p.asked = way, when, false
	p.silent = when == Now
	p.change.Broadcast()
}

// Fell reports whether the proxy is silent.
func (p *Proxy) Fell() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

// Heal makes the proxy serve new connections, and those that it froze.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.when, p.silent = never, false
	p.change.Broadcast()
}

func (p *Proxy) stop() {
	_ = p.listen.Close()
	p.mu.Lock()
	p.stopped = true
	for conn := range p.conns {
		_ = conn.Close()
	}
	p.change.Broadcast()
	p.mu.Unlock()
	p.all.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listen.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.thaw()
		p.mu.Unlock()
		server, err := net.Dial("unix", p.target) //nolint:noctx // the proxy ends it
		if err != nil {
			_ = client.Close()
			continue
		}
		l := &link{proxy: p, client: client, server: server}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		if p.stopped {
			_, _ = client.Close(), server.Close()
		}
		p.mu.Unlock()
		p.all.Go(func() { l.pass(client, server, l.request) })
		p.all.Go(func() { l.pass(server, client, l.answer) })
	}
}

// thaw waits while the proxy is frozen. The caller holds mu.
func (p *Proxy) thaw() {
	for p.silent && p.way == Freeze && !p.stopped {
		p.change.Wait()
	}
}

// fall is called when the moment has come. The caller holds mu.
func (p *Proxy) fall() { p.silent, p.when = true, never }

// A link is one connection through the proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	dead           bool
}

// pass passes on what edit leaves of each piece.
func (l *link) pass(from, to net.Conn, edit func(piece []byte) []byte) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if _, err := to.Write(edit(buffer[:n])); err != nil {
			return
		}
	}
}

// request returns what of a client's piece is passed on, and falls silent behind it if it is time.
func (l *link) request(piece []byte) []byte {
	p := l.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	p.thaw()
	if l.lost() {
		if p.way == Deafen {
			return piece
		}
		return nil
	}
	p.asked = true
	if p.when == AfterRequest || p.when == AfterCommit && bytes.Contains(piece, []byte("COMMIT")) {
		p.fall()
	}
	return piece
}

// answer returns what of a server's piece is passed on.
func (l *link) answer(piece []byte) []byte {
	p := l.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.when == MidAnswer && p.asked {
		p.fall()
		half := len(piece) / 2
		if l.lost() {
			return piece[:half]
		}
		_, _ = l.client.Write(piece[:half]) // a client that went away shows at the next piece
		piece = piece[half:]
	}
	p.thaw()
	if l.lost() {
		return nil
	}
	return piece
}

// lost reports whether the link is dead, for good once it was. The caller holds mu.
func (l *link) lost() bool {
	l.dead = l.dead || l.proxy.silent && l.proxy.way != Freeze
	return l.dead
}
