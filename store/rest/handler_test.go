package rest_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

func TestHandlerNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := rest.NewHandler(rest.Config{})
	require.ErrorContains(t, err, "Config.ForUser")
	require.ErrorContains(t, err, "Config.Authenticate")
}

func TestHandlerAnswersWrongMethodsAndAddressesWithAProblem(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	for _, path := range []string{
		"jobs/sync", "jobs/claim", "jobs/1/enrich", "jobs/1/renew", "jobs/1/release",
		"jobs/1/mark", "jobs/reopen",
	} {
		c.refused(http.StatusMethodNotAllowed, tokenOf("ada"), http.MethodGet, "/agent-forge/"+path, "")
		require.Equal(t, "POST",
			c.send(tokenOf("ada"), http.MethodDelete, "/agent-forge/"+path, "").header.Get("Allow"))
	}
	for _, path := range []string{"jobs", "jobs/stats", "openapi.yaml"} {
		c.refused(http.StatusMethodNotAllowed, tokenOf("ada"), http.MethodPut, "/agent-forge/"+path, "")
	}
	for _, path := range []string{"", "job", "jobs/1", "jobs/1/delete", "jobs/1/enrich/2", "openapi.json"} {
		c.refused(http.StatusNotFound, tokenOf("ada"), http.MethodPost, "/agent-forge/"+path, "")
	}
}

// The log says which call failed and why. It holds no body and no token, and the answer does not
// quote the store's error.
func TestHandlerLogsNothingThatWasSentAndAnswersNoInsides(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h, err := rest.NewHandler(rest.Config{
		ForUser: func(string) forge.Store { return brokenStore{} }, Authenticate: authenticate,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
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

func TestTokensKnowTheirUsersAndNoOthers(t *testing.T) {
	t.Parallel()
	auth := rest.Tokens(map[string]string{"s3cret": "ada", "other": "bob", "": "nobody"})
	for _, c := range []struct{ header, user string }{
		{"Bearer s3cret", "ada"},
		{"bearer other", "bob"},
		{"Bearer  s3cret ", "ada"},
		{"", ""},
		{"Bearer", ""},
		{"Bearer ", ""},
		{"s3cret", ""},
		{"Basic s3cret", ""},
		{"Bearer s3cretX", ""},
		{"Bearer S3CRET", ""},
	} {
		t.Run(c.header, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", c.header)
			who, err := auth(r)
			if c.user == "" {
				require.ErrorIs(t, err, rest.ErrUnauthorized)
				return
			}
			require.NoError(t, err)
			require.Equal(t, rest.Identity{User: c.user}, who)
		})
	}
}

// The source can be left out if the host of the URL names it.
func TestHandlerReadsTheBoardFromTheHost(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	c := &catalogue{TB: t, address: serve(t, func(user string) forge.Store { return db.ForUser(user) })}
	for _, row := range []struct{ url, source string }{
		{"https://www.linkedin.com/jobs/view/1", "linkedin"},
		{"https://www.naukri.com/x", "naukri"},
		{"https://linkedin.com.evil.example/x", "linkedin.com.evil.example"},
		{"https://Jobs.Example.com:8080/linkedin.com", "jobs.example.com"},
		{"javascript:alert(1)", ""},
		{"https:///x", ""},
		{"https://[::1]/x", ""},
	} {
		for _, left := range []string{``, `"source":null,`, `"source":" ",`} {
			t.Run(
				row.url+left,
				func(t *testing.T) { //nolint:paralleltest // the server is closed when the test returns
					leads := `[{` + left + `"external_id":"1","title":"Engineer","url":"` + row.url + `"}]`
					if row.source == "" {
						got := c.send(tokenOf(row.url+left), http.MethodPost, "/agent-forge/jobs/sync", leads)
						require.Equal(t, 422, got.status)
						require.Contains(t, got.body, `"field":"[0].source"`)
						return
					}
					got := c.ok(tokenOf(row.url+left), "/agent-forge/jobs/sync", leads)
					require.Equal(t, row.source, got["jobs"].([]any)[0].(map[string]any)["source"])
				},
			)
		}
	}
	got := c.ok(
		tokenOf("ada"),
		"/agent-forge/jobs/sync",
		`[{"source":"example","external_id":"1","title":"Engineer","url":"https://www.linkedin.com/1",`+
			`"posted_at":"2026-02-03"}]`,
	)
	require.Equal(t, "example", got["jobs"].([]any)[0].(map[string]any)["source"],
		"a name that is given is kept")
	require.Contains(t,
		c.send(tokenOf("ada"), http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", "").body,
		`"posted_at":"2026-02-03T00:00:00Z"`)
}

// The status of a request that is not authenticated depends on the kind of the error.
func TestHandlerTellsWhyItDoesNotAuthenticate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
	}{
		{errors.New("unknown"), http.StatusUnauthorized},
		{store.ErrNotFound, http.StatusUnauthorized},
		{fmt.Errorf("disabled: %w", rest.ErrForbidden), http.StatusForbidden},
		{fmt.Errorf("often: %w", rest.ErrRateLimited), http.StatusTooManyRequests},
		{fmt.Errorf("no token file: %w", rest.ErrUnavailable), http.StatusServiceUnavailable},
	} {
		t.Run(c.err.Error(), func(t *testing.T) {
			t.Parallel()
			h, err := rest.NewHandler(rest.Config{
				ForUser:      func(string) forge.Store { return brokenStore{} },
				Authenticate: func(*http.Request) (rest.Identity, error) { return rest.Identity{}, c.err },
			})
			require.NoError(t, err)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/agent-forge/jobs", nil))
			require.Equal(t, c.status, w.Code)
		})
	}
}
