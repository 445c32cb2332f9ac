package rest_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

// A streaming is a server of streams whose tokens can be revoked.
type streaming struct {
	address string
	db      *memory.DB
	revoked atomic.Bool
	stop    chan struct{}
}

func newStreaming(t *testing.T, wrap func(http.Handler) http.Handler) *streaming {
	t.Helper()
	s := &streaming{db: memory.New(&memory.Options{Events: true}), stop: make(chan struct{})}
	h, err := rest.NewHandler(rest.WithHeartbeat(rest.Config{
		ForUser: func(user string) forge.Store { return s.db.ForUser(user) },
		Authenticate: func(r *http.Request) (rest.Identity, error) {
			if s.revoked.Load() {
				return rest.Identity{}, rest.ErrUnauthorized
			}
			return authenticate(r)
		},
		MaxStreams: 2, Stopping: s.stop,
	}, 20*time.Millisecond))
	require.NoError(t, err)
	if wrap != nil {
		h = wrap(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s.address = server.URL
	return s
}

// open opens a stream of ada's changes and returns its lines.
func (s *streaming) open(t *testing.T, accept, lastEventID string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		s.address+"/agent-forge/jobs/changes", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+tokenOf("ada"))
	r.Header.Set("Accept", accept)
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response, bufio.NewScanner(response.Body)
}

func (s *streaming) sync(t *testing.T, n int) {
	t.Helper()
	l := lead.Lead{Source: "example", ExternalID: strings.Repeat("1", n), Title: "Engineer"}
	l.URL = "https://jobs.example.com/" + l.ExternalID
	_, err := s.db.ForUser("ada").Sync(t.Context(), []lead.Lead{l})
	require.NoError(t, err)
}

func TestStreamOfServerSentEventsResumesAfterTheLastOne(t *testing.T) {
	t.Parallel()
	s := newStreaming(t, nil)
	s.sync(t, 1)
	s.sync(t, 2)
	response, lines := s.open(t, "text/event-stream", "1") //nolint:bodyclose // open does
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	var seen []string
	for lines.Scan() && len(seen) < 3 {
		if line := lines.Text(); line != "" && line != ": alive" {
			seen = append(seen, line)
		}
	}
	require.Equal(t, []string{"id: 2", "event: NEW"}, seen[:2])
	require.Contains(t, seen[2], `data: {"id":2,"job_id":2,"kind":"NEW"`)
	for lines.Scan() && lines.Text() != ": alive" { // ends when it does
	}
	require.NoError(t, lines.Err())
}

// A server's limit of the time in which a request is read would end the stream: the server goes on
// reading, to see the client leave.
func TestStreamOutlivesTheReadTimeoutOfTheServer(t *testing.T) {
	t.Parallel()
	s := newStreaming(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(40 * time.Millisecond))
			require.NoError(t, err)
			next.ServeHTTP(w, r)
		})
	})
	_, lines := s.open(t, "application/jsonl", "") //nolint:bodyclose // open does
	for range 6 {
		require.True(t, lines.Scan(), "a sign of life every 20 ms: %v", lines.Err())
	}
}

func TestIsStreamTellsStreamsFromPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, target, accept string
		want                   bool
	}{
		{http.MethodGet, "/agent-forge/jobs/changes?after=7", "text/event-stream", true},
		{http.MethodGet, "/agent-forge/jobs/changes", "text/html, Application/JSONL;q=0.5", true},
		{http.MethodGet, "/agent-forge/jobs/changes", "application/json", false},
		{http.MethodGet, "/agent-forge/jobs/changes", "", false},
		{http.MethodPost, "/agent-forge/jobs/changes", "text/event-stream", false},
		{http.MethodGet, "/agent-forge/jobs", "text/event-stream", false},
		{http.MethodGet, "/agent-forge/jobs/changes/", "text/event-stream", false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, c.target, nil)
		r.Header.Set("Accept", c.accept)
		require.Equal(t, c.want, rest.IsStream(r), "%v", c)
	}
}

