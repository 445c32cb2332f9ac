package rest_test

import (
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/rest"
	"github.com/agent-forge/forge/store/sqlite"
	"github.com/agent-forge/forge/store/storetest"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// tokenOf returns a user's token, whatever characters the name has; a viewer's begins with "view-".
func tokenOf(user string) string { return "agent-" + hex.EncodeToString([]byte(user)) }

func viewTokenOf(user string) string { return "view-" + hex.EncodeToString([]byte(user)) }

// authenticate knows a token for every possible user.
func authenticate(r *http.Request) (rest.Identity, error) {
	scope, name, ok := strings.Cut(rest.BearerToken(r), "-")
	user, err := hex.DecodeString(name)
	if !ok || err != nil || scope != "agent" && scope != "view" {
		return rest.Identity{}, rest.ErrUnauthorized
	}
	return rest.Identity{User: string(user), ViewOnly: scope == "view"}, nil
}

// serve serves a store over real HTTP and returns its address.
func serve(tb testing.TB, forUser func(user string) forge.Store) string {
	tb.Helper()
	h, err := rest.NewHandler(rest.Config{ForUser: forUser, Authenticate: authenticate})
	require.NoError(tb, err)
	s := httptest.NewServer(h)
	tb.Cleanup(s.Close)
	return s.URL
}

// clients returns a function from users to their clients of one server.
func clients(tb testing.TB, address string) func(user string) forge.Store {
	tb.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	tb.Cleanup(transport.CloseIdleConnections)
	return func(user string) forge.Store {
		c, err := rest.NewClient(address, tokenOf(user),
			&rest.ClientOptions{HTTP: &http.Client{Transport: transport}})
		require.NoError(tb, err)
		return c
	}
}

// An opener opens a fresh local store.
type opener struct {
	name string
	open storetest.Open
}

func backends(tb testing.TB) []opener {
	tb.Helper()
	schemas := server.Reused(tb, "forge_db_version", func(tb testing.TB, dsn, schema string) {
		tb.Helper()
		db, err := postgres.Open(tb.Context(), pgtest.With(dsn, "search_path", schema), nil)
		require.NoError(tb, err)
		defer func() { require.NoError(tb, db.Close()) }()
		require.NoError(tb, db.Migrate(tb.Context()))
	})
	return []opener{
		{"memory", func(_ testing.TB, env storetest.Env) func(user string) forge.Store {
			db := memory.New(&memory.Options{
				Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events,
			})
			return func(user string) forge.Store { return db.ForUser(user) }
		}},
		{"sqlite", func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
			tb.Helper()
			db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "forge.db"),
				&sqlite.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events})
			require.NoError(tb, err)
			tb.Cleanup(func() { require.NoError(tb, db.Close()) })
			require.NoError(tb, db.Migrate(tb.Context()))
			return func(user string) forge.Store { return db.ForUser(user) }
		}},
		{"postgres", func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
			tb.Helper()
			dsn, schema := schemas(tb)
			db, err := postgres.Open(tb.Context(), pgtest.With(dsn, "search_path", schema),
				&postgres.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events})
			require.NoError(tb, err)
			tb.Cleanup(func() { require.NoError(tb, db.Close()) })
			return func(user string) forge.Store { return db.ForUser(user) }
		}},
	}
}

// A client passes the suite that every store passes, with each store behind the server.
func TestStoreOverHTTP(t *testing.T) {
	t.Parallel()
	for _, backend := range backends(t) {
		t.Run(backend.name, func(t *testing.T) {
			t.Parallel()
			if measure.RaceDetector && backend.name == "sqlite" {
				t.Skip("the goroutines of client and server are the same with each store")
			}
			storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
				tb.Helper()
				return clients(tb, serve(tb, backend.open(tb, env)))
			})
		})
	}
}
