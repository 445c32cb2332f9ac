package rest_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

func TestNewHandlerNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := rest.NewHandler(rest.Config{})
	require.ErrorContains(t, err, "Config.ForUser")
	require.ErrorContains(t, err, "Config.Authenticate")
}

func TestAnotherMethodAndAnotherAddressAreProblemsToo(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t)
	for _, path := range []string{"jobs/sync", "jobs/claim", "jobs/1/enrich", "jobs/1/renew", "jobs/1/release", "jobs/1/mark", "jobs/reopen"} {
		c.refused(http.StatusMethodNotAllowed, tokenOf("ada"), http.MethodGet, "/agent-forge/"+path, "")
		require.Equal(t, "POST", c.send(tokenOf("ada"), http.MethodDelete, "/agent-forge/"+path, "").header.Get("Allow"))
	}
	for _, path := range []string{"jobs", "jobs/stats", "openapi.yaml"} {
		c.refused(http.StatusMethodNotAllowed, tokenOf("ada"), http.MethodPut, "/agent-forge/"+path, "")
	}
	for _, path := range []string{"", "job", "jobs/1", "jobs/1/delete", "jobs/1/enrich/2", "openapi.json"} {
		c.refused(http.StatusNotFound, tokenOf("ada"), http.MethodPost, "/agent-forge/"+path, "")
	}
}

// The log says which call failed and why. Bodies, tokens and what the store says about its own insides go nowhere else.
func TestNothingThatWasSentIsLoggedAndNoInsidesAreAnswered(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h, err := rest.NewHandler(rest.Config{
		ForUser: func(string) forge.Store { return brokenStore{} }, Authenticate: authenticate, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	for _, body := range []string{matching, `{"match_score":1,"secret":1}`, `not JSON, but secret`} {
		r := httptest.NewRequest(http.MethodPost, "/agent-forge/jobs/1/enrich", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+tokenOf("ada"))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.NotContains(t, w.Body.String(), "10.0.0.1")
		require.NotContains(t, w.Body.String(), tokenOf("ada"))
	}
	require.Contains(t, log.String(), "/enrich")
	require.Contains(t, log.String(), "connection refused")
	for _, private := range []string{"bicycles", "Strong fit", "secret", tokenOf("ada"), "ada"} {
		require.NotContains(t, log.String(), private)
	}
}

func TestTokensKnowsItsTokensAndNoOthers(t *testing.T) {
	t.Parallel()
	auth := rest.Tokens(map[string]string{"s3cret": "ada", "other": "bob", "": "nobody"})
	for header, user := range map[string]string{
		"Bearer s3cret": "ada", "bearer other": "bob", "Bearer  s3cret ": "ada",
		"": "", "Bearer": "", "Bearer ": "", "s3cret": "", "Basic s3cret": "", "Bearer s3cretX": "", "Bearer S3CRET": "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		who, err := auth(r)
		if user == "" {
			require.ErrorIs(t, err, rest.ErrUnauthorized, header)
			continue
		}
		require.NoError(t, err, header)
		require.Equal(t, rest.Identity{User: user}, who)
	}
}

// The board's name may be left out where the URL says it, and only there.
func TestTheBoardIsReadFromTheHostWhereItSaysIt(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	c := &catalogue{TB: t, address: serve(t, func(user string) forge.Store { return db.ForUser(user) })}
	for url, source := range map[string]string{
		"https://www.linkedin.com/jobs/view/1": "linkedin", "https://de.linkedin.com/x": "linkedin", "https://LinkedIn.com./x": "linkedin",
		"https://www.naukri.com/x": "naukri", "https://linkedin.com.evil.example/x": "", "https://notlinkedin.com/x": "",
		"https://jobs.example.com/linkedin.com": "", "https://linkedin.com@evil.example/x": "",
	} {
		for _, left := range []string{``, `"source":null,`, `"source":" ",`} {
			got := c.ok(tokenOf(url+left), "/agent-forge/jobs/sync", `[{`+left+`"external_id":"1","title":"Engineer","url":"`+url+`"}]`)
			if source == "" {
				require.Contains(t, got["rejected"].([]any)[0].(map[string]any)["error"], "source")
				continue
			}
			require.Equal(t, source, got["jobs"].([]any)[0].(map[string]any)["source"], url)
		}
	}
	got := c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", `[{"source":"example","external_id":"1","title":"Engineer","url":"https://www.linkedin.com/1","posted_at":"2026-02-03"}]`)
	require.Equal(t, "example", got["jobs"].([]any)[0].(map[string]any)["source"], "a name that is given is kept")
	require.Contains(t, c.send(tokenOf("ada"), http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", "").body, `"posted_at":"2026-02-03T00:00:00Z"`)
}
