package ats_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"html"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

var _ forge.ListScraper = (*ats.Scraper)(nil)

// A dialect says how one provider writes the suite's jobs. Its lists have no texts, so that the
// suite sees each posting being requested.
type dialect struct {
	provider, company string
	prefix            string // of the keys
	onePage           bool
	start             func(r *http.Request) int
	jobPath           string // what stands before a job's id in the path of its own address
	jobTail           string
	entry             func(l lead.Lead) any
	list              func(entries []any, total int) any
	job               func(p enrich.Posting) any
	write             func(v any) []byte // nil: JSON
}

type object = map[string]any

func markup(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</p>"
}

func day(l lead.Lead) string { return l.PostedAt.Format("2006-01-02") }

// ldPage is the page of a job at a provider that has no other address for it.
func ldPage(p enrich.Posting) any {
	m := object{
		"@type": "JobPosting", "title": html.EscapeString(p.Lead.Title),
		"identifier": object{"value": p.Lead.ExternalID},
		"url":        p.Lead.URL, "datePosted": day(p.Lead),
	}
	if strings.TrimSpace(p.Data.Description) != "" {
		m["description"] = markup(p.Data.Description)
	}
	return m
}

func place(l lead.Lead) object { return object{"city": l.Location} }

func dialects() []dialect {
	wrap := func(key string) func([]any, int) any {
		return func(entries []any, _ int) any { return object{key: entries} }
	}
	return []dialect{
		{
			provider: "greenhouse", company: "acme", onePage: true, jobPath: "/v1/boards/acme/jobs/",
			entry: func(l lead.Lead) any {
				return object{
					"id": json.Number(l.ExternalID), "title": html.EscapeString(l.Title),
					"company_name": html.EscapeString(l.Company), "location": object{"name": l.Location},
					"first_published": day(l), "absolute_url": l.URL,
				}
			},
			list: func(entries []any, total int) any {
				return object{"jobs": entries, "meta": object{"total": total}}
			},
			job: func(p enrich.Posting) any {
				return object{
					"id": json.Number(p.Lead.ExternalID), "title": p.Lead.Title,
					"content": html.EscapeString(markup(p.Data.Description)),
				}
			},
		},
		{
			provider: "lever", company: "Acme", onePage: true, jobPath: "/v0/postings/Acme/",
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "text": html.EscapeString(l.Title),
					"categories": object{"location": l.Location},
					"createdAt":  l.PostedAt.UnixMilli(), "hostedUrl": l.URL,
				}
			},
			list: func(entries []any, _ int) any { return entries },
			job: func(p enrich.Posting) any {
				return object{
					"id": p.Lead.ExternalID, "text": p.Lead.Title,
					"description": markup(p.Data.Description),
				}
			},
		},
		{
			provider: "ashby", company: "acme", onePage: true, jobPath: "/jobs.ashbyhq.com/acme/",
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "title": html.EscapeString(l.Title), "location": l.Location,
					"publishedAt": day(l),
					"jobUrl":      l.URL, "isListed": true,
				}
			},
			list: wrap("jobs"), job: ldPage, write: inPage,
		},
		{
			provider: "smartrecruiters", company: "Acme1", jobPath: "/v1/companies/Acme1/postings/",
			start: scrapertest.FormInt("offset"),
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "name": html.EscapeString(l.Title), "location": place(l),
					"releasedDate": day(l),
					"company":      object{"name": html.EscapeString(l.Company)},
				}
			},
			list: func(entries []any, total int) any {
				return object{"totalFound": total, "content": entries}
			},
			job: func(p enrich.Posting) any {
				return object{
					"id": p.Lead.ExternalID, "name": p.Lead.Title,
					"jobAd": object{"sections": object{
						"jobDescription": object{"title": "Job", "text": markup(p.Data.Description)},
					}},
				}
			},
		},
		{
			provider: "workable", company: "acme", onePage: true, jobPath: "/api/v2/accounts/acme/jobs/",
			entry: func(l lead.Lead) any {
				return object{
					"shortcode": l.ExternalID, "title": html.EscapeString(l.Title), "city": l.Location,
					"published_on": day(l), "url": l.URL,
				}
			},
			list: wrap("jobs"),
			job: func(p enrich.Posting) any {
				return object{
					"shortcode": p.Lead.ExternalID, "title": p.Lead.Title,
					"description": markup(p.Data.Description),
				}
			},
		},
		{
			provider: "recruitee", company: "acme", onePage: true, jobPath: "/api/offers/",
			entry: func(l lead.Lead) any {
				return object{
					"id": json.Number(l.ExternalID), "title": html.EscapeString(l.Title), "city": l.Location,
					"published_at": day(l) + " 10:00:00 UTC", "careers_url": l.URL,
					"company_name": html.EscapeString(l.Company),
				}
			},
			list: wrap("offers"),
			job: func(p enrich.Posting) any {
				return object{"offer": object{
					"id": json.Number(p.Lead.ExternalID), "title": p.Lead.Title,
					"description": markup(p.Data.Description),
				}}
			},
		},
		{
			provider: "personio", company: "acme", onePage: true, jobPath: "/acme.jobs.personio.de/job/",
			entry: func(l lead.Lead) any {
				return xmlPosition{
					ID: l.ExternalID, Name: html.EscapeString(l.Title), Company: html.EscapeString(l.Company),
					Office: l.Location, Created: day(l),
				}
			},
			list: func(entries []any, _ int) any {
				return xmlJobs{Positions: entries}
			}, job: ldPage, write: inPage,
		},
		{
			provider: "teamtailor", company: "acme", onePage: true, jobPath: "/acme.teamtailor.com/jobs/",
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "title": html.EscapeString(l.Title), "url": l.URL,
					"date_published": day(l),
					"_jobposting": object{
						"hiringOrganization": object{"name": html.EscapeString(l.Company)},
						"jobLocation":        object{"address": object{"addressLocality": l.Location}},
					},
				}
			},
			list: wrap("items"), job: ldPage, write: inPage,
		},
		{
			provider: "pinpoint", company: "acme", onePage: true, jobPath: "/acme.pinpointhq.com/jobs/",
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "title": html.EscapeString(l.Title), "url": l.URL,
					"location": place(l),
				}
			},
			list: wrap("data"), job: ldPage, write: inPage,
		},
		{
			provider: "bamboohr", company: "acme", prefix: "acme/", onePage: true, jobPath: "/careers/",
			jobTail: "/detail",
			entry: func(l lead.Lead) any {
				return object{
					"id": l.ExternalID, "jobOpeningName": html.EscapeString(l.Title),
					"location": place(l),
				}
			},
			list: func(entries []any, total int) any {
				return object{"meta": object{"totalCount": total}, "result": entries}
			},
			job: func(p enrich.Posting) any {
				return object{"result": object{"jobOpening": object{
					"jobOpeningShareUrl": "https://acme.bamboohr.com/careers/" + p.Lead.ExternalID,
					"jobOpeningName":     p.Lead.Title, "description": markup(p.Data.Description),
				}}}
			},
		},
		{
			provider: "rippling", company: "acme", onePage: true,
			jobPath: "/platform/api/ats/v1/board/acme/jobs/",
			entry: func(l lead.Lead) any {
				return object{
					"uuid": l.ExternalID, "name": html.EscapeString(l.Title),
					"workLocation": object{"label": l.Location},
					"url":          l.URL,
				}
			},
			list: func(entries []any, _ int) any { return entries },
			job: func(p enrich.Posting) any {
				return object{
					"uuid": p.Lead.ExternalID, "name": p.Lead.Title,
					"description": object{"role": markup(p.Data.Description)},
				}
			},
		},
		{
			provider: "workday", company: "acme.wd5/Careers", prefix: "acme/",
			jobPath: "/wday/cxs/acme/Careers/job/",
			start: func(r *http.Request) int {
				var form struct{ Offset int }
				_ = json.NewDecoder(r.Body).Decode(&form) // another form begins at 0
				return form.Offset
			},
			entry: func(l lead.Lead) any {
				return object{
					"title":         html.EscapeString(l.Title),
					"externalPath":  "/job/Lisbon/Engineer_" + l.ExternalID,
					"locationsText": l.Location, "postedOn": "Posted 3 Days Ago",
					"bulletFields": []string{l.ExternalID},
				}
			},
			list: func(entries []any, total int) any {
				return object{"total": total, "jobPostings": entries}
			},
			job: func(p enrich.Posting) any {
				return object{"jobPostingInfo": object{
					"jobReqId": p.Lead.ExternalID, "title": p.Lead.Title,
					"jobDescription": markup(p.Data.Description),
				}}
			},
		},
	}
}

