package pgbench_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

const sizeUsers = 5

// BenchmarkTableBytes compares the bytes of a catalogue that keeps the text of matches only with
// one that keeps every text, which is what a store does that scrapes first and filters later. Junk
// is a job that none of the users matches, or, the harder case, one that each user rejects on their
// own, so that the text is kept if one of five wants it.
func BenchmarkTableBytes(b *testing.B) {
	jobs := size(500, 100_000)
	// Who matches what does not matter where every text is kept, but for the length of the
	// statuses' names.
	all := stored(b, jobs, func(r *rand.Rand) [sizeUsers]bool { return [sizeUsers]bool{r.IntN(2) == 0} },
		true)
	for _, junk := range []float64{0.5, 0.7, 0.9} {
		for _, kind := range []struct {
			name string
			wins func(r *rand.Rand) [sizeUsers]bool // who matches the next job
		}{
			{"for all users alike", func(r *rand.Rand) (wins [sizeUsers]bool) {
				match := r.Float64() >= junk
				for u := range wins {
					wins[u] = match
				}
				return wins
			}},
			{"for each user by chance", func(r *rand.Rand) (wins [sizeUsers]bool) {
				for u := range wins {
					wins[u] = r.Float64() >= junk
				}
				return wins
			}},
		} {
			b.Run(fmt.Sprintf("%.0f%% junk %s", 100*junk, kind.name), func(b *testing.B) {
				lazy := stored(b, jobs, kind.wins, false)
				b.Logf(
					"%d jobs of %d users, %.0f%% junk %s: %s lazily, %s with every text: %.2f times "+
						"less; texts alone %.2f times less",
					jobs,
					sizeUsers,
					100*junk,
					kind.name,
					lazy,
					all,
					float64(all.total)/float64(lazy.total),
					float64(all.jobs)/float64(lazy.jobs),
				)
				b.ReportMetric(float64(all.total)/float64(lazy.total), "ratio")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// bytes are of all tables with their indexes and long values, and of jobs alone.
type bytes struct{ total, jobs int64 }

func (n bytes) String() string {
	return fmt.Sprintf("%.1f MB (jobs %.1f MB)", float64(n.total)/1e6, float64(n.jobs)/1e6)
}

// stored fills a catalogue and measures it.
func stored(b *testing.B, jobs int, wins func(*rand.Rand) [sizeUsers]bool, everyText bool) bytes {
	b.Helper()
	_, tables := catalogue(b)
	copyRows(b, tables, jobs, wins, everyText)
	return measure(b, tables)
}

func measure(tb testing.TB, tables *sql.DB) (n bytes) {
	tb.Helper()
	_, err := tables.ExecContext(tb.Context(), `VACUUM FULL`)
	require.NoError(tb, err)
	require.NoError(tb, tables.QueryRowContext(tb.Context(), `
		SELECT pg_total_relation_size('jobs') + pg_total_relation_size('user_job_map') +
		pg_total_relation_size('job_match_analysis'),
			pg_total_relation_size('jobs')`).Scan(&n.total, &n.jobs))
	return n
}

// A posting is a job with its text and what its judges said.
type posting struct {
	lead lead.Lead
	data enrich.Data
	wins [sizeUsers]bool
}

func postings(jobs int, wins func(*rand.Rand) [sizeUsers]bool, yield func(n int, p posting)) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time, on purpose
	words := vocabulary(r)
	for n := range jobs {
		// As long as postings are: 4 kB of description in the middle, of which a third is repeated
		// as requirements.
		size := int(2500 + r.ExpFloat64()*2000)
		d := enrich.Data{
			Description:  prose(r, words, min(size, 20_000)),
			Requirements: prose(r, words, min(size, 20_000)/3),
			Attributes: map[string]string{
				enrich.AttrSeniority: "Mid-Senior level", enrich.AttrEmploymentType: "Full-time",
				enrich.AttrFunction: "Engineering",
			},
		}
		yield(n, posting{leadOf(n), d, wins(r)})
	}
}

// vocabulary invents words, some of which prose uses far more often than others, as languages do.
func vocabulary(r *rand.Rand) []string {
	words := make([]string, 6000)
	for i := range words {
		var w strings.Builder
		for range 1 + r.IntN(4) {
			w.WriteByte("bcdfghklmnprstvw"[r.IntN(16)])
			w.WriteByte("aeiou"[r.IntN(5)])
			if r.IntN(3) == 0 {
				w.WriteByte("nrst"[r.IntN(4)])
			}
		}
		words[i] = w.String()
	}
	return words
}

func prose(r *rand.Rand, words []string, size int) string {
	zipf := rand.NewZipf(r, 1.1, 3, uint64(len(words)-1))
	var b strings.Builder
	for n := 1; b.Len() < size; n++ {
		b.WriteString(words[zipf.Uint64()])
		switch {
		case n%60 == 0:
			b.WriteString(".\n\n")
		case n%12 == 0:
			b.WriteString(". ")
		default:
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

const notes = "Several years of the languages asked for; the domain is new. Seniority and place fit " +
	"what the résumé says."

// copyRows writes the tables as if every user had claimed and decided every job, at a speed that
// agents do not have.
func copyRows(
	tb testing.TB, tables *sql.DB, jobs int, wins func(*rand.Rand) [sizeUsers]bool, everyText bool,
) {
	tb.Helper()
	tx, err := tables.BeginTx(tb.Context(), nil)
	require.NoError(tb, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(tb.Context(),
		`SET LOCAL session_replication_role = replica`) // the rows are known to refer to each other
	require.NoError(tb, err)
	const chunk = 500
	var c [6]pq.StringArray
	var urls pq.StringArray
	flush := func() {
		_, err := tx.ExecContext(tb.Context(), `
			INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, description,
				requirements, attributes, enriched_by, deep_scraped_at, first_seen_at, last_seen_at)
			SELECT 'example', id, title, 'Example Works', 'Remote, anywhere', url, '2026-01-02', NULLIF(d,
			''),
				NULLIF(r, ''), CASE WHEN d = '' THEN '{}' ELSE a::jsonb END,
				CASE WHEN d <> '' THEN 'ollama/qwen2.5:7b/1' END, CASE WHEN d <> '' THEN now() END, now(),
				now()
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS l (id,
			title, url,
				d, r, a)`, c[0], c[1], urls, c[2], c[3], c[4])
		require.NoError(tb, err)
		_, err = tx.ExecContext(tb.Context(), `
			WITH decided AS (
				INSERT INTO user_job_map (user_id, job_id, application_status, lease_token, discovered_at,
				updated_at)
				SELECT 'user ' || u, j.id, CASE WHEN substr(l.wins, u,
				1) = '1' THEN 'MATCHED' ELSE 'AUTO_REJECTED' END,
					1, now(), now()
				FROM unnest($1::text[], $2::text[]) AS l (id,
					wins) JOIN jobs j ON j.source = 'example' AND j.external_id = l.id, generate_series(1,
					5) u
				RETURNING user_id, job_id, application_status
			)
			INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills,
			scored_by,
				created_at, updated_at)
			SELECT user_id, job_id, CASE application_status WHEN 'MATCHED' THEN 70 ELSE 12 END, $3,
				'["Rust", "Kubernetes"]', 'ollama/qwen2.5:7b/1', now(), now() FROM decided`,
			c[0], c[5], notes)
		require.NoError(tb, err)
		c, urls = [6]pq.StringArray{}, nil
	}
	postings(jobs, wins, func(n int, p posting) {
		mask, kept := "", everyText
		for _, w := range p.wins {
			if w {
				mask, kept = mask+"1", true
			} else {
				mask += "0"
			}
		}
		description, requirements := p.data.Description, p.data.Requirements
		if !kept {
			description, requirements = "", ""
		}
		c[0], c[1], urls = append(c[0], p.lead.ExternalID), append(c[1],
			p.lead.Title), append(urls, p.lead.URL)
		c[2], c[3], c[4] = append(c[2], description), append(c[3], requirements),
			append(
				c[4],
				`{"seniority": "Mid-Senior level", "job_function": "Engineering", "employment_type": `+
					`"Full-time"}`,
			)
		c[5] = append(c[5], mask)
		if n%chunk == chunk-1 {
			flush()
		}
	})
	flush()
	require.NoError(tb, tx.Commit())
}

// The rows that the benchmark copies are those that agents leave: both ways give the same bytes.
func TestCopiedRowsAreAsLargeAsDecidedOnes(t *testing.T) {
	t.Parallel()
	const jobs = 40
	half := func(r *rand.Rand) (wins [sizeUsers]bool) {
		for u := range wins {
			wins[u] = r.IntN(2) == 0
		}
		return wins
	}
	_, copied := catalogue(t)
	copyRows(t, copied, jobs, half, false)
	db, decided := catalogue(t)
	postings(jobs, half, func(_ int, p posting) {
		for u, wins := range p.wins {
			s := db.ForUser(fmt.Sprint("user ", u+1))
			_, err := s.Sync(t.Context(), []lead.Lead{p.lead})
			require.NoError(t, err)
			claimed, err := s.Claim(t.Context(), 1, time.Minute)
			require.NoError(t, err)
			r := enrich.Decision{
				Assessment: enrich.Assessment{
					Score: 12, Reasoning: notes, MissingSkills: []string{"Rust", "Kubernetes"},
					By: "ollama/qwen2.5:7b/1",
				},
				Status: lead.AutoRejected,
			}
			if wins {
				r.Assessment.Score, r.Status = 70, lead.Matched
				if claimed[0].Data == nil {
					r.Data = &p.data
				}
			}
			require.NoError(t, s.Decide(t.Context(), claimed[0].Lease, r))
		}
	})
	want, got := measure(t, decided), measure(t, copied)
	t.Logf("decided %v, copied %v", want, got)
	// Within a fiftieth, or one page, by which tables grow.
	require.InDelta(t, want.total, got.total, max(0.02*float64(want.total), 8192))
	require.InDelta(t, want.jobs, got.jobs, max(0.02*float64(want.jobs), 8192))
}
