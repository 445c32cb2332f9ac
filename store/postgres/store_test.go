package postgres_test

import (
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

var (
	_ forge.Store    = (*postgres.Store)(nil)
	_ forge.Lister   = (*postgres.Store)(nil)
	_ forge.Reopener = (*postgres.Store)(nil)
	_ forge.Marker   = (*postgres.Store)(nil)
	_ forge.Counter  = (*postgres.Store)(nil)
	_ forge.Auditor  = (*postgres.Store)(nil)
	_ forge.Watcher  = (*postgres.Store)(nil)

	_ forge.Annotator    = (*postgres.Store)(nil)
	_ forge.SketchLister = (*postgres.Store)(nil)
	_ forge.ListCloser   = (*postgres.Store)(nil)
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, catalogue(migrated(t)))
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, catalogue(durable.DSN)) }

func catalogue(dsn func(tb testing.TB) string) storetest.Open {
	return func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := open(tb, dsn(tb), &postgres.Options{
			Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events,
		})
		return func(user string) forge.Store { return db.ForUser(user) }
	}
}
