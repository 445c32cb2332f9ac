package server

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

func numbered(id int) lead.Lead {
	text := strconv.Itoa(id)
	return lead.Lead{
		Source: "example", ExternalID: text, Title: "Engineer", URL: "https://jobs.example.com/" + text,
	}
}

// A program follows a user's changes over the API, resumes after what it has seen, and learns at once
// that the server stops.
func TestEventsAreStreamedResumedAndEndedWhenTheServerStops(t *testing.T) {
	t.Parallel()
	url, token, stop := started(t, "-events", "1h", "-db", filepath.Join(t.TempDir(), "forge.db"))
	agent, err := rest.NewClient(url, token, &rest.ClientOptions{RetryFor: -1})
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	require.NoError(t, decide(t.Context(), agent, numbered(1), 80))
	var seen []string
	var last int64
	for c, err := range agent.Changes(t.Context(), 0) {
		require.NoError(t, err)
		seen = append(seen, string(c.Kind)+" "+c.Lead.ExternalID)
		if last = c.ID; c.Lead.ExternalID == "2" {
			break
		}
		if c.Kind == store.ChangeMatched { // the stream is open, and waits
			_, err := agent.Sync(t.Context(), []lead.Lead{numbered(2)})
			require.NoError(t, err)
		}
	}
	require.Equal(t, []string{"NEW 1", "MATCHED 1", "NEW 2"}, seen)

	_, err = agent.Sync(t.Context(), []lead.Lead{numbered(3)})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/agent-forge/jobs/changes", nil)
	require.NoError(t, err)
	r.Header = http.Header{
		"Authorization": {"Bearer " + token}, "Accept": {"text/event-stream"},
		"Last-Event-Id": {strconv.FormatInt(last, 10)},
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "id: ") {
	}
	require.Equal(t, fmt.Sprint("id: ", last+1), lines.Text(), "the browser's own header resumes it")

	stopped := time.Now()
	require.NoError(t, stop())
	require.Less(t, time.Since(stopped), shutdownTimeout/2, "no stream holds the server")
	for lines.Scan() {
	}
	require.NoError(t, lines.Err(), "the stream ends as an answer does")
}

// All streams that a user can have leave the token's other requests alone.
func TestEventStreamsHoldNoOtherRequests(t *testing.T) {
	t.Parallel()
	url, token, _ := started(t, "-events", "1h", "-db", filepath.Join(t.TempDir(), "forge.db"))
	agent, err := rest.NewClient(url, token, nil)
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	for i := range atOnce + 1 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			url+"/agent-forge/jobs/changes", nil)
		require.NoError(t, err)
		r.Header = http.Header{"Authorization": {"Bearer " + token}, "Accept": {"application/jsonl"}}
		response, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		want := http.StatusOK
		if i == atOnce {
			want = http.StatusTooManyRequests
		}
		require.Equal(t, want, response.StatusCode)
	}
	_, err = agent.Stats(t.Context())
	require.NoError(t, err)
}

// Changes that are older than -events are pruned while the server works, and a program that was away
// for longer is told so.
func TestEventsArePrunedByAge(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-events", "1h")
	agent, err := rest.NewClient(s.URL, adaToken, nil)
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	for id := range 3 {
		_, err := agent.Sync(t.Context(), []lead.Lead{numbered(id)})
		require.NoError(t, err)
	}
	s.now.advance(2 * time.Hour)
	for id := range 64 { // a pruning is due in each 64 calls
		_, err := agent.Sync(t.Context(), []lead.Lead{numbered(10 + id)})
		require.NoError(t, err)
	}
	_, err = agent.ListChanges(t.Context(), 0, 100)
	pruned, ok := errors.AsType[*store.PrunedError](err)
	require.True(t, ok, "%v", err)
	changes, err := agent.ListChanges(t.Context(), pruned.After, 100)
	require.NoError(t, err)
	require.Len(t, changes, 64)
}

// A server without -events answers as one that cannot, and says what to do.
func TestEventsAreOffByDefault(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	agent, err := rest.NewClient(s.URL, adaToken, nil)
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	_, err = agent.ListChanges(t.Context(), 0, 1)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, Run(t.Context(), []string{"-events", "-1s"}, nil, &safeBuffer{}), "-events")
}
