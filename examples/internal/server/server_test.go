package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// A safeBuffer can be written and read at the same time.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// started runs the whole command until the test ends, and returns what it printed.
func started(t *testing.T, args ...string) (url, token string, stop func() error) {
	t.Helper()
	var stderr safeBuffer
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := Run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in, &stderr)
		_ = in.CloseWithError(errors.Join(err, io.EOF))
		ended <- err
	}()
	var once sync.Once
	var result error
	stop = func() error {
		once.Do(func() { cancel(); result = <-ended })
		return result
	}
	t.Cleanup(func() { _ = stop() })
	printed := make([]byte, 4096)
	n, err := out.Read(printed)
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	text := string(printed[:n])
	url = regexp.MustCompile(`http://\S+`).FindString(text)
	token = regexp.MustCompile(`forge_\w+`).FindString(text)
	return url, token, stop
}

// fetch gets a page. The header is given as names and values.
func fetch(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for pair := range slices.Chunk(header, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// Without flags the server starts, prints its address and a token, and keeps what an agent sends
// over a restart.
func TestTheServerStartsOnAFileAndKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "forge.db")
	url, token, stop := started(t, "-db", db)
	require.NotEmpty(t, token)
	file, err := os.ReadFile(strings.TrimSuffix(db, ".db") + ".token")
	require.NoError(t, err)
	require.Equal(t, token+"\n", string(file), "what the agent reads")
	for _, page := range []struct{ path, want string }{
		{"/healthz", "ok"},
		{"/readyz", "ready"},
		{"/agent-forge/openapi.yaml", "openapi: 3.1.0"},
		{"/sign-in", "Paste your token"},
	} {
		status, body := fetch(t, url+page.path)
		require.Equal(t, http.StatusOK, status, page.path)
		require.Contains(t, body, page.want)
	}
	agent, err := rest.NewClient(url, token, nil)
	require.NoError(t, err)
	refs, err := agent.Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
	})
	require.NoError(t, err)
	require.Len(t, refs, 1)
	agent.CloseIdleConnections()
	require.NoError(t, stop())

	url, again, _ := started(t, "-db", db)
	require.NotEqual(t, token, again, "each run has a token of its own")
	agent, err = rest.NewClient(url, again, nil)
	require.NoError(t, err)
	jobs, err := agent.Claim(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	old, err := rest.NewClient(url, token, nil)
	require.NoError(t, err)
	_, err = old.Stats(t.Context())
	require.ErrorIs(t, err, rest.ErrUnauthorized)
}

// When the server stops, accepted requests are finished.
func TestTheServerFinishesWhatItAcceptedBeforeItStops(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	s := newSite(t, nil)
	srv := s.serveWith(func(p *parts) {
		p.catalogue.forUser = func(user string) forge.Store {
			return slowStore{s.forUser(user).(fullStore), entered, leave}
		}
	})
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served, synced := make(chan error, 1), make(chan error, 1)
	go func() { served <- srv.serve(ctx, listen) }()
	agent, err := rest.NewClient("http://"+listen.Addr().String(), adaToken, nil)
	require.NoError(t, err)
	go func() {
		_, err := agent.Sync(t.Context(), []lead.Lead{
			{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
		})
		synced <- err
	}()
	<-entered
	cancel() // the signal comes while the request is under way
	select {
	case err := <-served:
		t.Fatalf("the server left a request behind: %v", err)
	case <-time.After(50 * time.Millisecond): // it goes on waiting
	}
	close(leave)
	require.NoError(t, <-synced)
	require.NoError(t, <-served)
	require.True(t, srv.stopping.Load())
	agent.CloseIdleConnections()
}

// slowStore reports when a sync begins, and ends it when the test says so.
type slowStore struct {
	fullStore
	entered, leave chan struct{}
}

func (s slowStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	close(s.entered)
	<-s.leave
	return s.fullStore.Sync(ctx, leads)
}

func TestTokensAreKeptAsHashesAndReadAgainWhenTheFileChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.txt")
	made := func(who string) string {
		var out bytes.Buffer
		require.NoError(t, Run(t.Context(), []string{"-tokens", path, "-new-token", who}, &out, io.Discard))
		return strings.TrimSpace(out.String())
	}
	agent, view := made("ada lovelace:agent"), made("ada lovelace:view")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(kept), agent)
	require.NotContains(t, string(kept), strings.TrimPrefix(view, "forge_"))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	url, printed, _ := started(t, "-db", filepath.Join(t.TempDir(), "forge.db"), "-tokens", path)
	require.Empty(t, printed)
	call := func(token string) error {
		c, err := rest.NewClient(url, token, &rest.ClientOptions{RetryFor: -1})
		require.NoError(t, err)
		defer c.CloseIdleConnections()
		_, err = c.Claim(t.Context(), 1, time.Minute)
		return err
	}
	require.NoError(t, call(agent))
	require.ErrorIs(t, call(view), rest.ErrForbidden)
	require.ErrorIs(t, call("forge_X"), rest.ErrUnauthorized)
	bob := made("bob")
	require.Eventually(t, func() bool { return call(bob) == nil }, 10*time.Second, 100*time.Millisecond)
	require.NoError(t, os.WriteFile(path, []byte("# nobody\n"), 0o600))
	require.Eventually(t, func() bool { return errors.Is(call(agent), rest.ErrUnauthorized) }, 10*time.Second,
		100*time.Millisecond)
}

