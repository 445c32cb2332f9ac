package server

import (
	"net/http"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/mcp"
	"github.com/agent-forge/forge/store/rest"
)

// withToken sends a token with each request.
type withToken struct {
	next  http.RoundTripper
	token string
}

func (w withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+w.token)
	return w.next.RoundTrip(r)
}

func (s *site) assistant(token string) (*sdk.ClientSession, error) {
	transport := &http.Transport{}
	s.Cleanup(transport.CloseIdleConnections)
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"},
		&sdk.ClientOptions{Capabilities: &sdk.ClientCapabilities{}})
	session, err := client.Connect(s.Context(), &sdk.StreamableClientTransport{
		Endpoint: s.URL + mcp.Path, MaxRetries: -1, DisableStandaloneSSE: true,
		HTTPClient: &http.Client{Transport: withToken{transport, token}},
	}, nil)
	if err == nil {
		s.Cleanup(func() { _ = session.Close() })
	}
	return session, err
}

// An assistant has the tools of its token's user and scope, and the API's limits.
func TestAnAssistantUsesTheServersTokensAndLimits(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	for _, c := range []struct {
		token string
		tools int
		finds string
	}{
		{adaToken, 8, "Senior Go Engineer, Routing"},
		{adaLooks, 6, "Senior Go Engineer, Routing"},
		{newestToken, 8, `"jobs": []`},
	} {
		session, err := s.assistant(c.token)
		require.NoError(t, err)
		tools, err := session.ListTools(t.Context(), nil)
		require.NoError(t, err)
		require.Len(t, tools.Tools, c.tools)
		found, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "find_jobs"})
		require.NoError(t, err)
		require.Contains(t, found.Content[0].(*sdk.TextContent).Text, c.finds)
	}
	_, err := s.assistant("forge_WRONG")
	require.ErrorContains(t, err, "Unauthorized")

	limited := newSite(t, nil, "-rate", "0.01", "-burst", "1")
	session, err := limited.assistant(adaToken)
	if err == nil { // a client of the newest protocol connects with one request
		_, err = session.CallTool(t.Context(), &sdk.CallToolParams{Name: "find_jobs"})
	}
	require.ErrorContains(t, err, "Too Many Requests")
	agent, err := rest.NewClient(limited.URL, adaToken, nil)
	require.NoError(t, err)
	defer agent.CloseIdleConnections()
	_, err = agent.Stats(t.Context())
	require.ErrorIs(t, err, rest.ErrRateLimited, "the API counts with it")
}
