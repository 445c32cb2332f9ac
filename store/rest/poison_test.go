package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

func TestPoisonInBodiesIsRefusedByTheNameOfTheField(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+leadJSON+"]")
	before := c.everything()
	const (
		sync, claim   = "jobs/sync", "jobs/claim"
		enrich, renew = "jobs/1/enrich", "jobs/1/renew"
		release, mark = "jobs/1/release", "jobs/1/mark"
		reopen        = "jobs/reopen"
	)
	ok := `"match_score":85,"status":"MATCHED","enrichment_data":{"description":"Text."}`
	for _, poison := range []struct {
		name       string
		path, body string
		status     int
		field      string
	}{
		{"no body", sync, ``, 400, ""},
		{"no JSON", sync, `external_id=1`, 400, ""},
		{"half a body", sync, `[{"external_id":"1",`, 400, ""},
		{"two bodies", sync, `[][]`, 400, ""},
		{"invalid UTF-8", sync, "[{\"external_id\":\"\xff\"}]", 400, ""},
		{"an object for an array", sync, leadJSON, 422, "body"},
		{"null for an array", sync, `null`, 422, "body"},
		{"600 leads", sync, "[" + strings.Repeat(leadJSON+",", 599) + leadJSON + "]", 422, "body"},
		{"an unknown field", sync, `[{"external_id":"1","salary":1}]`, 422, "[0].salary"},
		{"a field in another case", sync, `[{"External_ID":"1"}]`, 422, "[0].External_ID"},
		{"a field given twice", sync, `[{"title":"a","title":"b"}]`, 422, "[0].title"},
		{"a number for a string", sync, `[{"external_id":4011}]`, 422, "[0].external_id"},
		{"null for what is required", sync, `[{"title":null}]`, 422, "[0].title"},
		{"an array for a lead", sync, `[[]]`, 422, "[0]"},
		{"a deep array", sync, strings.Repeat("[", 400_000), 422, "[0]"},
		{"a deep object", sync, `[{"title":` + strings.Repeat(`{"a":`, 100_000), 422, "[0].title"},
		{"a deep unknown field", sync, `[{"x":` + strings.Repeat(`[`, 100_000), 422, "[0].x"},
		{"a date that is none", sync, `[{"external_id":"1","posted_at":"yesterday"}]`, 422, "[0].posted_at"},
		{"a title of 5 MB", sync, `[{"title":"` + strings.Repeat("x", 5<<20) + `"}]`, 413, "body"},
		{"a body of 1 MiB and a byte", sync, "[" + strings.Repeat(" ", rest.MaxBodyBytes) + "]", 413, "body"},
		{"no limit", claim, `{"lease_seconds":60}`, 422, "limit"},
		{"no lease", claim, `{"limit":1}`, 422, "lease_seconds"},
		{"a limit of 0", claim, `{"limit":0,"lease_seconds":60}`, 422, "limit"},
		{"a limit of 101", claim, `{"limit":101,"lease_seconds":60}`, 422, "limit"},
		{"half a job", claim, `{"limit":0.5,"lease_seconds":60}`, 422, "limit"},
		{"a lease of text", claim, `{"limit":1,"lease_seconds":"60"}`, 422, "lease_seconds"},
		{"a lease of no time", claim, `{"limit":1,"lease_seconds":0}`, 422, "lease_seconds"},
		{"a lease without end", claim, `{"limit":1,"lease_seconds":1e300}`, 422, "lease_seconds"},
		{"a lease beyond numbers", claim, `{"limit":1,"lease_seconds":1e999}`, 422, "lease_seconds"},
		{
			"a board that is none", claim, `{"limit":1,"lease_seconds":1,"sources":["Linked In"]}`, 422,
			"source",
		},
		{"a board that is a number", claim, `{"limit":1,"lease_seconds":1,"sources":[1]}`, 422, "sources[0]"},
		{"a decision without a score", enrich, `{"status":"AUTO_REJECTED"}`, 422, "match_score"},
		{"a score of null", enrich, `{"match_score":null,"status":"AUTO_REJECTED"}`, 422, "match_score"},
		{"a score of text", enrich, `{"match_score":"85","status":"AUTO_REJECTED"}`, 422, "match_score"},
		{"a score of 101", enrich, `{"match_score":101,"status":"AUTO_REJECTED"}`, 422, "match_score"},
		{"a score of -1", enrich, `{"match_score":-1,"status":"AUTO_REJECTED"}`, 422, "match_score"},
		{
			"a score beyond numbers", enrich, `{"match_score":99999999999999999999,"status":"AUTO_REJECTED"}`,
			422, "match_score",
		},
		{"a decision without a status", enrich, `{"match_score":85}`, 422, "status"},
		{"another status", enrich, `{"match_score":85,"status":"APPLIED"}`, 422, "status"},
		{
			"a rejection with data", enrich,
			`{"match_score":15,"status":"AUTO_REJECTED","enrichment_data":{"description":"Text."}}`, 422,
			"enrichment_data",
		},
		{
			"an unverified rejection", enrich,
			`{"match_score":15,"status":"AUTO_REJECTED","unverified":true}`, 422, "unverified",
		},
		{
			"unverified as text", enrich, `{"match_score":15,"status":"AUTO_REJECTED","unverified":"no"}`,
			422, "unverified",
		},
		{
			"a match without text", enrich, `{"match_score":85,"status":"MATCHED","enrichment_data":null}`,
			422, "enrichment_data",
		},
		{
			"a match with blank text", enrich,
			`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":" \u0000\n"}}`, 422,
			"description",
		},
		{
			"data that is a string", enrich,
			`{"match_score":85,"status":"MATCHED","enrichment_data":"Text."}`, 422, "enrichment_data",
		},
		{
			"unknown data", enrich,
			`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"a","html":"b"}}`, 422,
			"enrichment_data.html",
		},
		{
			"easy-apply that is text", enrich,
			`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"a",` +
				`"is_easy_apply":"yes"}}`,
			422, "enrichment_data.is_easy_apply",
		},
		{
			"an attribute that is a number", enrich,
			`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"a",` +
				`"attributes":{"salary":1}}}`,
			422, "enrichment_data.attributes.salary",
		},
		{"a skill that is an object", enrich, `{` + ok + `,"missing_skills":[{}]}`, 422, "missing_skills[0]"},
		{
			"a reasoning of 501 characters", enrich,
			`{` + ok + `,"ai_reasoning":"` + strings.Repeat("ä", 501) + `"}`, 422, "ai_reasoning",
		},
		{"a renewal without a token", renew, `{"lease_seconds":60}`, 422, "claim_token"},
		{"a release without a token", release, `{}`, 422, "claim_token"},
		{"a release as a match", release, `{"claim_token":1,"status":"MATCHED"}`, 422, "status"},
		{"a back-off before now", release, `{"claim_token":1,"after_seconds":-1}`, 422, "after_seconds"},
		{"a back-off without end", release, `{"claim_token":1,"after_seconds":1e200}`, 422, "after_seconds"},
		{
			"a long cause", release, `{"claim_token":1,"error":"` + strings.Repeat("x", 301) + `"}`, 422,
			"error",
		},
		{"a mark of the pipeline", mark, `{"status":"AUTO_REJECTED"}`, 422, "status"},
		{"a mark that is none", mark, `{"status":"<script>"}`, 422, "status"},
		{"no selection", reopen, `{}`, 422, "selection"},
		{"a selection of a broken status", reopen, `{"statuses":["a"]}`, 422, "statuses"},
		{"501 ids", reopen, `{"ids":[` + strings.Repeat("1,", 500) + `1]}`, 422, "ids"},
	} {
		t.Run(
			poison.name,
			func(t *testing.T) { //nolint:paralleltest // the rows are compared when all have run
				c := &catalogue{TB: t, address: c.address}
				field, detail := c.refused(poison.status, tokenOf("ada"), http.MethodPost,
					"/agent-forge/"+poison.path, poison.body)
				require.Equal(t, poison.field, field, detail)
				require.Less(t, len(detail), 300)
			},
		)
	}
	require.Equal(t, before, c.everything(), "0 rows changed")
}

