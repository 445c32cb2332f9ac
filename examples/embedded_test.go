package examples_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
)

var server = pgtest.New(&pgtest.Options{Durable: true})

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

func TestEmbeddedFitsOnAPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("embedded/main.go")
	require.NoError(t, err)
	require.LessOrEqual(t, bytes.Count(text, []byte("\n")), 80)
}

const (
	embeddedSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	embeddedResume = `# Backend engineer

I have built services in Go for eight years: PostgreSQL, Kafka, Kubernetes and gRPC. I write tests, run
what I build, and review the code of my team.

Skills: Go, PostgreSQL, Kafka, Kubernetes, Docker, gRPC, Linux.`
)

// career serves a company's site, whose list grows. Every second advert is for a baker.
func career(t *testing.T, listed *atomic.Int64) string {
	t.Helper()
	advert := func(base string, n int64) string {
		title, text := "Backend Engineer (Go)", "We are looking for an engineer who writes services in Go "+
			"with PostgreSQL and Kafka, and runs them on Kubernetes. You know gRPC and Docker."
		if n%2 == 1 {
			title, text = "Baker", "We are looking for a baker who makes bread and cakes at night. You have "+
				"finished an apprenticeship as a baker and know sourdough, ovens and food hygiene."
		}
		return fmt.Sprintf(`<script type="application/ld+json">{"@context": "https://schema.org",
			"@type": "JobPosting", "title": "%s %d", "identifier": "%[2]d", "url": "%[3]s/jobs/%[2]d",
			"description": "<p>%[4]s</p>", "hiringOrganization": {"@type": "Organization", "name": "Mill"}}
			</script>`, title, n, base, text)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /careers", func(w http.ResponseWriter, r *http.Request) {
		for n, newest := max(1, listed.Load()-99), listed.Load(); n <= newest; n++ {
			_, _ = io.WriteString(w, advert("http://"+r.Host, n))
		}
	})
	mux.HandleFunc("GET /jobs/{n}", func(w http.ResponseWriter, r *http.Request) {
		var n int64
		if _, err := fmt.Sscan(r.PathValue("n"), &n); err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, advert("http://"+r.Host, n))
	})
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return site.URL + "/careers"
}

// An inbox is a receiver of webhooks that knows a repeat by its id, and loses some of its answers.
type inbox struct {
	mu      sync.Mutex
	bodies  map[string]string // by id
	order   []string          // ids as they came first
	repeats int
	problem error
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender was killed in the middle of the request
	}
	sign, err := standardwebhooks.NewWebhook(embeddedSecret)
	if err == nil {
		err = sign.Verify(body, r.Header)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	id := r.Header.Get(standardwebhooks.HeaderWebhookID)
	before, seen := in.bodies[id]
	switch {
	case err != nil:
		in.problem = err
	case seen && before != string(body):
		in.problem = fmt.Errorf("%s came with two bodies: %s, %s", id, before, body)
	case seen:
		in.repeats++
	default:
		in.bodies[id] = string(body)
		in.order = append(in.order, id)
	}
}

func (in *inbox) count() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.bodies)
}

// A killed program is started again and again on one database, and the receiver, the decisions and the
// program's own rows agree.
func TestEmbeddedLosesAndDoublesNothingWhenItIsKilled(t *testing.T) {
	t.Parallel()
	kills := 0
	switch {
	case os.Getenv("FORGE_MEASURE") == "1":
		kills = 200
	case os.Getenv("FORGE_SOAK") == "1":
		kills = 12
	default:
		t.Skip("builds a program and kills it 12 times with FORGE_SOAK=1, 200 times with FORGE_MEASURE=1")
	}
	program := filepath.Join(t.TempDir(), "embedded")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = "embedded"
	build.Env = append(os.Environ(), "GOWORK=off")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	dsn := ownDatabase(t)
	db, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	in := &inbox{bodies: map[string]string{}}
	hook := httptest.NewServer(in)
	defer hook.Close()
	var listed atomic.Int64
	listed.Store(5)
	environment := append(os.Environ(), "DATABASE_URL="+dsn, "BOARD="+career(t, &listed), "HOOK="+hook.URL,
		"SECRET="+embeddedSecret, "RESUME="+embeddedResume)

	start := time.Now()
	ended := 0 // by an error of its own, such as a lock that a killed process still held
	for n := 0; n < kills; {
		// From before its first statement to well into its work.
		life := 20*time.Millisecond + rand.N(700*time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), life)
		cmd := exec.CommandContext(ctx, program)
		cmd.Env = environment
		said, err := cmd.CombinedOutput()
		require.Error(t, err, "it runs until it is killed")
		if ctx.Err() == nil {
			ended++
			require.LessOrEqual(t, ended, 10+kills/4, "it ends by itself: %s", said)
		} else {
			n++
			listed.Add(3)
		}
		cancel()
	}
	took := time.Since(start).Round(time.Second)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = environment
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	all := int(listed.Load())
	require.Eventually(t, func() bool { return in.count() >= all }, time.Minute, 20*time.Millisecond)
	var want []string
	rows, decided := 0, 0
	require.Eventually(t, func() bool {
		require.NoError(t, db.QueryRowContext(ctx, `SELECT count(*) FROM app.decisions`).Scan(&rows))
		return rows == all
	}, 10*time.Second, 20*time.Millisecond)
	cancel()
	_ = cmd.Wait() // killed
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM app.user_job_map
		WHERE application_status IN ('MATCHED', 'AUTO_REJECTED')`).Scan(&decided))
	events, err := db.QueryContext(t.Context(), `SELECT 'app_' || e.id FROM app.forge_events e
		JOIN app.decisions d USING (job_id) WHERE kind IN ('MATCHED', 'REJECTED') ORDER BY e.id`)
	require.NoError(t, err)
	defer func() { require.NoError(t, events.Close()) }()
	for events.Next() {
		var id string
		require.NoError(t, events.Scan(&id))
		want = append(want, id)
	}
	require.NoError(t, events.Err())
	in.mu.Lock()
	defer in.mu.Unlock()
	require.NoError(t, in.problem)
	require.Equal(t, want, in.order, "each decision once, in the order of the commits")
	require.Len(t, want, rows)
	require.Equal(t, rows, decided)
	matched := 0
	for _, body := range in.bodies {
		matched += strings.Count(body, `"MATCHED"`)
	}
	require.NotZero(t, matched)
	require.NotEqual(t, rows, matched, "both kinds of decisions are told")
	t.Logf("%d kills in %v, %d ends by an error: %d own rows = %d decisions = %d webhooks after %d repeats",
		kills, took, ended, rows, decided, len(in.order), in.repeats)
}

// ownDatabase returns the DSN of a new database: the program names its schema itself.
func ownDatabase(t *testing.T) string {
	t.Helper()
	dsn, _ := server.Schema(t)
	db, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	name := fmt.Sprintf("embedded_%d", time.Now().UnixNano())
	_, err = db.ExecContext(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		require.NoError(t, err)
	})
	return pgtest.With(dsn, "dbname", name)
}
