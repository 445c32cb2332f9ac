package rest_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// These are the bodies that an agent in any language sends.
const (
	rejection = `{
  "match_score": 15,
  "status": "AUTO_REJECTED",
  "ai_reasoning": "Asks for ten years of embedded C; the candidate builds web services.",
  "enrichment_data": null
}`
	matching = `{
  "match_score": 85,
  "status": "MATCHED",
  "ai_reasoning": "Strong fit: the same language, the same kind of service.",
  "enrichment_data": {
    "description": "Build and run the services behind a market for used bicycles.",
    "requirements": "Go, PostgreSQL",
    "is_easy_apply": true
  }
}`
)

// A sender posts a body with a token.
type sender struct {
	name string
	post func(c *catalogue, token, path, body string) (status int, answer string)
}

func senders(t *testing.T) []sender {
	t.Helper()
	all := []sender{{"raw HTTP", func(c *catalogue, token, path, body string) (int, string) {
		a := c.send(token, http.MethodPost, path, body)
		return a.status, a.body
	}}}
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Log("there is no curl here; its requests are left out")
		return all
	}
	return append(
		all,
		sender{"curl", func(c *catalogue, token, path, body string) (status int, answer string) {
			out, err := exec.CommandContext(
				c.Context(), curl, "--silent", "--show-error", "--max-time", "20", "--write-out",
				"\n%{http_code}", "-X", "POST", c.address+path, "-H", "Authorization: Bearer "+token, "-H",
				"Content-Type: application/json", "-d", body,
			).
				Output()
			require.NoError(c, err)
			answer, code, _ := cutLast(string(out), "\n")
			_, err = fmt.Sscan(code, &status)
			require.NoError(c, err)
			return status, answer
		}},
	)
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// One user rejects and another matches, in either order: the three tables hold the match's text and
// both assessments.
func TestPayloadsFillTheThreeTables(t *testing.T) {
	t.Parallel()
	const sighting = `[{"external_id":"4011","title":"Go Developer","company":"Wheelmarket",` +
		`"location":"Utrecht","url":"https://nl.linkedin.com/jobs/view/4011"}]`
	decisions := map[string]string{"ada": rejection, "bob": matching}
	for _, database := range catalogues {
		for _, send := range senders(t) {
			for _, order := range [][]string{{"ada", "bob"}, {"bob", "ada"}} {
				t.Run(fmt.Sprintf("%s, %s, %s first", database.name, send.name, order[0]),
					func(t *testing.T) {
						t.Parallel()
						c := database.open(t, nil)
						for _, user := range order {
							status, answer := send.post(c, tokenOf(user), "/agent-forge/jobs/sync", sighting)
							require.Equal(t, 200, status, answer)
							require.JSONEq(
								t,
								`{"jobs":[{"id":1,"source":"linkedin","external_id":"4011","state":"NEW"}],`+
									`"rejected":[]}`,
								answer,
							)
							status, answer = send.post(c, tokenOf(user), "/agent-forge/jobs/1/enrich",
								decisions[user])
							require.Equal(t, 200, status, answer)
							if user == "ada" {
								require.JSONEq(t, `{"id":1,"status":"AUTO_REJECTED","match_score":15}`,
									answer)
							} else {
								require.JSONEq(t, `{"id":1,"status":"MATCHED","match_score":85}`, answer)
							}
						}
						require.Equal(t, []string{
							"1|linkedin|4011|Go " +
								"Developer|Wheelmarket|Utrecht|https://nl.linkedin.com/jobs/view/4011|NULL|" +
								"Build and run the services behind a market for used bicycles.|Go, " +
								"PostgreSQL|yes|scraped|open",
						},
							c.rows(`SELECT id, source, external_id, title, company, location, url, posted_at,
							description, requirements,
						CASE WHEN is_easy_apply THEN 'yes' ELSE 'no' END,
							CASE WHEN deep_scraped_at IS NOT NULL THEN 'scraped' END,
						CASE WHEN closed_at IS NULL THEN 'open' END FROM jobs`))
						require.Equal(
							t,
							[]string{"ada|1|AUTO_REJECTED|decided|free|0|", "bob|1|MATCHED|decided|free|0|"},
							c.rows(
								`SELECT user_id, job_id, application_status,
								CASE WHEN due_at IS NULL THEN 'decided' END,
							CASE WHEN leased THEN 'leased' ELSE 'free' END, attempts,
								last_error FROM user_job_map ORDER BY user_id`,
							),
						)
						require.Equal(t, []string{
							"ada|1|15|Asks for ten years of embedded C; the candidate builds web services.",
							"bob|1|85|Strong fit: the same language, the same kind of service.",
						},
							c.rows(
								`SELECT user_id, job_id, overall_match, analysis_notes `+
									`FROM job_match_analysis ORDER BY user_id`))
					})
			}
		}
	}
}
