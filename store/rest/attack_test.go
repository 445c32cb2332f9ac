package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An attack is what mallory, who has a token of her own, does to users of the same catalogue.
type attack struct {
	name string
	do   func(m *mallory)
}

// mallory knows the ids of the jobs, and makes requests of raw bytes.
type mallory struct {
	*catalogue
	now *clock
}

// post makes a call with mallory's token. Its answer does not matter: the tests compare what others
// see.
func (m *mallory) post(path, body string) {
	m.Helper()
	a := m.send(tokenOf("mallory"), http.MethodPost, "/agent-forge/jobs"+path, body)
	require.Less(m, a.status, 500, a.body)
}

// owns makes job 1 mallory's too, so that her calls on it are not simply refused.
func (m *mallory) owns() { m.post("/sync", "["+advert("Go Developer", "Wheelmarket")+"]") }

func (m *mallory) decides(data string) {
	m.owns()
	m.post("/1/enrich", `{"match_score":99,"status":"MATCHED","enrichment_data":`+data+`}`)
}

// closes releases job 1 as closed and makes it due again, times times.
func (m *mallory) closes(times int) {
	m.owns()
	for range times {
		m.post("/reopen", `{"ids":[1]}`)
		var answer struct {
			Jobs []struct {
				Token int64 `json:"claim_token"`
			}
		}
		a := m.send(tokenOf("mallory"), http.MethodPost, "/agent-forge/jobs/claim",
			`{"limit":1,"lease_seconds":60}`)
		require.NoError(m, json.Unmarshal([]byte(a.body), &answer))
		for _, j := range answer.Jobs {
			m.post("/1/release", fmt.Sprintf(`{"claim_token":%d,"status":"CLOSED"}`, j.Token))
		}
	}
}

// advert is job 1 of an invented board's page, with a title and a company.
func advert(title, company string) string {
	return fmt.Sprintf(`{"external_id":"4011","title":%q,"company":%q,"location":"Utrecht",
		"url":"https://nl.linkedin.com/jobs/view/4011","posted_at":"2026-02-03"}`, title, company)
}

// sees returns everything that a user can see, as the bytes of the answers.
func (c *catalogue) sees(user string) string {
	c.Helper()
	list := c.send(tokenOf(user), http.MethodGet,
		"/agent-forge/jobs?status=DISCOVERED,MATCHED,AUTO_REJECTED,FAILED,CLOSED,SAVED", "")
	require.Equal(c, 200, list.status)
	return list.body + c.send(tokenOf(user), http.MethodGet, "/agent-forge/jobs/stats", "").body
}

