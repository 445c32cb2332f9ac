package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/store/sqlite"
	"github.com/agent-forge/forge/store/storetest"
)

var (
	_ forge.Store    = (*sqlite.Store)(nil)
	_ forge.Lister   = (*sqlite.Store)(nil)
	_ forge.Reopener = (*sqlite.Store)(nil)
	_ forge.Marker   = (*sqlite.Store)(nil)
	_ forge.Counter  = (*sqlite.Store)(nil)
	_ forge.Auditor  = (*sqlite.Store)(nil)
	_ forge.Watcher  = (*sqlite.Store)(nil)

	_ forge.Annotator    = (*sqlite.Store)(nil)
	_ forge.SketchLister = (*sqlite.Store)(nil)
	_ forge.ListCloser   = (*sqlite.Store)(nil)
)

func open(tb testing.TB, path string, opts *sqlite.Options) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, opts)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	return db
}

func file(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "forge.db")
}

func TestStore(t *testing.T) {
	t.Parallel()
	t.Run("in a file", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, catalogue(file))
	})
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		if measure.RaceDetector {
			t.Skip("the goroutines are those of a file")
		}
		storetest.Run(t, catalogue(func(testing.TB) string { return ":memory:" }))
	})
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, catalogue(file)) }

func catalogue(path func(tb testing.TB) string) storetest.Open {
	return func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := open(tb, path(tb), &sqlite.Options{
			Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events,
		})
		return func(user string) forge.Store { return db.ForUser(user) }
	}
}
