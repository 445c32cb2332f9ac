package ownpool_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

// modes are the ways in which pgx runs a statement: prepared by name, described first, or sent at
// once. The last one is for PgBouncer in transaction mode.
var modes = []pgx.QueryExecMode{
	pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec,
}

// catalogue is on pgx's pool, in a schema that only the options name.
func catalogue(mode pgx.QueryExecMode) storetest.Open {
	return func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		dsn, schema := server.Schema(tb)
		opts := &postgres.Options{Schema: schema, Now: env.Now, RecheckAfter: env.RecheckAfter}
		db, err := postgres.New(pool(tb, pgtest.With(dsn, "search_path", "nowhere"), mode), opts)
		require.NoError(tb, err)
		require.NoError(tb, db.Migrate(tb.Context()))
		return func(user string) forge.Store { return db.ForUser(user) }
	}
}

func TestPgxPassesTheSuite(t *testing.T) {
	t.Parallel()
	if os.Getenv("FORGE_SOAK") != "1" {
		t.Skip("one schema a case takes long; set FORGE_SOAK=1")
	}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, catalogue(mode))
		})
	}
}

// The short version of the suite: every kind of parameter and column, in each mode.
func TestPgxSendsAndReadsEveryKindOfValue(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			s := catalogue(mode)(t, storetest.Env{RecheckAfter: time.Hour})("ada").(*postgres.Store)
			posted := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
			var leads []lead.Lead
			for n := range 3 {
				leads = append(leads, lead.Lead{
					Source: "example", ExternalID: fmt.Sprint(n), Title: `"Go", {quoted}\, NULL`,
					Company: "Ünï", URL: fmt.Sprint("https://jobs.example.com/", n), PostedAt: posted,
				})
			}
			refs, err := s.Sync(ctx, leads)
			require.NoError(t, err)
			require.Len(t, refs, 3)
			jobs, err := s.Claim(ctx, 3, time.Minute, "example")
			require.NoError(t, err)
			require.Len(t, jobs, 3)
			require.Equal(t, leads[0], jobs[0].Lead)
			require.NoError(t, s.Renew(ctx, jobs[0].Lease, time.Minute))
			easy := true
			data := &enrich.Data{
				Description: "We write Go.", IsEasyApply: &easy,
				Attributes: map[string]string{"salary": "1 €"},
			}
			require.NoError(t, s.Decide(ctx, jobs[0].Lease, enrich.Decision{
				Assessment: enrich.Assessment{
					Score: 80, Reasoning: "Fits.", MissingSkills: []string{"Rust"}, By: "x/1",
				},
				Status: lead.Matched, Data: data,
			}))
			require.NoError(t, s.Decide(ctx, jobs[1].Lease, enrich.Decision{
				Assessment: enrich.Assessment{Score: 5, Reasoning: "No.", By: "x/1"},
				Status:     lead.AutoRejected, Sketch: []byte{0, 1, 255},
			}))
			failed := store.Outcome{After: time.Minute, Counts: true, Cause: "no text"}
			require.NoError(t, s.Release(ctx, jobs[2].Lease, failed))
			require.ErrorIs(t, s.Release(ctx, jobs[2].Lease, failed), store.ErrLeaseLost)
			require.ErrorIs(t, s.Mark(ctx, 1<<40, lead.Saved), store.ErrNotFound)
			require.NoError(t, s.Mark(ctx, jobs[0].ID, lead.Saved))
			entries, _, err := s.List(ctx, store.Filter{Statuses: []lead.Status{lead.Saved}})
			require.NoError(t, err)
			require.Len(t, entries, 1)
			require.Equal(t, data, entries[0].Data)
			require.Equal(t, []string{"Rust"}, entries[0].Assessment.MissingSkills)
			sketches, err := s.Sketches(ctx, 0, 10)
			require.NoError(t, err)
			require.Equal(t, enrich.Sketch{0, 1, 255}, sketches[0].Sketch)
			drawn, err := s.Audit(ctx, 1)
			require.NoError(t, err)
			require.NoError(t, s.Judge(ctx, drawn[0].ID, store.Worth))
			_, err = s.Evidence(ctx)
			require.NoError(t, err)
			n, err := s.Reopen(ctx, store.Selection{IDs: []int64{jobs[1].ID}, ScoredBy: "x"})
			require.NoError(t, err)
			require.Equal(t, 1, n)
			stats, err := s.Stats(ctx)
			require.NoError(t, err)
			require.Equal(t, map[lead.Status]int{lead.Saved: 1, lead.Discovered: 2}, stats.ByStatus)
		})
	}
}

// pgx's errors are recognised by their codes: the tables of another schema are not there, and a lock
// that is not to be had is waited for.
func TestPgxErrorsAreRecognisedByTheirCodes(t *testing.T) {
	t.Parallel()
	dsn, schema := server.Schema(t)
	db := pool(t, pgtest.With(dsn, "lock_timeout", "20"), pgx.QueryExecModeCacheDescribe)
	catalogue, err := postgres.New(db, &postgres.Options{Schema: schema})
	require.NoError(t, err)
	ada := catalogue.ForUser("ada")
	_, err = ada.Stats(t.Context())
	require.ErrorContains(t, err, "has no forge tables: call Migrate first")
	require.NoError(t, catalogue.Migrate(t.Context()))
	refs, err := ada.Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7"},
	})
	require.NoError(t, err)

	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, ada.WithTx(tx).Mark(t.Context(), refs[0].ID, lead.Saved))
	impatient, err := postgres.New(db, &postgres.Options{Schema: schema, RetryFor: -1})
	require.NoError(t, err)
	err = impatient.ForUser("ada").Mark(t.Context(), refs[0].ID, lead.Applied)
	refused, ok := errors.AsType[*pgconn.PgError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "55P03", refused.Code)
	marked := make(chan error, 1)
	go func() { marked <- ada.Mark(t.Context(), refs[0].ID, lead.Applied) }()
	require.NoError(t, tx.Rollback())
	require.NoError(t, <-marked, "repeated until the lock was free")
}
