package main

import (
	"encoding/json"
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

func openGuild(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
	tb.Helper()
	encode := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			tb.Error(err)
		}
		return b
	}
	return guild{client: env.Client, url: env.URL}, scrapertest.Site{
		ContentType: "application/json",
		Start:       scrapertest.FormInt("from"),
		JobID:       scrapertest.PathAfter("/jobs/"),
		List: func(l scrapertest.List) []byte {
			jobs := []map[string]string{}
			for _, c := range l.Cards {
				jobs = append(jobs, map[string]string{
					"id": c.ExternalID, "title": c.Title, "firm": c.Company, "place": c.Location,
					"url": c.URL,
				})
			}
			return encode(map[string]any{"total": l.Total, "jobs": jobs})
		},
		Job: func(p enrich.Posting) []byte {
			return encode(map[string]any{
				"id": p.Lead.ExternalID, "text": p.Data.Description, "direct": p.Data.IsEasyApply,
			})
		},
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	scrapertest.Run(t, openGuild)
}