func TestACommandLineThatMakesNoSenseIsRefusedByTheFlag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names string
		args  []string
	}{
		{"-threshold", []string{"-threshold", "101"}},
		{"-url", []string{"-url", "forge.example.com"}},
		{"-new-token", []string{"-new-token", "ada"}},
		{"-rate", []string{"-rate", "-1"}},
		{"-daily", []string{"-daily", "499"}},
		{"-daily", []string{"-daily", "-1"}},
		{"-user", []string{"-user", " "}},
		{"-tokens", []string{"-tokens", "/nowhere/at/all"}},
		{"-db", []string{"-db", "/nowhere/at/all"}},
		{"-addr", []string{"-db", ":memory:", "-addr", "256.0.0.1:1"}},
		{"-postgres", []string{"-postgres", "host=localhost"}},
		{"argument 1", []string{"serve"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, Run(t.Context(), c.args, io.Discard, io.Discard), c.names)
		})
	}
}

// Each token has a limit of its own, and the answer says when to come back.
func TestATokenThatIsUsedTooOftenIsToldToWait(t *testing.T) {
	t.Parallel()
	l := newLimits(0.5, 3)
	for range 3 {
		require.NoError(t, l.take([32]byte{1}))
	}
	err := l.take([32]byte{1})
	var slow interface{ RetryAfter() time.Duration }
	require.ErrorAs(t, err, &slow)
	require.InDelta(t, 2, slow.RetryAfter().Seconds(), 0.5)
	require.NoError(t, l.take([32]byte{2}), "another token is another allowance")
	for range 1000 {
		require.NoError(t, newLimits(0, 1).take([32]byte{1}))
	}

	url, token, _ := started(t, "-db", filepath.Join(t.TempDir(), "forge.db"), "-rate", "0.1", "-burst", "2")
	c, err := rest.NewClient(url, token, &rest.ClientOptions{RetryFor: -1})
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	for range 2 {
		_, err = c.Stats(t.Context())
		require.NoError(t, err)
	}
	_, err = c.Stats(t.Context())
	require.ErrorIs(t, err, rest.ErrRateLimited)
	answer, ok := errors.AsType[*rest.Error](err)
	require.True(t, ok)
	require.Greater(t, answer.RetryAfter(), 5*time.Second)
}

