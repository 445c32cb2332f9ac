package naukri_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// The pages that the tests serve have the structure of the board's own, with invented jobs in them.

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func jobPath(l lead.Lead) string {
	return "/job-listings-engineer-company-lisbon-2-to-5-years-" + l.ExternalID
}

// searchJSON is a page of the JSON search.
func searchJSON(l scrapertest.List) []byte {
	jobs := []any{}
	for _, c := range l.Cards {
		jobs = append(jobs, map[string]any{
			"title":                  c.Title,
			"jobId":                  c.ExternalID,
			"companyName":            c.Company,
			"jdURL":                  jobPath(c),
			"tagsAndSkills":          "Steel,Rivets",
			"jobDescription":         "Short text<br>",
			"footerPlaceholderLabel": "3 Days Ago",
			"createdDate":            c.PostedAt.UnixMilli(),
			"experienceText":         "2-5 Yrs",
			"minimumExperience":      "2",
			"maximumExperience":      "5",
			"mode":                   "jp",
			"salaryDetail": map[string]any{
				"minimumSalary": 0, "maximumSalary": 0, "currency": "INR", "hideSalary": true,
				"variablePercentage": 0.0,
			},
			"placeholders": []any{
				map[string]any{"type": "experience", "label": "2-5 Yrs"},
				map[string]any{"type": "salary", "label": "Not disclosed"},
				map[string]any{"type": "location", "label": c.Location},
			},
		})
	}
	return mustJSON(map[string]any{"noOfJobs": l.Total, "jobDetails": jobs, "sid": "1"})
}

// jobJSON is a job's JSON.
func jobJSON(p enrich.Posting) []byte {
	mode := ""
	if easy := p.Data.IsEasyApply; easy != nil {
		mode = map[bool]string{true: "jp", false: "crawled"}[*easy]
	}
	return mustJSON(map[string]any{"loggedIn": false, "jobDetails": map[string]any{
		"jobId":         p.Lead.ExternalID,
		"title":         p.Lead.Title,
		"companyDetail": map[string]any{"name": p.Lead.Company},
		"description": "<p>" + strings.ReplaceAll(
			html.EscapeString(p.Data.Description), "\n", "<br />",
		) + "</p>",
		"minimumExperience": 2,
		"maximumExperience": 5,
		"keySkills":         map[string]any{"other": []any{map[string]any{"label": "Steel"}}},
		"mode":              mode,
		"wfhType":           "0",
		"walkIn":            false,
		"vacancy":           3,
	}, "seo": map[string]any{}})
}

var searchTemplate = template.Must(
	template.New("").Parse(
		`<!DOCTYPE html><html><head><title>{{.Total}} Jobs</title>{{if .Next}}<link rel="next"
		href="/jobs-in-lisbon-{{.Next}}">{{end}}
<script type="application/ld+json">{{.Items}}</script></head><body>
<span class="styles_count-string__aB1" title="1 - 20 of {{.Total}} ">1 - 20 of {{.Total}} </span>
{{if .Total}}<div class="styles_jlc__main__x">{{range .Cards}}<div class="srp-jobtuple-wrapper"
data-job-id="{{.ExternalID}}"><div class="cust-job-tuple layout-wrapper lay-2 sjw__tuple ">
<div class=" row1"><h2><a class="title " title="{{.Title}}" href="https://www.naukri.com{{.Path}}?src=x"
target="_blank">{{.Title}}</a></h2></div>
<div class=" row2"><span class=" comp-dtls-wrap"><a class=" comp-name mw-25" title="{{.Company}}"
href="/c">{{.Company}}</a><a class="rating"><span class="main-2">3.6</span></a></span></div>
<div class=" row3"><div class="job-details "><span class="exp-wrap"><span class="exp"><span title="2-5 Yrs "
class="expwdth">2-5 Yrs</span></span></span><span class="loc-wrap ver-line"><span class="loc"><span
title="{{.Location}} " class="locWdth">{{.Location}}</span></span></span></div></div>
<div class=" row4"><span class="job-desc">Short...</span></div><div class=" row6"><span
class="job-post-day ">{{.Age}}</span></div></div></div>{{end}}</div>
<div class="cust-job-tuple layout-wrapper lay-2 "><div class=" row1"><a class="title "
title="A decoy">A decoy</a></div></div>
<div class="styles_pagination__p"><div class="styles_pages__q"><a href="/jobs-in-lisbon"
class="styles_selected__r">1</a></div>{{if .Next}}<a href="/jobs-in-lisbon-{{.Next}}"
class="styles_btn-secondary__s"><span>Next</span></a>{{end}}</div>
{{else}}<div class="styles_no-result-container__t">No jobs</div>{{end}}</body></html>`,
	),
)

type shownCard struct {
	lead.Lead
	Path, Age string
}

// searchHTML is a page of the search for people, as a browser draws it.
func searchHTML(l scrapertest.List) []byte {
	type listItem struct {
		Type string `json:"@type"`
		URL  string `json:"url"`
		Name string `json:"name"`
	}
	items := []listItem{}
	var cards []shownCard
	for _, c := range l.Cards {
		age := ""
		if !c.PostedAt.IsZero() {
			age = fmt.Sprintf("%d days ago", int(time.Since(c.PostedAt).Hours()/24))
		}
		cards = append(cards, shownCard{c, jobPath(c), age})
		items = append(items, listItem{"ListItem", "https://www.naukri.com" + jobPath(c), c.Title})
	}
	var b bytes.Buffer
	err := searchTemplate.Execute(&b, map[string]any{
		"Total": l.Total, "Next": l.Next, "Cards": cards,
		"Items": map[string]any{"@type": "ItemList", "itemListElement": items},
	})
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

var jobTemplate = template.Must(
	template.New("").Parse(
		`<!DOCTYPE html><html><head><link rel="canonical" href="https://www.naukri.com{{.Path}}"></head><body>
<div class="styles_jhc__top__a"><header><h1 class="styles_jd-header-title__b"
title="{{.Title}}">{{.Title}}</h1></header><div class="styles_jd-header-comp-name__c"><a
href="/c">{{.Company}}</a></div></div>
{{if .Closed}}<div class="styles_notice__z"><p>This job is no longer available</p></div>{{else}}<div
class="styles_jhc__apply-button-container__d"><button id="reg-apply-button">Register to apply</button><button
id="login-apply-button">Login to apply</button></div>{{end}}
<section class="styles_job-desc-container__e"><div
class="styles_JDC__dang-inner-html__f">{{range .Lines}}{{.}}<br>{{end}}</div></section></body></html>`,
	),
)

func jobHTML(p enrich.Posting, closed bool) []byte {
	var b bytes.Buffer
	err := jobTemplate.Execute(&b, map[string]any{
		"Path":    jobPath(p.Lead),
		"Title":   p.Lead.Title,
		"Company": p.Lead.Company,
		"Closed":  closed,
		"Lines":   strings.Split(p.Data.Description, "\n"),
	})
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestInventedPagesAreReadAsTheBoardsOwn(t *testing.T) {
	t.Parallel()
	require.Contains(
		t,
		string(
			searchHTML(
				scrapertest.List{Total: 1, Cards: []lead.Lead{{Title: "T", ExternalID: "210300000001"}}},
			),
		),
		`"@type":"ItemList"`,
	)
}
