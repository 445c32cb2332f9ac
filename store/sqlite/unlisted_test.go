package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
)

// A board that has not changed writes no row, neither for its leads nor for its list.
func TestUnchangedListWritesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "forge.db")
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	db, err := sqlite.Open(t.Context(), path, &sqlite.Options{Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Migrate(t.Context()))
	ada := db.ForUser("ada")
	list := lead.List{Source: "example", Name: "acme"}
	var leads []lead.Lead
	for n := range 500 {
		id := fmt.Sprint(n)
		list.Jobs = append(list.Jobs, lead.Listed{ExternalID: id, Title: "Rigger"})
		leads = append(leads, lead.Lead{
			Source: "example", ExternalID: id, Title: "Rigger", URL: "https://jobs.example.com/" + id,
		})
	}
	run := func() {
		_, err := ada.Sync(t.Context(), leads)
		require.NoError(t, err)
		_, err = ada.CloseUnlisted(t.Context(), list)
		require.NoError(t, err)
	}
	watcher, err := sqlx.Open("sqlite", path)
	require.NoError(t, err)
	watcher.SetMaxOpenConns(1) // the version counts the commits of other connections
	t.Cleanup(func() { _ = watcher.Close() })
	version := func() (v int) {
		require.NoError(t, watcher.GetContext(t.Context(), &v, `PRAGMA data_version`))
		return v
	}
	before := version()
	run()
	written := version()
	require.NotEqual(t, before, written)
	now = now.Add(23 * time.Hour)
	run()
	require.Equal(t, written, version(), "nothing is committed")
}
