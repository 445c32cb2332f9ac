package jsonld_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scraper/jsonld"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// The suite asks for this word in Lisbon; the site's pages are about that already.
const asked = "quetzalcoatlus"

func posting(p enrich.Posting) map[string]any {
	m := map[string]any{
		"@context":   "https://schema.org",
		"@type":      "JobPosting",
		"identifier": p.Lead.ExternalID,
		"title":      html.EscapeString(p.Lead.Title),
		"hiringOrganization": map[string]any{
			"name": p.Lead.Company,
		},
		"datePosted":  p.Lead.PostedAt.Format("2006-01-02"),
		"url":         p.Lead.URL,
		"jobLocation": p.Lead.Location,
		"skills":      asked,
	}
	if p.Data.IsEasyApply != nil {
		m["directApply"] = *p.Data.IsEasyApply
	}
	if strings.TrimSpace(p.Data.Description) != "" {
		m["description"] = "<p>" + strings.ReplaceAll(
			html.EscapeString(p.Data.Description), "\n", "<br>",
		) + "</p>"
	}
	return m
}

func page(tb testing.TB, links string, v any) []byte {
	tb.Helper()
	b, err := json.Marshal(v)
	require.NoError(tb, err)
	return []byte(
		"<html><head>" + links + `<script type="application/ld+json">` + string(
			b,
		) + `</script></head><body></body></html>`,
	)
}

func TestScraperKeepsThePromisesOfABoard(t *testing.T) {
	t.Parallel()
	scrapertest.Run(t, func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		tb.Helper()
		s, err := jsonld.New(
			&jsonld.Options{
				Pages: []string{env.URL + "/careers"}, Follow: regexp.MustCompile(`/careers\?start=\d+$`),
				Client: env.Client,
			},
		)
		require.NoError(tb, err)
		return s, scrapertest.Site{
			Start:         scrapertest.FormInt("start"),
			JobID:         scrapertest.PathAfter("/jobs/"),
			FiltersItself: true,
			List: func(l scrapertest.List) []byte {
				links := ""
				if l.Next > 0 {
					links = fmt.Sprintf(`<link rel="next" href="/careers?start=%d">`, l.Next)
				}
				items := []any{}
				for _, c := range l.Cards {
					items = append(
						items, map[string]any{"@type": "ListItem", "item": posting(enrich.Posting{Lead: c})},
					)
				}
				return page(tb, links, map[string]any{"@type": "ItemList", "itemListElement": items})
			},
			Job: func(p enrich.Posting) []byte { return page(tb, "", posting(p)) },
			Closed: func(p enrich.Posting) []byte {
				m := posting(p)
				m["validThrough"] = time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
				return page(tb, "", m)
			},
			Blocked: []scrapertest.Answer{
				{Status: http.StatusServiceUnavailable, Body: []byte("<title>Just a moment...</title>")},
			},
		}
	})
}
