package fleet

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/telemetry"
)

// The fleet's metrics count what its pipelines do, for all users together.
func TestMetricsCountTheWorkOfAllUsers(t *testing.T) {
	t.Parallel()
	l := newTimeline(t)
	registry := prometheus.NewRegistry()
	traces, end, err := telemetry.Traces(t.Context(), "test", "")
	require.NoError(t, err)
	defer end()
	l.telemetry, err = telemetry.New(traces, registry)
	require.NoError(t, err)
	for _, user := range []string{"ada", "bob"} {
		l.resumes[user] = true
		l.add(user, time.Hour)
	}
	l.step()
	l.step()

	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	stop, err := telemetry.Serve(t.Context(), address, registry)
	require.NoError(t, err)
	defer stop()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	require.NoError(t, err)
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	for _, want := range []string{
		`forge_synced_jobs_total{state="NEW"} 2`,
		`forge_operation_duration_seconds_count{operation="search",source="calm"} 2`,
		`forge_operation_duration_seconds_count{operation="scrape",source="calm"} 1`,
		`forge_events_total{kind="searched",source="calm"} 2`,
	} {
		require.Contains(t, string(text), want)
	}
	require.NotContains(t, string(text), "ada")
}
