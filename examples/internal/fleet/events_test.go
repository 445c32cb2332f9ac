package fleet

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A worker records what it does if it is told to, and not otherwise.
func TestFleetRecordsEventsIfToldTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keep time.Duration
		want int
	}{{"off", 0, 0}, {"on", time.Hour, 1}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTestWorker(t, func(o *workerOptions) { o.events = c.keep })
			_, err := w.store("ada").Sync(t.Context(), []lead.Lead{
				{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
			})
			require.NoError(t, err)
			changes, err := w.store("ada").(forge.Watcher).ListChanges(t.Context(), 0, 10, store.ChangeNew)
			require.Equal(t, c.keep == 0, errors.Is(err, errors.ErrUnsupported))
			require.Len(t, changes, c.want)
		})
	}
}