// After each attack ada gets the same bytes as before, and the same jobs are due.
var attacks = []attack{
	{"another title", func(m *mallory) {
		m.post("/sync", "["+advert("Sign in at evil.example", "Wheelmarket")+"]")
	}},
	{"another company", func(m *mallory) { m.post("/sync", "["+advert("Go Developer", "Evil")+"]") }},
	{"a title that is another each time", func(m *mallory) {
		for n := range 10 {
			m.post("/sync", "["+advert(fmt.Sprint("Sign in ", n), "Evil")+"]")
		}
	}},
	{"two titles in one batch", func(m *mallory) {
		m.post("/sync", "["+advert("Sign in", "Evil")+","+advert("Sign in", "Evil")+"]")
	}},
	{"a title in turns with the true one", func(m *mallory) {
		for range 5 {
			m.post("/sync", "["+advert("Sign in", "Evil")+"]")
			m.owns()
		}
	}},
	{"another host", func(m *mallory) {
		for range 3 {
			m.post(
				"/sync",
				"["+strings.Replace(advert("Go Developer", "Wheelmarket"), "nl.linkedin.com", "evil.example",
					1)+"]",
			)
		}
	}},
	{"a host that ends like the board's", func(m *mallory) {
		for range 3 {
			m.post(
				"/sync",
				`[{"source":"linkedin","external_id":"4011","title":"Go Developer",`+
					`"url":"https://evil-linkedin.com/4011"}]`,
			)
		}
	}},
	{"a host behind an at sign", func(m *mallory) {
		for range 3 {
			m.post(
				"/sync",
				`[{"source":"linkedin","external_id":"4011","title":"Go Developer",`+
					`"url":"https://www.linkedin.com@evil.example/4011"}]`,
			)
		}
	}},
	{"another address of the board", func(m *mallory) {
		for range 3 {
			m.post("/sync",
				"["+strings.Replace(advert("Go Developer", "Wheelmarket"), "view/4011", "view/666", 1)+"]")
		}
	}},
	{"another place and date", func(m *mallory) {
		for range 3 {
			m.post("/sync", "["+strings.NewReplacer("Utrecht", "Nowhere", "2026-02-03", "2020-01-01").
				Replace(advert("Go Developer", "Wheelmarket"))+"]")
		}
	}},
	{"a board whose name differs in case", func(m *mallory) {
		m.post("/sync",
			`[{"source":"LinkedIn","external_id":"4011","title":"Sign in","url":"https://evil.example/1"}]`)
	}},
	{"a board whose name looks the same", func(m *mallory) {
		m.post(
			"/sync",
			"[{\"source\":\"link\u0435din\",\"external_id\":\"4011\",\"title\":\"Sign "+
				"in\",\"url\":\"https://evil.example/1\"}]",
		)
	}},
	{"the same id on another board", func(m *mallory) {
		m.post("/sync",
			`[{"source":"example","external_id":"4011","title":"Sign in","url":"https://evil.example/1"}]`)
	}},
	{"the same id with a NUL", func(m *mallory) {
		m.post(
			"/sync",
			`[{"source":"linkedin","external_id":"4011\u0000","title":"Sign in",`+
				`"url":"https://nl.linkedin.com/1"}]`,
		)
	}},
	{"five hundred ids that nobody has", func(m *mallory) {
		leads := make([]string, 500)
		for i := range leads {
			leads[i] = strings.Replace(advert("Sign in", "Evil"), `"4011"`, fmt.Sprintf(`"%d"`, 9000+i), 1)
		}
		m.post("/sync", "["+strings.Join(leads, ",")+"]")
	}},
	{"another text", func(m *mallory) { m.decides(`{"description":"Send your password."}`) }},
	{"another text, ten times", func(m *mallory) {
		for range 10 {
			m.decides(`{"description":"Send your password."}`)
		}
	}},
	{"the same text with other requirements", func(m *mallory) {
		m.decides(
			`{"description":"Build the services of a market for bicycles.","requirements":"Your password"}`,
		)
	}},
	{"the same text with another answer to easy-apply", func(m *mallory) {
		m.decides(`{"description":"Build the services of a market for bicycles.","is_easy_apply":false}`)
	}},
	{"the same text with other attributes", func(m *mallory) {
		m.decides(
			`{"description":"Build the services of a market for bicycles.","attributes":{"salary":"0"}}`,
		)
	}},
	{"a match without text", func(m *mallory) {
		m.owns()
		m.post("/1/enrich", `{"match_score":99,"status":"MATCHED"}`)
	}},
	{"a rejection", func(m *mallory) {
		m.owns()
		m.post("/1/enrich", `{"match_score":0,"status":"AUTO_REJECTED"}`)
	}},
	{"a decision under ada's token", func(m *mallory) {
		m.owns()
		m.post("/1/enrich", `{"match_score":0,"status":"AUTO_REJECTED","claim_token":1}`)
	}},
	{"a job that is closed", func(m *mallory) { m.closes(1) }},
	{"a job that is closed ten times", func(m *mallory) { m.closes(10) }},
	{"a release under ada's token", func(m *mallory) {
		m.owns()
		m.post("/2/release", `{"claim_token":1,"status":"FAILED"}`)
	}},
	{
		"a renewal under ada's token",
		func(m *mallory) { m.post("/2/renew", `{"claim_token":1,"lease_seconds":86400}`) },
	},
	{"marks", func(m *mallory) {
		m.owns()
		for _, s := range []string{"DISMISSED", "APPLIED", "MATCHED"} {
			m.post("/1/mark", `{"status":"`+s+`"}`)
			m.post("/2/mark", `{"status":"`+s+`"}`)
		}
	}},
	{"everything reopened", func(m *mallory) {
		m.owns()
		m.post("/reopen", `{"statuses":["MATCHED","DISCOVERED","AUTO_REJECTED","CLOSED"]}`)
		m.post("/reopen", `{"ids":[1,2,3]}`)
	}},
	{"everything claimed", func(m *mallory) {
		m.owns()
		m.post("/claim", `{"limit":100,"lease_seconds":86400}`)
	}},
	{"a name that differs in a space", func(m *mallory) {
		for _, name := range []string{"ada ", " ada", "Ada", "ada\u200b", "ada%"} {
			m.send(tokenOf(name), http.MethodPost, "/agent-forge/jobs/1/mark", `{"status":"DISMISSED"}`)
			m.send(tokenOf(name), http.MethodPost, "/agent-forge/jobs/reopen", `{"ids":[1,2]}`)
		}
	}},
}

