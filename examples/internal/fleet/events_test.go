package fleet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
)

func TestFleetRecordsEventsIfToldTo(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t, func(o *workerOptions) { o.events = time.Hour })
	_, err := w.store("ada").Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
	})
	require.NoError(t, err)
	changes, err := w.store("ada").(forge.Watcher).ListChanges(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, changes, 1)
}