func TestStreamEndsWhenTheTokenIsRevokedAndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(s *streaming)
	}{
		{"revoked", func(s *streaming) { s.revoked.Store(true) }},
		{"stopping", func(s *streaming) { close(s.stop) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStreaming(t, nil)
			_, lines := s.open(t, "application/jsonl", "") //nolint:bodyclose // open does
			require.True(t, lines.Scan(), "a stream begins with a sign of life")
			c.end(s)
			for lines.Scan() {
				require.Empty(t, lines.Text())
			}
			require.NoError(t, lines.Err(), "the stream ends as an answer does")
		})
	}
}

func TestStreamsOfOneUserAreCapped(t *testing.T) {
	t.Parallel()
	s := newStreaming(t, nil)
	first, _ := s.open(t, "text/event-stream", "")
	second, _ := s.open(t, "application/jsonl", "") //nolint:bodyclose // open does
	third, _ := s.open(t, "application/jsonl", "")  //nolint:bodyclose // open does
	require.Equal(t, []int{200, 200, 429}, []int{first.StatusCode, second.StatusCode, third.StatusCode})
	require.NotEmpty(t, third.Header.Get("Retry-After"))
	require.NoError(t, first.Body.Close())
	require.Eventually(t, func() bool {
		again, _ := s.open(t, "application/jsonl", "") //nolint:bodyclose // open does
		return again.StatusCode == http.StatusOK
	}, 10*time.Second, 10*time.Millisecond, "a stream that ended is given back")
}

// A client whose connections are cut again and again must return each change once, in order.
func TestClientResumesAStreamThatIsCut(t *testing.T) {
	t.Parallel()
	var answers atomic.Int64
	s := newStreaming(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if answers.Add(1)%3 == 0 { // neither answered nor refused
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(&cutting{ResponseWriter: w, left: 400}, r)
		})
	})
	c, err := rest.NewClient(s.address, tokenOf("ada"), nil)
	require.NoError(t, err)
	const n = 12
	for i := range n {
		s.sync(t, i+1)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var ids []int64
	for change, err := range c.Changes(ctx, 0) {
		require.NoError(t, err)
		ids = append(ids, change.ID)
		if len(ids) == n {
			break
		}
	}
	for i, id := range ids {
		require.EqualValues(t, i+1, id)
	}
	require.Greater(t, answers.Load(), int64(3), "the stream was cut")
}

// A cutting writer breaks the connection after so many bytes, in the middle of a line.
type cutting struct {
	http.ResponseWriter
	left int
}

func (w *cutting) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *cutting) Write(b []byte) (int, error) {
	if len(b) > w.left {
		_, _ = w.ResponseWriter.Write(b[:w.left])
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	w.left -= len(b)
	return w.ResponseWriter.Write(b)
}

func TestClientEndsChangesWithErrorsThatDoNotPass(t *testing.T) {
	t.Parallel()
	s := newStreaming(t, nil)
	c, err := rest.NewClient(s.address, tokenOf("ada"), nil)
	require.NoError(t, err)
	s.revoked.Store(true)
	for _, err := range c.Changes(t.Context(), 0) {
		require.ErrorIs(t, err, rest.ErrUnauthorized)
	}

	address := serve(t, func(string) forge.Store { return prunedStore{} })
	pruned, err := rest.NewClient(address, tokenOf("ada"), nil)
	require.NoError(t, err)
	for _, err := range pruned.Changes(t.Context(), 0) {
		lost, ok := errors.AsType[*store.PrunedError](err)
		require.True(t, ok, "%v", err)
		require.EqualValues(t, 7, lost.After)
	}

	address = serve(t, func(user string) forge.Store { return memory.New(nil).ForUser(user) })
	off, err := rest.NewClient(address, tokenOf("ada"), nil)
	require.NoError(t, err)
	for _, err := range off.Changes(t.Context(), 0) {
		require.ErrorIs(t, err, errors.ErrUnsupported)
	}

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	away, err := rest.NewClient("http://"+closed.Addr().String(), tokenOf("ada"),
		&rest.ClientOptions{RetryFor: -1})
	require.NoError(t, err)
	for _, err := range away.Changes(t.Context(), 0) {
		require.ErrorIs(t, err, rest.ErrUnavailable)
	}
}
