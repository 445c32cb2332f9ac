package naukri_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// pagesBefore reads from a search request, of either face of the board, how many pages come before.
func pagesBefore(r *http.Request) int {
	page := r.URL.Query().Get("pageNo")
	if page == "" {
		path := r.URL.Path
		page = path[strings.LastIndexByte(path, '-')+1:]
	}
	n, err := strconv.Atoi(page)
	if err != nil {
		return 0
	}
	return n - 1
}

// jobIn reads the id of the job that a request asks for.
func jobIn(r *http.Request) string {
	for _, prefix := range []string{"/jobapi/v4/job/", "/job-listings-"} {
		if rest, ok := strings.CutPrefix(r.URL.Path, prefix); ok {
			return rest[strings.LastIndexByte(rest, '-')+1:]
		}
	}
	return ""
}

func TestScraperKeepsThePromisesOfABoard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		site scrapertest.Site
	}{
		{"JSON", scrapertest.Site{
			List: searchJSON, Job: jobJSON, ContentType: "application/json",
			Closed: func(enrich.Posting) []byte {
				return []byte(`{"message":"This job has expired","statusCode":404}`)
			},
			Blocked: []scrapertest.Answer{
				{
					Status: http.StatusNotAcceptable, Body: []byte(`{"message":"recaptcha required"}`),
				},
				{Body: []byte(`{"message":"recaptcha required","statusCode":406}`)},
			},
		}},
		{"pages", scrapertest.Site{
			NoEasyApply: true, List: searchHTML,
			Job:    func(p enrich.Posting) []byte { return jobHTML(p, false) },
			Closed: func(p enrich.Posting) []byte { return jobHTML(p, true) },
			Blocked: []scrapertest.Answer{
				{
					Body: []byte(
						`<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>You don't have permission to ` +
							`access this.</BODY></HTML>`),
				},
				{Header: http.Header{"Location": {"/nlogin/login"}}, Body: []byte("<form></form>")},
			},
		}},
	} {
		c.site.Start, c.site.ByPage, c.site.JobID = pagesBefore, true, jobIn
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scrapertest.Run(t, func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
				tb.Helper()
				s, err := naukri.New(&naukri.Options{Client: env.Client, BaseURL: env.URL})
				require.NoError(tb, err)
				return s, c.site
			})
		})
	}
}