// The metrics and the log count calls and hold nothing of what was sent.
func TestMetricsAndLogsCountAndDoNotTell(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	s := newSite(t, &log)
	agent, err := rest.NewClient(s.URL, adaToken, nil)
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	leads := []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Secretword Engineer", URL: "https://jobs.example.com/1"},
		{Source: "example", ExternalID: "2", Title: "Secretword Baker", URL: "https://jobs.example.com/2"},
		{Source: "example", ExternalID: "3", Title: "Secretword Cook", URL: "https://jobs.example.com/3"},
	}
	refs, err := agent.Sync(t.Context(), leads)
	require.NoError(t, err)
	match := enrich.Decision{
		Assessment: enrich.Assessment{Score: 80}, Status: lead.Matched,
		Data: &enrich.Data{Description: "Secretword!"},
	}
	require.NoError(t, agent.Decide(t.Context(), store.Lease{ID: refs[0].ID}, match))
	require.NoError(t,
		agent.Decide(t.Context(), store.Lease{ID: refs[1].ID}, enrich.Decision{Status: lead.AutoRejected}))
	require.ErrorIs(t, agent.Decide(t.Context(), store.Lease{ID: 99, Token: 1}, match), store.ErrNotFound)
	_, _, err = agent.List(t.Context(), store.Filter{Text: "secretquery"})
	require.NoError(t, err)
	other, err := rest.NewClient(s.URL, bobToken, nil)
	require.NoError(t, err)
	defer other.CloseIdleConnections()
	_, err = other.Sync(t.Context(), leads)
	require.NoError(t, err)
	_, err = other.Claim(t.Context(), 3, time.Minute)
	require.NoError(t, err)

	status, metrics := fetch(t, s.URL+"/metrics")
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{
		`forge_http_requests_total{method="POST",route="POST /agent-forge/jobs/sync",status="200"} 2`,
		`forge_http_requests_total{method="POST",route="POST /agent-forge/jobs/{id}/enrich",status="404"} 1`,
		`forge_http_request_seconds_count{route="POST /agent-forge/jobs/claim"} 1`,
		`forge_decisions_total{status="MATCHED"} 1`, `forge_decisions_total{status="AUTO_REJECTED"} 1`,
		`forge_synced_jobs_total{state="NEW"} 6`, `forge_queue_depth 4`, `forge_jobs{status="MATCHED"} 1`,
		`forge_text_bytes_total{what="kept"} 11`, `forge_text_bytes_total{what="served"} 11`,
		`forge_text_bytes_total{what="dropped"} 11`,
		`forge_operation_duration_seconds_count{operation="sync"} 2`,
		`forge_operation_duration_seconds_count{error_type="not_found",operation="decide"} 1`,
		"go_goroutines",
	} {
		require.Contains(t, metrics, want)
	}
	for _, private := range []string{
		`"ada"`, "=ada", `"bob"`, "=bob", "Secretword", "secretquery",
		adaToken,
	} {
		require.NotContains(t, metrics, private)
		require.NotContains(t, log.String(), private)
	}
	require.Contains(t, log.String(), `route="POST /agent-forge/jobs/{id}/enrich" status=404`)
	require.Regexp(t, `id=[A-Z0-9]{16}`, log.String())
}

func TestARequestKeepsItsIDAndNoOtherText(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	s := newSite(t, &log)
	for _, c := range []struct {
		sent string
		kept bool
	}{{"a-b.c_9", true}, {"two words", false}, {strings.Repeat("x", 65), false}, {`"quoted"`, false}} {
		t.Run(c.sent, func(t *testing.T) {
			b := s.surfer("")
			b.header.Set(requestID, c.sent)
			_, header, _ := b.get("/sign-in")
			require.Equal(t, c.kept, header.Get(requestID) == c.sent)
			require.Equal(t, c.kept, strings.Contains(log.String(), c.sent))
		})
	}
}

// If the store does not answer, /readyz says so, and /healthz does not, because a restart would not
// help.
func TestAServerWithoutItsStoreIsHealthyAndNotReady(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	srv := s.serveWith(func(p *parts) {
		p.catalogue.forUser = func(user string) forge.Store { return goneStore{s.forUser(user).(fullStore)} }
	})
	status, _ := fetch(t, s.URL+"/healthz")
	require.Equal(t, http.StatusOK, status)
	status, body := fetch(t, s.URL+"/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "the store does not answer\n", body)
	b := s.surfer(adaToken)
	status, header, body := b.get("/")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.NotEmpty(t, header.Get("Retry-After"))
	require.Contains(t, body, "Nothing is lost")
	srv.stopping.Store(true)
	status, body = fetch(t, s.URL+"/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "stopping\n", body)
}

// goneStore is a store whose database does not answer.
type goneStore struct{ fullStore }

func (goneStore) Stats(context.Context) (store.Stats, error) {
	return store.Stats{}, errors.New("connection refused")
}

func TestAHandlerThatPanicsIsLoggedAndAnswered(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	s := newSite(t, nil)
	srv := &server{log: slog.New(slog.NewTextHandler(&log, nil))}
	bug := func(http.ResponseWriter, *http.Request) { panic("a bug") }
	s.Config.Handler = srv.observed(newMetrics(s.parts.catalogue.counts), http.HandlerFunc(bug))
	status, _ := fetch(t, s.URL)
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, log.String(), "a bug")
	require.Contains(t, log.String(), "status=500")
}