type xmlPosition struct {
	XMLName xml.Name `xml:"position"`
	ID      string   `xml:"id"`
	Company string   `xml:"subcompany"`
	Office  string   `xml:"office"`
	Name    string   `xml:"name"`
	Created string   `xml:"createdAt"`
}

type xmlJobs struct {
	XMLName   xml.Name `xml:"workzag-jobs"`
	Positions []any    `xml:"position"`
}

func inPage(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // of a value of this file
	}
	return []byte(`<html><head><script type="application/ld+json">` + string(b) +
		`</script></head><body></body></html>`)
}

func TestEveryProviderKeepsThePromisesOfABoard(t *testing.T) {
	t.Parallel()
	all := dialects()
	if measure.RaceDetector { // the walk is the same code at every provider
		all = all[:3]
	}
	for _, d := range all {
		t.Run(d.provider, func(t *testing.T) {
			t.Parallel()
			d.run(t)
		})
	}
}

func (d dialect) run(t *testing.T) {
	t.Helper()
	plain := func(v any) []byte {
		if list, ok := v.(xmlJobs); ok {
			b, err := xml.Marshal(list)
			require.NoError(t, err)
			return b
		}
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return b
	}
	write := d.write
	if write == nil {
		write = plain
	}
	scrapertest.Run(t, func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		tb.Helper()
		scrapers, err := ats.New(&ats.Options{
			Boards: []ats.Board{{Provider: d.provider, Company: d.company}}, Client: env.Client,
			BaseURL: env.URL,
		})
		require.NoError(tb, err)
		require.Len(tb, scrapers, 1)
		start := d.start
		if start == nil {
			start = func(*http.Request) int { return 0 }
		}
		return unkeyed{scrapers[0], d.prefix}, scrapertest.Site{
			Start: start, OnePage: d.onePage, FiltersItself: true, NoEasyApply: true,
			ContentType: "application/json",
			JobID:       d.jobID,
			List: func(l scrapertest.List) []byte {
				entries := []any{}
				for _, c := range l.Cards {
					entries = append(entries, d.entry(c))
				}
				return plain(d.list(entries, l.Total))
			},
			Job: func(p enrich.Posting) []byte { return write(d.job(p)) },
		}
	})
}

// jobID reads the id from the path of a job's own address.
func (d dialect) jobID(r *http.Request) string {
	_, rest, ok := strings.Cut(r.URL.Path, d.jobPath)
	id, tailed := strings.CutSuffix(rest, d.jobTail)
	if !ok || !tailed {
		return ""
	}
	return id[strings.LastIndexAny(id, "/_")+1:]
}

// An unkeyed board takes the company out of the keys, because the suite knows the bare ids.
type unkeyed struct {
	*ats.Scraper
	prefix string
}

func (u unkeyed) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		u.Scraper.Search(ctx, q)(func(l lead.Lead, err error) bool {
			l.ExternalID = strings.TrimPrefix(l.ExternalID, u.prefix)
			if l.Company == "Acme" {
				l.Company = "" // made from the URL, where the suite's company is not said
			}
			return yield(l, err)
		})
	}
}

func (u unkeyed) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if u.Source() == "workday" && !strings.Contains(l.URL, "/job/") {
		l.URL = "https://acme.wd5.myworkdayjobs.com/Careers/job/Lisbon/Engineer_" + l.ExternalID
	}
	l.ExternalID = u.prefix + l.ExternalID
	return u.Scraper.Detail(ctx, l)
}
