package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/storetest"
)

var (
	_ forge.Store    = (*memory.Store)(nil)
	_ forge.Lister   = (*memory.Store)(nil)
	_ forge.Reopener = (*memory.Store)(nil)
	_ forge.Marker   = (*memory.Store)(nil)
	_ forge.Counter  = (*memory.Store)(nil)
	_ forge.Auditor  = (*memory.Store)(nil)
	_ forge.Watcher  = (*memory.Store)(nil)

	_ forge.Annotator    = (*memory.Store)(nil)
	_ forge.SketchLister = (*memory.Store)(nil)
	_ forge.ListCloser   = (*memory.Store)(nil)
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, catalogue)
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, catalogue) }

func catalogue(_ testing.TB, env storetest.Env) func(user string) forge.Store {
	db := memory.New(&memory.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events})
	return func(user string) forge.Store { return db.ForUser(user) }
}

func TestOptionsOutOfRangeFailEveryCall(t *testing.T) {
	t.Parallel()
	ada := memory.New(&memory.Options{RecheckAfter: -1}).ForUser("ada")
	_, err := ada.Claim(t.Context(), 1, time.Minute)
	require.ErrorIs(t, err, store.ErrInvalid)
	require.EqualError(t, err,
		"memory: claim: store: invalid: Options.RecheckAfter: negative; use 0 for the default of 14 days")
	_, err = ada.Stats(t.Context())
	require.ErrorIs(t, err, store.ErrInvalid)
}
