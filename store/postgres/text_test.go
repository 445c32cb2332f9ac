package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// A text that is large enough is cut into chunks in a table of its own. Each version of the value
// is a set of new chunks, so the chunks show whether it was written again.
func TestTextThatIsTheSameIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db := open(t, dsn, &postgres.Options{Now: func() time.Time { return now }})
	ref, err := db.ForUser("ada").Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
	id := ref[0].ID
	text := func(seed int) string { // hard to compress, so that it does not fit the row
		var b strings.Builder
		for n := range 4000 {
			fmt.Fprintf(&b, "%x ", (n+1)*(seed*7919+104729))
		}
		return b.String()
	}
	send := func(by string, seed int) {
		t.Helper()
		r := matched(by, text(seed))
		r.Data.Requirements, r.Data.Attributes = text(seed + 1)[:9000], map[string]string{
			enrich.AttrSalary: fmt.Sprint(seed),
		}
		require.NoError(t, db.ForUser("ada").Decide(t.Context(), store.Lease{ID: id}, r))
	}
	chunks := func() string {
		t.Helper()
		table := one[string](t, tables,
			`SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 'jobs'::regclass`)
		return one[string](t, tables,
			`SELECT string_agg(format('%s %s %s', chunk_id, chunk_seq, ctid), ',' ORDER BY 1) FROM `+table)
	}
	scraped := func() time.Time {
		t.Helper()
		return one[time.Time](t, tables, `SELECT deep_scraped_at FROM jobs`).UTC()
	}

	send("first", 1)
	stored := chunks()
	require.NotEmpty(t, stored)
	now = now.Add(time.Hour)
	send("second", 1)
	require.Equal(t, stored, chunks())
	require.Equal(t, now, scraped())
	require.Equal(t, "first", one[string](t, tables, `SELECT enriched_by FROM jobs`))

	send("third", 2)
	require.NotEqual(t, stored, chunks(), "another text is written")
	require.Equal(t, "third", one[string](t, tables, `SELECT enriched_by FROM jobs`))
}

// A rejection, whatever was stored and whoever stored it, writes no version of the job's row.
func TestRejectionWritesNoGlobalRow(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	db := open(t, dsn, nil)
	for _, user := range []string{"ada", "bob", "cyd"} {
		_, err := db.ForUser(user).Sync(t.Context(), leadsOf(1, 1))
		require.NoError(t, err)
	}
	version := func() string {
		t.Helper()
		return one[string](t, tables, `SELECT format('%s %s %s', ctid, xmin, j) FROM jobs j`)
	}
	claim := func(user string) store.Job {
		t.Helper()
		jobs, err := db.ForUser(user).Claim(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		return jobs[0]
	}
	before := version()
	require.NoError(t, db.ForUser("ada").Decide(t.Context(), claim("ada").Lease, rejected("judge")))
	require.Equal(t, before, version(), "before there was text")
	require.NoError(t, db.ForUser("bob").Decide(t.Context(), claim("bob").Lease, matched("judge", "Text.")))
	before = version()
	job := claim("cyd")
	require.NotNil(t, job.Data)
	require.NoError(t, db.ForUser("cyd").Decide(t.Context(), job.Lease, rejected("judge")))
	require.Equal(t, before, version(), "after there was text")
}
