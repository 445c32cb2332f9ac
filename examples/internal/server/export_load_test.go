package server

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/rest"
)

// Exports are streams, so many large ones at the same time need little memory, and other users'
// calls go on.
//
// It does not run in parallel, because times and memory are measured.
func TestManyLargeExportsTakeLittleMemory(t *testing.T) {
	matches := 600
	if soaking() {
		matches = 20_000
	}
	const tokens, perToken = 10, 2
	dsn := database.DSN(t)
	openPostgres(t, dsn)
	fill(t, dsn, "ada", matches)
	var lines strings.Builder
	for i := range tokens {
		lines.WriteString(tokenLine(loadToken(i), "view ada"))
	}
	lines.WriteString(tokenLine(bobToken, "agent bob"))
	server := spawnWith(t, lines.String(), "-postgres", dsn)

	calls := func(n int, until <-chan struct{}) []time.Duration {
		c, err := rest.NewClient(server.url, bobToken, nil)
		require.NoError(t, err)
		defer c.CloseIdleConnections()
		var took []time.Duration
		for i := 0; ; i++ {
			select {
			case <-until:
				return took
			default:
			}
			if until == nil && i == n {
				return took
			}
			start := time.Now()
			_, err := c.Sync(t.Context(), []lead.Lead{
				{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
			})
			if err != nil {
				t.Error(err)
			}
			took = append(took, time.Since(start))
			time.Sleep(time.Millisecond) // an agent is not a benchmark
		}
	}
	idleCalls := calls(500, nil)
	idle := server.memory(t)

	var exports sync.WaitGroup
	start := time.Now()
	for i := range tokens * perToken {
		exports.Go(func() {
			path := []string{"/export.csv", "/export.json"}[i%2]
			n, err := export(t, server.url, loadToken(i/perToken), path)
			if err != nil || n != matches {
				t.Errorf("export %d: %d of %d rows, %v", i, n, matches, err)
			}
		})
	}
	done := make(chan struct{})
	go func() { exports.Wait(); close(done) }()
	busyCalls := make(chan []time.Duration, 1)
	go func() { busyCalls <- calls(0, done) }()
	peak := idle
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(20 * time.Millisecond):
		}
		peak = max(peak, server.memory(t))
	}
	p99 := func(took []time.Duration) time.Duration {
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	t.Logf("%d exports of %d matches in %v: memory %d MB idle, %d MB at most (%.2f); "+
		"others' p99 %s idle and %s meanwhile",
		tokens*perToken, matches, time.Since(start).Round(time.Millisecond), idle>>20, peak>>20,
		float64(peak)/float64(idle), p99(idleCalls), p99(<-busyCalls))
	if !measure.RaceDetector {
		require.LessOrEqual(t, peak, idle*3/2, "memory grows with what is exported")
	}
}

// fill gives a user matches with texts of the usual size.
func fill(t *testing.T, dsn, user string, matches int) {
	t.Helper()
	db, err := sqlx.Open("postgres", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, statement := range []string{
		`INSERT INTO jobs (source, external_id, title, company, location, url, description, deep_scraped_at,
			first_seen_at, last_seen_at)
		SELECT 'fill', n::text, 'Engineer ' || n, 'Company ' || n % 100, 'Remote',
			'https://jobs.example.com/' || n,
			repeat(md5(n::text) || ' ', 120), now(), now(), now() FROM generate_series(1,
				$2) n WHERE $1 <> ''`,
		`INSERT INTO user_job_map (user_id, job_id, application_status, discovered_at, updated_at)
		SELECT $1, id, 'MATCHED', now(), now() FROM jobs WHERE source = 'fill' LIMIT $2`,
		`INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills,
			skill_gap_recommendations, scored_by, created_at, updated_at)
		SELECT $1, id, 30 + id % 70, repeat('Reason. ', 20), '["Kafka", "Rust"]', '[]', 'fill/1', now(), now()
		FROM jobs WHERE source = 'fill' LIMIT $2`,
	} {
		_, err := db.ExecContext(t.Context(), statement, user, matches)
		require.NoError(t, err)
	}
}

// export signs in, exports, and counts the rows.
func export(t *testing.T, server, token, path string) (rows int, err error) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return 0, err
	}
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	signedIn, err := client.PostForm(server+"/sign-in", url.Values{"token": {token}})
	if err != nil {
		return 0, err
	}
	_ = signedIn.Body.Close()
	response, err := client.Get(server + path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	counted := &counter{}
	_, err = io.Copy(counted, response.Body)
	return counted.n, err
}

// A counter counts the links that are written to it. Rows begin and end anywhere in a write.
type counter struct {
	n    int
	rest string
}

func (c *counter) Write(b []byte) (int, error) {
	const link = "https://jobs.example.com/"
	text := c.rest + string(b)
	c.n += strings.Count(text, link)
	c.rest = text[max(0, len(text)-len(link)+1):]
	return len(b), nil
}
