package server

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// The page says when the user's agents called and what was refused, and, after a restart, what they had
// done before it.
func TestPageSaysWhatAgentsDid(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.surfer(adaToken)
	_, _, text := b.get("/")
	require.Contains(t, text, "None has called since the server started, just now.")
	agent, err := rest.NewClient(s.URL, adaToken, nil)
	require.NoError(t, err)
	l := lead.Lead{Source: "example", ExternalID: "1", Title: "Baker", URL: "https://jobs.example.com/1"}
	_, err = agent.Sync(t.Context(), []lead.Lead{l})
	require.NoError(t, err)
	s.now.advance(2 * time.Hour)
	err = agent.Renew(t.Context(), store.Lease{ID: 1, Token: 7}, time.Minute)
	require.ErrorIs(t, err, store.ErrLeaseLost)
	s.now.advance(3 * time.Minute)
	_, _, text = b.get("/")
	for _, says := range []string{
		"<dt>Last call</dt><dd>3 minutes ago</dd>", "<dt>Last search</dt><dd>2 hours ago</dd>",
		"<dt>Last refusal</dt><dd>renew: 409 Conflict, 3 minutes ago</dd>",
	} {
		require.Contains(t, text, says)
	}
	_, _, text = s.surfer(bobToken).get("/")
	require.NotContains(t, text, "Last call", "another user's agents")

	s.now.advance(5 * 24 * time.Hour)
	s.serveWith(func(*parts) {})
	b = s.surfer(adaToken)
	s.now.advance(5 * time.Minute)
	_, _, text = b.get("/")
	require.Contains(t, text, "None has called since the server started, 5 minutes ago.")
	require.Contains(t, text, "<dt>Last new job</dt><dd>5 days ago</dd>")
	require.Contains(t, text, "Silent")
}
