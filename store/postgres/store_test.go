package postgres_test

import (
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := open(tb, server.DSN(tb), &postgres.Options{Now: env.Now, RecheckAfter: env.RecheckAfter})
		return func(user string) forge.Store { return db.ForUser(user) }
	})
}
