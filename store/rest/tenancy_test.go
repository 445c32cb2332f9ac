package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// jobCalls is every call that names a job, with a body that its owner may send.
func jobCalls() map[string]string {
	return map[string]string{
		"enrich":  `{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"Text of another."}}`,
		"renew":   `{"claim_token":1,"lease_seconds":60}`,
		"release": `{"claim_token":1,"status":"CLOSED"}`,
		"mark":    `{"status":"APPLIED"}`,
	}
}

// allCalls is every call, as method, path and body.
func allCalls() map[string][3]string {
	calls := map[string][3]string{
		"sync":   {http.MethodPost, "/agent-forge/jobs/sync", "[" + leadJSON + "]"},
		"claim":  {http.MethodPost, "/agent-forge/jobs/claim", `{"limit":5,"lease_seconds":60}`},
		"reopen": {http.MethodPost, "/agent-forge/jobs/reopen", `{"ids":[1]}`},
		"list":   {http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", ""},
		"stats":  {http.MethodGet, "/agent-forge/jobs/stats", ""},
	}
	for name, body := range jobCalls() {
		calls[name] = [3]string{http.MethodPost, "/agent-forge/jobs/1/" + name, body}
	}
	return calls
}

func TestNoCallReachesAnotherUsersJob(t *testing.T) {
	t.Parallel()
	for database, open := range catalogues(t) {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+leadJSON+"]")
			c.ok(tokenOf("ada"), "/agent-forge/jobs/claim", `{"limit":1,"lease_seconds":60}`)
			before := c.everything()
			for name, body := range jobCalls() {
				for _, id := range []string{"1", "2", "0", "-1", "9223372036854775807", "99999999999999999999", "x", "1%2f2", "%31%00"} {
					path := "/agent-forge/jobs/" + id + "/" + name
					c.refused(http.StatusNotFound, tokenOf("bob"), http.MethodPost, path, body)
				}
			}
			require.EqualValues(t, 0, c.ok(tokenOf("bob"), "/agent-forge/jobs/reopen", `{"ids":[1]}`)["reopened"])
			require.EqualValues(t, 0, c.ok(tokenOf("bob"), "/agent-forge/jobs/reopen", `{"statuses":["DISCOVERED"]}`)["reopened"])
			require.Empty(t, c.ok(tokenOf("bob"), "/agent-forge/jobs/claim", `{"limit":5,"lease_seconds":60}`)["jobs"])
			require.JSONEq(t, `{"jobs":[],"next":""}`, c.send(tokenOf("bob"), http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", "").body)
			require.Contains(t, c.send(tokenOf("bob"), http.MethodGet, "/agent-forge/jobs/stats", "").body, `"by_status":{}`)
			require.Equal(t, before, c.everything(), "0 rows changed")
		})
	}
}

func TestNoCallPassesWithoutItsToken(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t)
	c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+leadJSON+"]")
	c.ok(tokenOf("ada"), "/agent-forge/jobs/claim", `{"limit":1,"lease_seconds":60}`)
	before := c.everything()
	for name, call := range allCalls() {
		for _, token := range []string{"", "wrong", tokenOf("ada") + "0", strings.Repeat("x", 5000)} {
			c.refused(http.StatusUnauthorized, token, call[0], call[1], call[2])
		}
		if call[0] == http.MethodGet {
			require.Equal(t, 200, c.send(viewTokenOf("ada"), call[0], call[1], call[2]).status, name)
			continue
		}
		c.refused(http.StatusForbidden, viewTokenOf("ada"), call[0], call[1], call[2])
	}
	require.Equal(t, before, c.everything(), "0 rows changed")
	require.Equal(t, "Bearer", c.send("", http.MethodGet, "/agent-forge/jobs", "").header.Get("WWW-Authenticate"))
	require.Equal(t, 200, c.send("", http.MethodGet, "/agent-forge/openapi.yaml", "").status, "the contract is public")
}
