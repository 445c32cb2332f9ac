package docs_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// prose makes text of n bytes that compresses about as adverts do.
func prose(r *rand.Rand, n int) string {
	words := strings.Fields(
		"build run own design review services systems teams data product quality customers pipelines Go " +
			"PostgreSQL Kubernetes " +
			"with for and the of in to your our you will experience years knowledge skills ability work " +
			"closely across",
	)
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%s%d ", words[r.IntN(len(words))], r.IntN(30))
	}
	return b.String()[:n]
}

// TestCostOfAUnit measures what docs/scaling.md multiplies: bytes of tables and of log for a job, a
// user's row and a decision.
func TestCostOfAUnit(t *testing.T) {
	jobs, users := 500, 3
	if os.Getenv("FORGE_SOAK") != "" {
		jobs, users = 5000, 5
	}
	own := pgtest.New(&pgtest.Options{Own: true, Settings: map[string]string{"autovacuum": "off"}})
	t.Cleanup(own.Close)
	dsn := own.DSN(t)
	db, err := postgres.Open(t.Context(), dsn, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Migrate(t.Context()))
	connector, err := pq.NewConnector(dsn)
	require.NoError(t, err)
	raw := sql.OpenDB(connector)
	t.Cleanup(func() { _ = raw.Close() })

	number := func(query string, args ...any) (n int64) {
		require.NoError(t, raw.QueryRowContext(t.Context(), query, args...).Scan(&n))
		return n
	}
	wal := func() int64 { return number(`SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint`) }
	cost := map[string]float64{}
	measure := func(what string, units int, work func()) {
		before := wal()
		work()
		cost[what] = float64(wal()-before) / float64(units)
		t.Logf("%-36s %5.0f bytes of log each", what, cost[what])
	}

	leads := make([]lead.Lead, jobs)
	for i := range leads {
		id := fmt.Sprintf("%010d", i)
		leads[i] = lead.Lead{
			Source: "linkedin", ExternalID: id, Title: "Senior Software Engineer " + id,
			Company: "A company of some name", Location: "Berlin, Germany",
			URL:      "https://www.linkedin.com/jobs/view/" + id,
			PostedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		}
	}
	view := func(u int) *postgres.Store { return db.ForUser(fmt.Sprintf("user-%06d", u)) }
	sync := func(u int) {
		for from := 0; from < jobs; from += 25 {
			_, err := view(u).Sync(t.Context(), leads[from:min(from+25, jobs)])
			require.NoError(t, err)
		}
	}
	measure("sync, a job new to all", jobs, func() { sync(0) })
	measure("sync, a job new to the user", jobs*(users-1), func() {
		for u := 1; u < users; u++ {
			sync(u)
		}
	})
	measure("sync, a job known to the user", jobs*users, func() {
		for u := range users {
			sync(u)
		}
	})
	// One user's queue after the other: claimed in tens, renewed once, decided; three of ten match,
	// and bring text the first time.
	random := rand.New(rand.NewPCG(1, 2))
	claims := make([][]store.Job, users)
	measure("claim, in tens", jobs*users, func() {
		for u := range users {
			for {
				got, err := view(u).Claim(t.Context(), 10, time.Hour)
				require.NoError(t, err)
				if len(got) == 0 {
					break
				}
				claims[u] = append(claims[u], got...)
			}
			require.Len(t, claims[u], jobs)
		}
	})
	measure("renew", jobs*users, func() {
		for u := range users {
			for _, j := range claims[u] {
				require.NoError(t, view(u).Renew(t.Context(), j.Lease, time.Hour))
			}
		}
	})
	match := enrich.Assessment{
		Score: 12, Reasoning: prose(random, 150), MissingSkills: []string{"Kafka", "Terraform"},
		By: "ollama/qwen2.5:7b/1",
	}
	matches, brought := 0, map[int64]bool{}
	var texts []func()
	measure("decision, a rejection", jobs*users*7/10, func() {
		for u := range users {
			for i, j := range claims[u] {
				if i%10 >= 3 {
					require.NoError(
						t,
						view(u).Decide(
							t.Context(), j.Lease,
							enrich.Decision{Assessment: match, Status: lead.AutoRejected},
						),
					)
					continue
				}
				matches++
				m := match
				m.Score = 80
				r := enrich.Decision{Assessment: m, Status: lead.Matched}
				if !brought[j.ID] {
					brought[j.ID] = true
					r.Data = &enrich.Data{Description: prose(random, 4000), Requirements: prose(random, 800)}
				}
				texts = append(texts, func() { require.NoError(t, view(u).Decide(t.Context(), j.Lease, r)) })
			}
		}
	})
	measure("decision, a match (some with text)", matches, func() {
		for _, decide := range texts {
			decide()
		}
	})

	_, err = raw.ExecContext(t.Context(), `VACUUM FULL ANALYZE`)
	require.NoError(t, err)
	for _, table := range []string{"jobs", "user_job_map", "job_match_analysis"} {
		rows := number(`SELECT count(*) FROM ` + table)
		heap, indexes, toast := number(`SELECT pg_relation_size($1)`, table), number(
			`SELECT pg_indexes_size($1::regclass)`, table,
		),
			number(
				`SELECT coalesce((SELECT pg_total_relation_size(reltoastrelid) FROM pg_class WHERE oid = `+
					`$1::regclass AND reltoastrelid <> 0), 0)`,
				table,
			)
		t.Logf(
			"%-20s %7d rows: %5d bytes of heap, %4d of indexes, %5d out of line, each", table, rows,
			heap/rows, indexes/rows, toast/rows,
		)
	}
	t.Logf("text stored for %d of %d jobs", len(brought), jobs)
	require.Less(t, cost["sync, a job known to the user"], 11.0, "a known lead writes nothing")
	require.Less(t, cost["decision, a rejection"], 2000.0)
}
