package main

import (
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/rest"
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

// A site is a whole server under test, on a SQLite file.
type site struct {
	testing.TB
	*httptest.Server
	now     *clock
	forUser func(user string) forge.Store
	tokens  *tokens
	counts  *counts
}

// The tokens of the users under test.
const (
	adaToken    = "forge_ADA"
	adaLooks    = "forge_ADAVIEW"
	bobToken    = "forge_BOB"
	newestToken = "forge_NEW" // of a user without jobs
)

func newSite(tb testing.TB, log io.Writer) *site {
	tb.Helper()
	s := &site{TB: tb, now: newClock()}
	path := filepath.Join(tb.TempDir(), "forge.db")
	db, err := sqlite.Open(tb.Context(), path, &sqlite.Options{Now: s.now.Now})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	s.forUser = func(user string) forge.Store { return db.ForUser(user) }
	sum := func(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }
	s.tokens = &tokens{all: []token{
		{sum(adaToken), rest.Identity{User: "ada"}},
		{sum(adaLooks), rest.Identity{User: "ada", ViewOnly: true}},
		{sum(bobToken), rest.Identity{User: "bob"}},
		{sum(newestToken), rest.Identity{User: "new"}},
	}}
	o, err := parse([]string{"-rate", "0", "-db", path}, io.Discard)
	require.NoError(tb, err)
	s.counts, err = openCounts(o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.counts.close()) })
	o.now, o.url = s.now.Now, "http://127.0.0.1:8080"
	if log == nil {
		log = io.Discard
	}
	srv, err := newServer(o, &catalogue{forUser: s.forUser, counts: s.counts}, s.tokens, nil,
		slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(tb, err)
	s.Server = httptest.NewServer(srv.handler)
	tb.Cleanup(s.Close)
	return s
}
