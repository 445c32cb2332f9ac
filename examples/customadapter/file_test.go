package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// The next process finds what was stored, whatever a process that died left beside the file.
func TestStoreIsInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.json")
	f := &file{path: path, now: time.Now, recheck: store.RecheckAfter}
	baker := lead.Lead{Source: "guild", ExternalID: "1", Title: "Baker", URL: "https://guild.example/jobs/1"}
	leads := []lead.Lead{baker}
	refs, err := f.forUser("ada").Sync(t.Context(), leads)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".new", []byte(`{"LastID":`), 0o600))

	next := &file{path: path, now: time.Now, recheck: store.RecheckAfter}
	jobs, err := next.forUser("ada").Claim(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, refs[0].ID, jobs[0].ID)

	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err = next.forUser("ada").Sync(t.Context(), leads)
	require.Error(t, err, "a damaged file is never taken for an empty one")
}
