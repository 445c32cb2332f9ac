package memory_test

import (
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func open(_ testing.TB, env storetest.Env) func(user string) forge.Store {
	db := memory.New(&memory.Options{Now: env.Now, RecheckAfter: env.RecheckAfter})
	return func(user string) forge.Store { return db.ForUser(user) }
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, open) }
