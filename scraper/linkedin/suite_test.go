package linkedin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

var _ forge.Scraper = (*linkedin.Scraper)(nil)

func TestSuite(t *testing.T) {
	t.Parallel()
	scrapertest.Run(t, func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		tb.Helper()
		board, err := linkedin.New(&linkedin.Options{Client: env.Client, BaseURL: env.URL})
		require.NoError(tb, err)
		return board, scrapertest.Site{
			Start: scrapertest.FormInt("start"),
			JobID: scrapertest.PathAfter("/jobs-guest/jobs/api/jobPosting/"),
			List: func(l scrapertest.List) []byte {
				if l.Total == 0 {
					return []byte(noResultsHTML)
				}
				return []byte(fragmentHTML(l.Cards))
			},
			Job: func(p enrich.Posting) []byte { return []byte(jobOf(p)) },
			Closed: func(p enrich.Posting) []byte {
				return []byte(jobHTML(p.Lead.ExternalID, p.Lead.Title, "A job.", closedFigure, ""))
			},
			Blocked: []scrapertest.Answer{
				{
					Body: []byte(
						`<html><head><script>window.location.href = "https://" + domain + "/authwall?trk=" ` +
							`+ trk;</script></head></html>`,
					),
				},
				{
					Header: http.Header{"Location": {"/authwall?trk=qf"}},
					Body: []byte(
						`<html lang="en"><head><meta name="pageKey" content="auth_wall_desktop_profile">` +
							`</head><body>Join</body></html>`,
					),
				},
				{
					Header: http.Header{"Location": {"/uas/login?session_redirect=x"}},
					Body:   []byte(`<html><body><form>Sign in</form></body></html>`),
				},
				{
					Body: []byte(
						`<html><head><title>Security Verification | LinkedIn</title></head><body>` +
							`<div id="captcha-internal"></div></body></html>`,
					),
				},
				{Status: http.StatusUnauthorized},
			},
		}
	})
}
