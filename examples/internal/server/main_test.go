package server

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/sqlite"
)

// A clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A site is a whole server under test, on a SQLite file and a token file.
type site struct {
	testing.TB
	*httptest.Server
	now       *clock
	forUser   func(user string) forge.Store
	options   options
	parts     parts
	tokenFile string
}

// The tokens of the users under test.
const (
	adaToken    = "forge_ADA"
	adaLooks    = "forge_ADAVIEW"
	bobToken    = "forge_BOB"
	newestToken = "forge_NEW" // of a user without jobs
)

// hashOf returns the SHA-256 of a token.
func hashOf(secret string) hash { return sha256.Sum256([]byte(secret)) }

// tokenLine returns a token's line in a token file.
func tokenLine(secret, scopeAndUser string) string {
	sum := hashOf(secret)
	return hex.EncodeToString(sum[:]) + " " + scopeAndUser + "\n"
}

// tokenLines are those of the tokens above.
func tokenLines() string {
	return tokenLine(adaToken, "agent ada") + tokenLine(adaLooks, "view ada") +
		tokenLine(bobToken, "agent bob") + tokenLine(newestToken, "agent new")
}

// newSite starts a server with the flags. If log is nil, nothing is logged.
func newSite(tb testing.TB, log io.Writer, flags ...string) *site {
	tb.Helper()
	s := &site{TB: tb, now: newClock(), tokenFile: filepath.Join(tb.TempDir(), "tokens.txt")}
	path := filepath.Join(tb.TempDir(), "forge.db")
	require.NoError(tb, os.WriteFile(s.tokenFile, []byte(tokenLines()), 0o600))
	flags = append([]string{"-rate", "0", "-db", path, "-tokens", s.tokenFile}, flags...)
	var err error
	s.options, err = parse(flags, io.Discard)
	require.NoError(tb, err)
	db, err := sqlite.Open(tb.Context(), path, &sqlite.Options{
		Now: s.now.Now, Events: s.options.events > 0, KeepEvents: s.options.events,
	})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	s.forUser = func(user string) forge.Store { return db.ForUser(user) }
	s.options.now = s.now.Now
	s.parts.proxied = s.options.url != ""
	if !s.parts.proxied {
		s.options.url = "http://127.0.0.1:8080"
	}
	if log == nil {
		log = io.Discard
	}
	debug := &slog.HandlerOptions{Level: slog.LevelDebug} // each request
	s.parts.log = slog.New(slog.NewTextHandler(log, debug))
	s.parts.tokens, _, err = openTokens(s.options, s.parts.log)
	require.NoError(tb, err)
	counts, err := openCounts(s.options)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, counts.close()) })
	s.parts.catalogue = &catalogue{forUser: s.forUser, counts: counts, disk: diskOf(path)}
	s.Server = httptest.NewServer(nil)
	s.serveWith(func(*parts) {})
	tb.Cleanup(s.Close)
	return s
}

// serveWith replaces parts of the server from now on.
func (s *site) serveWith(change func(p *parts)) *server {
	s.Helper()
	p := s.parts
	cat := *p.catalogue
	p.catalogue = &cat
	change(&p)
	srv, err := newServer(s.options, p)
	require.NoError(s, err)
	s.Config.Handler = srv.handler
	return srv
}

// setTokens rewrites the token file, and lets the server see that it has settled.
func (s *site) setTokens(text string) {
	s.Helper()
	require.NoError(s, os.WriteFile(s.tokenFile, []byte(text), 0o600))
	s.look()
}

// look does what the server does within two seconds.
func (s *site) look() {
	s.parts.tokens.look()
	s.parts.tokens.look()
}
