package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// Traces hold the route of a request, and neither its query nor its token.
func TestTracesReachTheCollectorWithoutQueriesAndTokens(t *testing.T) {
	t.Parallel()
	var got safeBuffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = got.Write([]byte(r.URL.Path + "\n"))
		_, _ = got.Write(body)
	}))
	t.Cleanup(collector.Close)
	url, token, stop := started(t, "-db", filepath.Join(t.TempDir(), "forge.db"), "-otlp", collector.URL)
	agent, err := rest.NewClient(url, token, nil)
	require.NoError(t, err)
	_, _, err = agent.List(t.Context(), store.Filter{Text: "privatewords"})
	require.NoError(t, err)
	_, err = agent.Sync(t.Context(), []lead.Lead{{
		Source: "example", ExternalID: "privatewords-1", Title: "privatewords", Company: "privatewords",
		URL: "https://jobs.example.com/privatewords",
	}})
	require.NoError(t, err)
	_, metrics := fetch(t, url+"/metrics", "Accept", "application/openmetrics-text")
	require.Regexp(t, `forge_http_request_seconds_bucket\{.*jobs/sync.* # \{trace_id="[0-9a-f]{32}"`, metrics)
	require.Regexp(t, `forge_synced_jobs_total\{state="NEW"\} 1.* # \{.*trace_id="[0-9a-f]{32}"`, metrics)
	agent.CloseIdleConnections()
	require.NoError(t, stop(), "what is left is sent when the server stops")
	require.Contains(t, got.String(), "/v1/traces\n")
	require.Contains(t, got.String(), "forge-server")
	require.Contains(t, got.String(), "/agent-forge/jobs")
	require.Contains(t, got.String(), "forge.sync")
	for _, private := range []string{"privatewords", token} {
		require.False(t, bytes.Contains([]byte(got.String()), []byte(private)), private)
	}
}
