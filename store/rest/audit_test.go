package rest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/storetest"
)

// The ranks of a user's jobs are the same in all stores, so that all of them draw the same jobs.
func TestAuditDrawsTheSameJobsInEveryStore(t *testing.T) {
	t.Parallel()
	var first []string
	for _, backend := range backends(t) {
		now := newClock()
		ada := backend.open(t, storetest.Env{Now: now.Now, RecheckAfter: time.Hour})("ada")
		var leads []lead.Lead
		for n := range 200 {
			id := fmt.Sprintf("%03d", n)
			leads = append(leads, lead.Lead{
				Source: "example", ExternalID: id, Title: id, URL: "https://jobs.example.com/" + id,
			})
		}
		refs, err := ada.Sync(t.Context(), leads)
		require.NoError(t, err)
		for n, ref := range refs {
			require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: ref.ID}, enrich.Decision{
				Assessment: enrich.Assessment{Score: n % 30, By: "judge/1"}, Status: lead.AutoRejected,
			}))
		}
		var titles []string
		entries, err := ada.(forge.Auditor).Audit(t.Context(), 40)
		require.NoError(t, err)
		for _, e := range entries {
			titles = append(titles, e.Lead.Title)
		}
		require.Len(t, titles, 40)
		if first == nil {
			first = titles
		}
		require.Equal(t, first, titles, backend.name)
	}
}
