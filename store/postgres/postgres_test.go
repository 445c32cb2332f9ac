package postgres_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// open returns a migrated catalogue in a schema of its own.
func open(tb testing.TB, dsn string, opts *postgres.Options) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), dsn, opts)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	require.NoError(tb, db.Migrate(tb.Context()))
	return db
}

func TestFlow(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t, server.DSN(t), nil)
	ada, bob := db.ForUser("ada"), db.ForUser("bob")
	l := lead.Lead{Source: "x", ExternalID: "1", Title: "Go dev", Company: "Acme", URL: "https://x.example/1", PostedAt: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
	l2 := l
	l2.ExternalID = "0"
	refs, err := ada.Sync(ctx, []lead.Lead{l, l2, l})
	require.NoError(t, err)
	require.Len(t, refs, 2)
	refs, err = ada.Sync(ctx, []lead.Lead{l})
	require.NoError(t, err)
	require.Empty(t, refs)
	refs, err = bob.Sync(ctx, []lead.Lead{l})
	require.NoError(t, err)
	require.Len(t, refs, 1)
	jobs, err := ada.Claim(ctx, 1, time.Minute, "x")
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.NoError(t, ada.Renew(ctx, jobs[0], time.Minute))
	yes := true
	d := &enrich.Data{Description: "text", IsEasyApply: &yes, Attributes: map[string]string{"salary": "1"}}
	r := enrich.Result{Match: enrich.Match{Score: 80, Reasoning: "fine", MissingSkills: []string{"a"}, By: "m/1"}, Status: lead.Matched, Data: d}
	require.NoError(t, ada.Enrich(ctx, jobs[0], r))
	require.NoError(t, ada.Enrich(ctx, jobs[0], r))
	entries, next, err := ada.List(ctx, store.Filter{Text: "GO"})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, entries, 1)
	require.Equal(t, d, entries[0].Data)
	require.Equal(t, &r.Match, entries[0].Match)
	jobs, err = ada.Claim(ctx, 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, l.PostedAt, jobs[0].Lead.PostedAt)
	require.NoError(t, ada.Release(ctx, jobs[0], store.Outcome{Status: lead.Closed}))
	require.ErrorIs(t, ada.Release(ctx, jobs[0], store.Outcome{}), store.ErrLeaseLost)
	require.NoError(t, ada.Mark(ctx, entries[0].ID, lead.Applied))
	n, err := ada.Reopen(ctx, store.Selection{ScoredBy: "m"})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	st, err := ada.Stats(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, st.Scores[80])
	require.Equal(t, map[lead.Status]int{"APPLIED": 1, "CLOSED": 1}, st.ByStatus)
}
