package storetest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/storetest"
)

// A covered store forgets how a job that is marked ended. It is no forge.Keeper.
type covered struct {
	forge.Store
	forge.Lister
	forge.Marker
}

func (c covered) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	marked := store.Filter{Statuses: []lead.Status{lead.Applied, lead.Saved}}
	entries, _, err := c.List(ctx, marked)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.ID == l.ID && o.Status != "" {
			o = store.Outcome{After: store.MaxAfter}
		}
	}
	return c.Store.Release(ctx, l, o)
}

func TestStoreThatForgetsWhatHappenedUnderAMarkIsCaught(t *testing.T) {
	t.Parallel()
	open := func(_ testing.TB, env storetest.Env) func(user string) forge.Store {
		db := memory.New(&memory.Options{Now: env.Now, RecheckAfter: env.RecheckAfter})
		return func(user string) forge.Store {
			s := db.ForUser(user)
			return covered{s, s, s}
		}
	}
	const name = "Mark/what a release says under a mark is what taking it back shows"
	said := storetest.Failures(t, open, func(n string) bool { return n == name })
	require.Contains(t, said[name], "is DISCOVERED, want CLOSED")
}