func TestPoisonInQueriesIsRefusedByTheNameOfTheField(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	for _, poison := range []struct{ query, field string }{
		{"limit=x", "limit"},
		{"limit=501", "limit"},
		{"limit=1&limit=2", "limit"},
		{"limit=%zz", "query"},
		{"limit=5&q=100%", "query"},
		{"status=MATCHED;APPLIED", "query"},
		{"min_score=101", "min_score"},
		{"cursor=x", "cursor"},
		{"status=matched", "status"},
		{"unknown=1", "unknown"},
		{"q=a&q=b", "q"},
		{"q=%00", "q"},
	} {
		t.Run(
			poison.query,
			func(t *testing.T) { //nolint:paralleltest // the server is closed when the test returns
				c := &catalogue{TB: t, address: c.address}
				field, _ := c.refused(http.StatusUnprocessableEntity, tokenOf("ada"), http.MethodGet,
					"/agent-forge/jobs?"+poison.query, "")
				require.Equal(t, poison.field, field)
			},
		)
	}
}

// A query that cannot be read is refused by every call, because a part of it would be lost.
func TestPoisonInQueriesIsRefusedByEveryCall(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	before := c.everything()
	for _, call := range allCalls() {
		path, _, _ := strings.Cut(call.path, "?")
		field, _ := c.refused(http.StatusUnprocessableEntity, tokenOf("ada"), call.method, path+"?x=%",
			call.body)
		require.Equal(t, "query", field)
	}
	require.Equal(t, before, c.everything(), "0 rows changed")
}

