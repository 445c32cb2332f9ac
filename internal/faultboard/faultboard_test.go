package faultboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/faultboard"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
)

// client is the polite client with its whole chain, but for pauses.
func client(tb testing.TB, timeout time.Duration, base http.RoundTripper) *http.Client {
	tb.Helper()
	c, err := polite.NewClient(&polite.Options{
		Hosts: []string{
			faultboard.Host,
		},
		IgnoreRobots: true,
		Interval:     time.Nanosecond,
		MaxInterval:  time.Millisecond,
		NoRetries:    true,
		Timeout:      timeout,
		Transport:    base,
	})
	require.NoError(tb, err)
	return c
}

// odd returns odd adverts of a board: its page around a text and a notice, for the lead's job and
// for another one. A board whose pages hold several postings takes the page of another job for one
// that the lead's job has left.
func odd(page func(id, text, notice string) string, id, notice string, another error) []faultboard.Advert {
	const other = "210326500002"
	good := page(id, "We build bridges.", "")
	return []faultboard.Advert{
		{"advert: a blank text", page(id, " &nbsp; ", ""), scraper.ErrPosting},
		{"advert: a picture alone", page(id, `<img src='/x.png'>`, ""), scraper.ErrPosting},
		{
			"advert: a comment and a script alone", page(id, `<p><!-- x --><script>y()<\/script><\/p>`, ""),
			scraper.ErrPosting,
		},
		{"advert: the page breaks off", good[:strings.Index(good, "bridges")], scraper.ErrPosting},
		{
			"advert: a text longer than any", page(id, strings.Repeat("lorem ipsum ", 60_000), ""),
			scraper.ErrPosting,
		},
		{"advert: another job's page", page(other, "We build ships.", ""), another},
		{"advert: the page says that it is closed", page(id, "We build bridges.", notice), scraper.ErrGone},
	}
}

func linkedinPage(id, text, notice string) string {
	apply := `<button class="apply-button" data-tracking-control-name="public_jobs_apply-link-onsite">` +
		`Apply</button>`
	if notice != "" {
		apply = notice
	}
	return `<section class="top-card-layout"><h2 class="topcard__title">Engineer</h2>` + apply +
		`</section><div class="show-more-less-html__markup">` + strings.ReplaceAll(text, `<\/`, `</`) +
		`</div><code id="decoratedJobPostingId"><!--"` + id + `"--></code>`
}

func naukriPage(id, text, notice string) string {
	apply := `<button id="login-apply-button">Login to apply</button>`
	if notice != "" {
		apply = notice
	}
	return `<html><head><link rel="canonical" href="https://www.naukri.com/job-listings-engineer-` + id +
		`"></head><body><h1 class="styles_jd-header-title__a">Engineer</h1>` + apply +
		`<div class="styles_JDC__dang-inner-html__b">` + strings.ReplaceAll(text, `<\/`,
		`</`) + `</div></body></html>`
}

func careerPage(id, text, validThrough string) string {
	return `<html><head><script type="application/ld+json">{"@type":"JobPosting","title":"Engineer ` + id +
		`","identifier":"` + id + `",` +
		validThrough + `"url":"http://` + faultboard.Host + `/careers/` + id +
		`","hiringOrganization":{"name":"Acme"},"description":"` + text +
		`"}</script></head><body></body></html>`
}

func TestLinkedIn(t *testing.T) {
	const closed = `<figure class="closed-job"><figcaption class="closed-job__flavor--closed">No longer ` +
		`accepting applications</figcaption></figure>`
	faultboard.Run(t, faultboard.Board{
		Adverts: odd(linkedinPage, "4300000007", closed, scraper.ErrPosting),
		Client:  client,
		Lead: lead.Lead{
			Source: "linkedin", ExternalID: "4300000007", Title: "Engineer",
			URL: "http://" + faultboard.Host + "/jobs/view/4300000007",
		},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := linkedin.New(&linkedin.Options{Client: client, BaseURL: baseURL})
			require.NoError(tb, err)
			return board
		},
	})
}

func TestCareerPages(t *testing.T) {
	faultboard.Run(t, faultboard.Board{
		Adverts: odd(careerPage, "1", `"validThrough":"1999-12-31",`, scraper.ErrGone),
		Client:  client,
		Lead: lead.Lead{
			Source: "jsonld", ExternalID: "1", Title: "Engineer 1",
			URL: "http://" + faultboard.Host + "/careers/1",
		},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := jsonld.New(&jsonld.Options{Client: client, Pages: []string{baseURL + "/careers"}})
			require.NoError(tb, err)
			return board
		},
	})
}

func TestNaukri(t *testing.T) {
	faultboard.Run(t, faultboard.Board{
		Adverts: odd(naukriPage, "210326500001", "<p>This job has expired.</p>", scraper.ErrPosting),
		Client:  client,
		Lead: lead.Lead{
			Source: "naukri", ExternalID: "210326500001", Title: "Engineer",
			URL: "http://" + faultboard.Host + "/job-listings-engineer-acme-pune-2-to-5-years-210326500001",
		},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := naukri.New(&naukri.Options{Client: client, BaseURL: baseURL})
			require.NoError(tb, err)
			return board
		},
	})
}
