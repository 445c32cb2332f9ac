package docs_test

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

func TestRetentionDropsOnlyTextOfOldClosedJobsThatNobodyKept(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	now := time.Now().Add(-100 * 24 * time.Hour)
	db, err := postgres.Open(t.Context(), dsn, &postgres.Options{Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Migrate(t.Context()))
	ada, bob := db.ForUser("ada"), db.ForUser("bob")
	leads := []lead.Lead{
		{Source: "board", ExternalID: "1", Title: "kept", URL: "https://jobs.example/1"},
		{Source: "board", ExternalID: "2", Title: "closed, kept by one", URL: "https://jobs.example/2"},
		{Source: "board", ExternalID: "3", Title: "closed for all", URL: "https://jobs.example/3"},
	}
	for _, u := range []*postgres.Store{ada, bob} {
		_, err := u.Sync(t.Context(), leads)
		require.NoError(t, err)
		jobs, err := u.Claim(t.Context(), 3, time.Minute)
		require.NoError(t, err)
		for _, j := range jobs {
			r := enrich.Decision{
				Assessment: enrich.Assessment{
					Score: 80, Reasoning: "Fits.", By: "judge/1",
				},
				Status: lead.Matched,
			}
			if j.Data == nil {
				r.Data = &enrich.Data{Description: "Text of " + j.Lead.Title}
			}
			require.NoError(t, u.Decide(t.Context(), j.Lease, r))
		}
	}
	_, err = ada.Reopen(t.Context(), store.Selection{Statuses: []lead.Status{lead.Matched}})
	require.NoError(t, err)
	again, err := ada.Claim(t.Context(), 3, time.Minute)
	require.NoError(t, err)
	for _, j := range again {
		if j.Lead.ExternalID != "1" {
			require.NoError(t, ada.Release(t.Context(), j.Lease, store.Outcome{Status: lead.Closed}))
		}
		if j.Lead.ExternalID == "3" {
			require.NoError(t, bob.Mark(t.Context(), j.ID, lead.Dismissed))
		}
	}

	script, err := os.ReadFile("retention.sql")
	require.NoError(t, err)
	connector, err := pq.NewConnector(dsn)
	require.NoError(t, err)
	raw := sql.OpenDB(connector)
	t.Cleanup(func() { _ = raw.Close() })
	_, err = raw.ExecContext(t.Context(), string(script))
	require.NoError(t, err)
	var kept pq.StringArray
	require.NoError(
		t,
		raw.QueryRowContext(
			t.Context(),
			`SELECT array_agg(external_id ORDER BY external_id) FROM jobs WHERE description IS NOT NULL`,
		).Scan(&kept),
	)
	require.Equal(t, pq.StringArray{"1", "2"}, kept)
}
