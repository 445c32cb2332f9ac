package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A rawCall is a call as its bytes, which the job's owner may make.
type rawCall struct{ method, path, body string }

// jobCalls are the calls that name a job. Their paths begin after the job's id.
var jobCalls = []rawCall{
	{
		http.MethodPost,
		"/enrich",
		`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"Text of another."}}`,
	},
	{http.MethodPost, "/renew", `{"claim_token":1,"lease_seconds":60}`},
	{http.MethodPost, "/release", `{"claim_token":1,"status":"CLOSED"}`},
	{http.MethodPost, "/mark", `{"status":"APPLIED"}`},
	{http.MethodPost, "/judge", `{"verdict":"WORTH"}`},
	{http.MethodPost, "/separate", `{"apart":true}`},
	{http.MethodPost, "/put", `{"key":"a","value":{"b":[1]}}`},
}

// allCalls returns every call, those that name a job with job 1.
func allCalls() []rawCall {
	calls := []rawCall{
		{http.MethodPost, "/agent-forge/jobs/sync", "[" + leadJSON + "]"},
		{http.MethodPost, "/agent-forge/jobs/close-unlisted", `{"source":"example","name":"acme"}`},
		{http.MethodPost, "/agent-forge/jobs/claim", `{"limit":5,"lease_seconds":60}`},
		{http.MethodPost, "/agent-forge/jobs/reopen", `{"ids":[1]}`},
		{http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", ""},
		{http.MethodGet, "/agent-forge/jobs/stats", ""},
		{http.MethodPost, "/agent-forge/jobs/audit", `{"limit":3}`},
		{http.MethodGet, "/agent-forge/jobs/evidence", ""},
		{http.MethodGet, "/agent-forge/jobs/sketches?limit=10", ""},
		{http.MethodGet, "/agent-forge/jobs/twins?ids=1,2", ""},
	}
	for _, c := range jobCalls {
		calls = append(calls, rawCall{c.method, "/agent-forge/jobs/1" + c.path, c.body})
	}
	return calls
}

func TestTenancyNoCallReachesAnotherUsersJob(t *testing.T) {
	t.Parallel()
	for _, database := range catalogues {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			c := database.open(t, nil)
			c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+leadJSON+"]")
			c.ok(tokenOf("ada"), "/agent-forge/jobs/claim", `{"limit":1,"lease_seconds":60}`)
			before := c.everything()
			for _, call := range jobCalls {
				for _, id := range []string{
					"1", "2", "0", "-1", "9223372036854775807", "99999999999999999999", "x",
					"1%2f2", "%31%00",
				} {
					c.refused(http.StatusNotFound, tokenOf("bob"), call.method,
						"/agent-forge/jobs/"+id+call.path, call.body)
				}
			}
			require.EqualValues(t, 0,
				c.ok(tokenOf("bob"), "/agent-forge/jobs/reopen", `{"ids":[1]}`)["reopened"])
			require.EqualValues(t, 0,
				c.ok(tokenOf("bob"), "/agent-forge/jobs/reopen", `{"statuses":["DISCOVERED"]}`)["reopened"])
			require.Empty(t,
				c.ok(tokenOf("bob"), "/agent-forge/jobs/claim", `{"limit":5,"lease_seconds":60}`)["jobs"])
			require.JSONEq(t, `{"jobs":[],"next":""}`,
				c.send(tokenOf("bob"), http.MethodGet, "/agent-forge/jobs?status=DISCOVERED", "").body)
			require.Contains(t, c.send(tokenOf("bob"), http.MethodGet, "/agent-forge/jobs/stats", "").body,
				`"by_status":{}`)
			require.Equal(t, before, c.everything(), "0 rows changed")
		})
	}
}

func TestTenancyNoCallPassesWithoutItsToken(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+leadJSON+"]")
	c.ok(tokenOf("ada"), "/agent-forge/jobs/claim", `{"limit":1,"lease_seconds":60}`)
	before := c.everything()
	for _, call := range allCalls() {
		for _, token := range []string{"", "wrong", tokenOf("ada") + "0", strings.Repeat("x", 5000)} {
			c.refused(http.StatusUnauthorized, token, call.method, call.path, call.body)
		}
		if call.method == http.MethodGet {
			require.Equal(t, 200, c.send(viewTokenOf("ada"), call.method, call.path, call.body).status,
				call.path)
			continue
		}
		c.refused(http.StatusForbidden, viewTokenOf("ada"), call.method, call.path, call.body)
	}
	require.Equal(t, before, c.everything(), "0 rows changed")
	require.Equal(t, "Bearer",
		c.send("", http.MethodGet, "/agent-forge/jobs", "").header.Get("WWW-Authenticate"))
	require.Equal(t, 200, c.send("", http.MethodGet, "/agent-forge/openapi.yaml", "").status,
		"the contract is public")
}