// An invalid lead is named by its index, and the others of its batch are stored. What can be
// repaired is repaired.
func TestPoisonInLeadsIsNamedOrRepairedAndTheOthersStored(t *testing.T) {
	t.Parallel()
	c := sqliteCatalogue(t, nil)
	leads := make([]map[string]any, 25)
	for i := range leads {
		leads[i] = map[string]any{
			"external_id": fmt.Sprint(i), "title": "Engineer", "company": "Blue Barn", "location": "Berlin",
			"url": fmt.Sprintf("https://www.naukri.com/job-listings-%d", i),
		}
	}
	leads[3]["url"] = "javascript:alert(1)"
	leads[5]["title"] = "<script>alert(1)</script>"
	leads[7]["title"] = strings.Repeat("x", 900_000)
	leads[9]["title"] = "Engi\x00neer\r\n(Go)"
	leads[11]["external_id"] = ""
	leads[13]["url"] = "https://evilnaukri.com/1" // is a board of its own
	body, err := json.Marshal(leads)
	require.NoError(t, err)
	got := c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", string(body))
	require.Len(t, got["jobs"], 22)
	var refused []string
	for _, r := range got["rejected"].([]any) {
		bad := r.(map[string]any)
		refused = append(refused,
			fmt.Sprintf("%v %v", bad["index"], strings.SplitN(bad["error"].(string), ":", 2)[0]))
	}
	require.Equal(t, []string{"3 source", "7 title", "11 external_id"}, refused)
	require.Equal(t, []string{"<script>alert(1)</script>", "Engineer (Go)"},
		c.rows(`SELECT title FROM jobs WHERE external_id IN ('5', '9') ORDER BY external_id`),
		"text is kept as text; a page escapes it")
	require.Equal(t, []string{"evilnaukri.com|1", "naukri|21"},
		c.rows(`SELECT source, count(*) FROM jobs GROUP BY source`))
}

func TestALeadOfAnotherTypeCostsTheOthersNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, bad, says string }{
		{"a number for a string", `{"external_id":4011}`, "external_id: wrong type: want a string"},
		{"an unknown field", `{"external_id":"2","salary":{"from":["1]",{}]}}`, "salary: unknown field"},
		{"a field given twice", `{"title":"a","title":"b]}"}`, "title: given twice"},
		{"no object", `[[{"a":"]"}]]`, "lead: wrong type: want an object"},
		{"a word", `true`, "lead: wrong type: want an object"},
		{"a text", `"1,2"`, "lead: wrong type: want an object"},
		{"null", `null`, "lead: wrong type: want an object"},
		{
			"a date that is none",
			`{"external_id":"2","title":"x","url":"https://x.example","posted_at":"soon"}`,
			"posted_at: want a time such as 2026-01-02T15:04:05Z, or a date",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := memory.New(nil)
			api := &catalogue{
				TB: t, address: serve(t, func(user string) forge.Store { return db.ForUser(user) }),
			}
			const path = "/agent-forge/jobs/sync"
			good := func(id string) string {
				return `{"external_id":"` + id + `","title":"Engineer","url":"https://jobs.example.com/1"}`
			}
			got := api.ok(tokenOf("ada"), path, "["+good("1")+", "+c.bad+" ,"+good("3")+"]")
			require.Len(t, got["jobs"], 2)
			require.Equal(t, []any{map[string]any{"index": 1.0, "error": c.says}}, got["rejected"])

			none := api.send(tokenOf("ada"), http.MethodPost, path, "["+c.bad+","+c.bad+"]")
			require.Equal(t, 422, none.status, "a batch of which every lead is refused")
			var problem struct {
				Field, Detail string
				Rejected      []struct {
					Index int
					Error string
				}
			}
			require.NoError(t, json.Unmarshal([]byte(none.body), &problem))
			require.Len(t, problem.Rejected, 2)
			require.Equal(t, c.says, problem.Rejected[1].Error)
			require.Contains(t, problem.Field, "[0]")
			require.Contains(t, c.says, problem.Detail)
		})
	}
}

func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[` + leadJSON + `]`, rejection, matching, `{"limit":1,"lease_seconds":0.5}`,
		`{"claim_token":1}`,
		`{"ids":[1]}`, `[[[`, `null`, "\x00",
	} {
		f.Add(seed)
	}
	c := sqliteCatalogue(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		c := &catalogue{TB: t, address: c.address}
		for _, call := range allCalls() {
			if call.method == http.MethodGet {
				continue
			}
			a := c.send(tokenOf("ada"), call.method, call.path, body)
			require.True(t, a.status < 500, "%s: %d", call.path, a.status)
			if a.status >= 400 {
				require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
			}
		}
	})
}
