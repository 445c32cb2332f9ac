package sqlite_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
)

// A caller can cancel at any moment, also between the instant at which SQLite begins a transaction
// and the instant at which the driver says so.
func TestCancelAtAnyMomentLeavesNoTransactionOpen(t *testing.T) {
	t.Parallel()
	db := open(t, file(t), nil)
	ada := db.ForUser("ada")
	l := lead.Lead{
		Source: "linkedin", ExternalID: "1", Title: "Engineer",
		URL: "https://www.linkedin.com/jobs/view/1",
	}
	refs, err := ada.Sync(t.Context(), []lead.Lead{l})
	require.NoError(t, err)
	for i := range 1000 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%300)*time.Microsecond)
		_ = ada.Mark(ctx, refs[0].ID, lead.Saved) // whether it got through does not matter
		cancel()
		if i%100 == 0 {
			require.NoError(t, ada.Mark(t.Context(), refs[0].ID, lead.Applied), "after %d cancelled calls", i)
		}
	}
	require.NoError(t, ada.Mark(t.Context(), refs[0].ID, lead.Applied))
}

func TestCancelAtAnyMomentOfMigrateLeavesTheFileUsable(t *testing.T) {
	t.Parallel()
	for _, path := range []string{file(t), ":memory:"} {
		db, err := sqlite.Open(t.Context(), path, nil)
		require.NoError(t, err)
		for i := range 60 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*i)*5*time.Microsecond)
			_ = db.Migrate(ctx)
			cancel()
		}
		require.NoError(t, db.Migrate(t.Context()))
		_, err = db.ForUser("ada").Sync(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
}