// settle gives ada a match with text, job 1, and a due job, number 2.
func settle(c *catalogue) {
	c.ok(tokenOf("ada"), "/agent-forge/jobs/sync", "["+advert("Go Developer", "Wheelmarket")+"]")
	c.ok(
		tokenOf("ada"),
		"/agent-forge/jobs/1/enrich",
		`{"match_score":85,"status":"MATCHED","enrichment_data":{
		"description":"Build the services of a market for bicycles.","requirements":"Go","is_easy_apply":true,
		"attributes":{"salary":"5000"}}}`,
	)
	c.ok(tokenOf("ada"), "/agent-forge/jobs/sync",
		"["+strings.Replace(advert("Baker", "Blue Barn"), `"4011"`, `"4012"`, 1)+"]")
}

func TestTenancyOneAttackerChangesNothingThatAnotherSees(t *testing.T) {
	t.Parallel()
	for _, database := range catalogues {
		for _, a := range attacks {
			t.Run(database.name+"/"+a.name, func(t *testing.T) {
				t.Parallel()
				now := newClock()
				c := database.open(t, now.Now)
				settle(c)
				before := c.sees("ada")
				a.do(&mallory{c, now})
				require.Equal(t, before, c.sees("ada"))
				jobs := c.ok(tokenOf("ada"), "/agent-forge/jobs/claim",
					`{"limit":10,"lease_seconds":60}`)["jobs"].([]any)
				require.Len(t, jobs, 1)
				require.Equal(t, "Baker", jobs[0].(map[string]any)["title"])
				now.advance(13 * 24 * time.Hour)
				refs := c.ok(tokenOf("ada"), "/agent-forge/jobs/sync",
					"["+advert("Go Developer", "Wheelmarket")+"]")
				require.Empty(t, refs["jobs"], "nothing is looked at earlier")
				now.advance(24 * time.Hour)
				refs = c.ok(tokenOf("ada"), "/agent-forge/jobs/sync",
					"["+advert("Go Developer", "Wheelmarket")+"]")
				if strings.HasPrefix(a.name, "the same text") { // is as good as ada's own look at it
					return
				}
				require.Len(t, refs["jobs"], 1, "and nothing later")
			})
		}
		t.Logf("%s: %d attacks tried", database.name, len(attacks))
	}
}

// If mallory syncs a job first, what she made up is gone when two others have synced it.
func TestTenancyTwoOthersUndoWhatTheFirstMadeUp(t *testing.T) {
	t.Parallel()
	for _, database := range catalogues {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			c := database.open(t, now.Now)
			m := &mallory{c, now}
			m.post("/sync", "["+advert("Sign in at evil.example", "Evil")+"]")
			m.post(
				"/1/enrich",
				`{"match_score":99,"status":"MATCHED","enrichment_data":{"description":"Send your `+
					`password."}}`,
			)
			m.closes(3)
			m.post(
				"/1/enrich",
				`{"match_score":99,"status":"MATCHED","enrichment_data":{"description":"Send your `+
					`password."}}`,
			)
			for _, user := range []string{"ada", "cyd"} {
				c.ok(tokenOf(user), "/agent-forge/jobs/sync", "["+advert("Go Developer", "Wheelmarket")+"]")
			}
			require.Contains(t, c.sees("ada"), `"title":"Go Developer","company":"Wheelmarket"`)
			require.NotContains(t, c.sees("ada"), "evil.example")

			now.advance(14 * 24 * time.Hour)
			jobs := c.ok(tokenOf("ada"), "/agent-forge/jobs/claim",
				`{"limit":1,"lease_seconds":60}`)["jobs"].([]any)
			require.Nil(t, jobs[0].(map[string]any)["enrichment_data"],
				"the text is old, so that ada reads the advert")
			const decision = `{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"Build ` +
				`the services of a market for bicycles."}}`
			c.ok(tokenOf("ada"), "/agent-forge/jobs/1/enrich",
				strings.Replace(decision, `{`, `{"claim_token":1,`, 1))
			m.post(
				"/1/enrich",
				`{"match_score":99,"status":"MATCHED","enrichment_data":{"description":"Send your `+
					`password."}}`,
			)
			m.closes(3)
			for range 3 {
				m.post("/sync", "["+advert("Sign in at evil.example", "Evil")+"]")
				c.ok(tokenOf("cyd"), "/agent-forge/jobs/sync", "["+advert("Go Developer", "Wheelmarket")+"]")
			}
			for _, user := range []string{"ada", "cyd"} {
				seen := c.sees(user)
				require.Contains(t, seen, "bicycles")
				require.Contains(t, seen, `"closed":false`)
				require.NotContains(t, seen, "vil")
				require.NotContains(t, seen, "password")
			}
		})
	}
}
