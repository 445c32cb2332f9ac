package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer/scorertest"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

func TestBoard(t *testing.T) {
	t.Parallel()
	encode := func(v any) []byte {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return b
	}
	scrapertest.Run(t, func(_ testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		return guild{client: env.Client, url: env.URL}, scrapertest.Site{
			ContentType: "application/json",
			Start:       func(r *http.Request) int { n, _ := strconv.Atoi(r.FormValue("from")); return n },
			JobID: func(r *http.Request) string {
				return strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/jobs"), "/")
			},
			List: func(l scrapertest.List) []byte {
				answer := map[string]any{"total": l.Total}
				var jobs []page
				for _, c := range l.Cards {
					jobs = append(jobs,
						page{
							ID: c.ExternalID, Title: c.Title, Firm: c.Company, Place: c.Location,
							URL: c.URL,
						})
				}
				answer["jobs"] = jobs
				return encode(answer)
			},
			Job: func(p enrich.Posting) []byte {
				return encode(map[string]string{"text": p.Data.Description})
			},
		}
	})
}

func TestScorer(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(testing.TB) forge.Scorer { return forge.ScorerFunc(byWords) })
}

func TestBothAreShort(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("adapter.go")
	require.NoError(t, err)
	_, code, found := strings.Cut(string(source), "\n)\n") // the imports
	require.True(t, found)
	lines := 0
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			lines++
		}
	}
	require.LessOrEqual(t, lines, 84, "README.md says eighty")
}
