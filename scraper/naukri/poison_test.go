package naukri_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
)

const oddID = "300526000001"

func oddLead() lead.Lead {
	return lead.Lead{
		Source: naukri.Source, ExternalID: oddID, Title: "Bridge Engineer",
		URL: "https://www.naukri.com/job-listings-bridge-" + oddID,
	}
}

// drawn is a job's page as a browser draws it.
func drawn(id, title, text string) string {
	return string(jobHTML(enrich.Posting{
		Lead: lead.Lead{ExternalID: id, Title: title, Company: "Quay"}, Data: enrich.Data{Description: text},
	}, false))
}

// withLD is a job's page without drawn text, with JSON-LD.
func withLD(canonical string, postings ...string) string {
	page := "<html><head>"
	if canonical != "" {
		page += `<link rel="canonical" href="https://www.naukri.com/job-listings-x-` + canonical + `">`
	}
	for _, p := range postings {
		page += `<script type="application/ld+json">` + p + `</script>`
	}
	return page + `</head><body><div id="root"></div></body></html>`
}

func ldOf(id, text string) string {
	return fmt.Sprintf(
		`{"@context":"https://schema.org","@type":"JobPosting","title":"Job %[1]s",`+
			`"description":"<p>%[2]s</p>",`+
			`"hiringOrganization":{"name":"Quay"},"identifier":{"name":"Quay","value":"%[1]s"}}`,
		id,
		text,
	)
}

func jobMembers(members string) string {
	return `{"jobDetails":{"jobId":"` + oddID +
		`","title":"Bridge Engineer","companyDetail":{"name":"Quay"}` + members + `}}`
}

func class(err error) error {
	var found []error
	for _, c := range []error{scraper.ErrPosting, scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup} {
		if errors.Is(err, c) {
			found = append(found, c)
		}
	}
	return errors.Join(found...)
}

// One odd advert is that advert's own matter: the rest of the board is asked on.
func TestDetailOfAnOddAdvertIsItsOwnFailure(t *testing.T) {
	t.Parallel()
	refused := status(http.StatusNotAcceptable, `{"message":"recaptcha required"}`)
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	ok := func(body string) http.HandlerFunc { return status(http.StatusOK, body) }
	other := "300526000002"
	good := drawn(oddID, "Bridge Engineer", "You will rivet plates.")
	large := good + strings.Repeat("<!-- filler -->", 400_000)
	noText := strings.ReplaceAll(good, "dang-inner-html", "v9")
	for _, c := range []struct {
		name       string
		json, page http.HandlerFunc
		want       error
	}{
		{
			"JSON with a blank text, page with one", ok(jobMembers(`,"description":" <br> "`)),
			ok(drawn(oddID, "Bridge Engineer", " ")), scraper.ErrPosting,
		},
		{
			"JSON with a picture, page with one", ok(jobMembers(`,"description":"<img src='x.png'>"`)),
			ok(strings.Replace(good, "You will rivet plates.", `<img src="x.png">`, 1)), scraper.ErrPosting,
		},
		{
			"JSON with a blank text, page refused", ok(jobMembers(`,"description":null`)), status(403, ""),
			scraper.ErrPosting,
		},
		{
			"JSON of another job, page refused",
			ok(`{"jobDetails":{"jobId":"` + other + `","description":"Weld."}}`), status(403, ""),
			scraper.ErrPosting,
		},
		{"JSON redirected, page refused", redirect("/"), status(403, ""), scraper.ErrBlocked},
		{"both refused", refused, status(403, ""), scraper.ErrBlocked},
		{
			"JSON refused, page with a blank text", refused, ok(drawn(oddID, "Bridge Engineer", " ")),
			scraper.ErrPosting,
		},
		{"JSON refused, page without a place for the text", refused, ok(noText), scraper.ErrPosting},
		{"JSON refused, page a shell", refused, file(t, "search-shell.html"), scraper.ErrPosting},
		{"JSON refused, page a skeleton", refused, file(t, "search-skeleton.html"), scraper.ErrPosting},
		{"JSON refused, page a list", refused, file(t, "search-2026.html"), scraper.ErrPosting},
		{"JSON refused, page too large", refused, ok(large), scraper.ErrPosting},
		{"both too large", ok(`{"a":"` + strings.Repeat("x", 6<<20) + `"}`), ok(large), scraper.ErrPosting},
		{
			"both another job's", ok(`{"jobDetails":{"jobId":"` + other + `","description":"Weld."}}`),
			ok(drawn(other, "Welder", "Weld.")), scraper.ErrPosting,
		},
		{
			"JSON that is cut, page that is cut", ok(jobMembers(`,"description":"You wi`)[:90]),
			ok(good[:strings.Index(good, "rivet")]), scraper.ErrPosting,
		},
		{
			"JSON refused, page of markup that never ends", refused,
			ok(`<h1 class="jd-header-title">x</h1><div class="dang-inner-html"><p>You <b>will`),
			scraper.ErrPosting,
		},
		{
			"both redirected to the list", redirect("/bridge-jobs"), redirect("/bridge-jobs"),
			scraper.ErrPosting,
		},
		{"JSON refused, page redirected to the home page", refused, redirect("/"), scraper.ErrPosting},
		{
			"JSON refused, page redirected to another job", refused,
			redirect("/job-listings-welder-" + other), scraper.ErrPosting,
		},
		{
			"JSON refused, page redirected elsewhere", refused, redirect("http://elsewhere.test/jobs"),
			scraper.ErrPosting,
		},
		{
			"JSON refused, page redirected in circles", refused, redirect("/job-listings-bridge-" + oddID),
			scraper.ErrPosting,
		},
		{
			"JSON not there, words that say closed", status(404, ""),
			ok("<html><body><h1>Bridge Engineer</h1><p>This job has expired.</p></body></html>"),
			scraper.ErrPosting,
		},
		{
			"JSON refused, the notice in the title alone", refused,
			ok(strings.ReplaceAll(strings.ReplaceAll(noText, "Bridge Engineer", "This job is closed "+
				"loop control"),
				"apply-button", "x")), scraper.ErrPosting,
		},
		{
			"JSON refused, the notice in a link to another job", refused,
			ok(strings.ReplaceAll(strings.Replace(noText, "</body>",
				`<a href="/job-listings-y-1">This job has expired</a></body>`, 1), "apply-button", "x")),
			scraper.ErrPosting,
		},
		{
			"JSON of a list, page of words about captchas", ok(`{"noOfJobs":1,"jobDetails":[]}`),
			ok(
				`<html><head><title>Captcha Engineer - Quay</title></head><body><p>We solve a captcha a ` +
					`day.</p></body></html>`),
			scraper.ErrPosting,
		},
		{"an empty answer twice", ok(""), ok(""), scraper.ErrPosting},
		{"a bad request twice", status(400, "{}"), status(400, ""), scraper.ErrPosting},
		{
			"JSON with a text longer than any",
			ok(jobMembers(`,"description":"` + strings.Repeat("lorem ", 80_000) + `"`)), status(404, ""),
			scraper.ErrGone,
		},
		{"JSON null, page without a posting", ok(`null`), ok("<h1>Hi</h1>"), scraper.ErrPosting},
		{"JSON-LD without a text", refused, ok(withLD(oddID, ldOf(oddID, " "))), scraper.ErrPosting},
		{
			"JSON-LD that is cut", refused, ok(withLD(oddID, ldOf(oddID, "You will rivet")[:120])),
			scraper.ErrPosting,
		},

		{"JSON-LD of another job alone", refused, ok(withLD("", ldOf(other, "Weld."))), scraper.ErrGone},
		{
			"JSON-LD of two other jobs", refused,
			ok(withLD(oddID, ldOf(other, "Weld."), ldOf("300526000003", "Cut."))), scraper.ErrGone,
		},
		{
			"JSON-LD of another job, by its URL", refused,
			ok(withLD("",
				`{"@type":"JobPosting","title":"Welder","description":"Weld.",`+
					`"url":"https://www.naukri.com/job-listings-welder-`+other+`"}`)), scraper.ErrGone,
		},
		{"JSON that says closed", status(404, `{"message":"This job has expired"}`), nil, scraper.ErrGone},
		{
			"both not there", status(404, ""),
			status(404, `<script src="https://www.google.com/recaptcha/api.js"></script>`), scraper.ErrGone,
		},
		{"the notice on the job's page", refused, file(t, "posting-closed.html"), scraper.ErrGone},
		{
			"the notice on the job's page, which lost its text", refused,
			ok(strings.Replace(string(testdata(t, "posting-closed.html")), "dang-inner-html", "v9", 1)),
			scraper.ErrGone,
		},
		{"a login page", refused, redirect("/nlogin/login"), scraper.ErrBlocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBoard(t)
			b.jobJSON, b.jobPage = c.json, c.page
			b.page = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "<h1>Jobs</h1>")
			}
			data, err := b.scraper(t).Detail(t.Context(), oddLead())
			require.Zero(t, data)
			require.EqualError(t, class(err), c.want.Error(), "%v", err)
		})
	}
}

func TestDetailOfAnOddAdvertSaysWhatBothFacesAnswered(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.jobJSON, b.jobPage = status(http.StatusNotAcceptable, `{"message":"recaptcha required"}`), file(
		t, "search-shell.html",
	)
	_, err := b.scraper(t).Detail(t.Context(), oddLead())
	require.ErrorContains(t, err, "captcha")
	require.ErrorContains(t, err, "scraper/browser")
	var redirect *scraper.RedirectError
	b.page = status(http.StatusOK, "<h1>Jobs</h1>")
	b.jobPage = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/bridge-jobs",
			http.StatusFound)
	}
	_, err = b.scraper(t).Detail(t.Context(), oddLead())
	require.ErrorAs(t, err, &redirect)
}

func TestDetailReadsTheJSONLDOfTheJobThatWasAskedFor(t *testing.T) {
	t.Parallel()
	byURL := `{"@type":"JobPosting","title":"Bridge","description":"You will rivet plates.",` +
		`"url":"https://www.naukri.com/job-listings-bridge-` + oddID + `"}`
	for _, c := range []struct{ name, page string }{
		{
			"among others",
			withLD("", ldOf("300526000002", "Weld."), ldOf(oddID, "You will rivet plates."),
				ldOf("300526000003",
					"Cut.")),
		},
		{"by its URL", withLD("", ldOf("300526000002", "Weld."), byURL)},
		{
			"without an id, on a page that says what it is about",
			withLD(oddID, `{"@type":"JobPosting","title":"Bridge","description":"You will rivet plates."}`),
		},
		{
			"beside a script that is no JSON",
			withLD("", `{"@type":"JobPosting",,`, ldOf(oddID, "You will rivet plates.")),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBoard(t)
			b.jobJSON, b.jobPage = status(http.StatusNotAcceptable, ""), status(http.StatusOK, c.page)
			data, err := b.scraper(t).Detail(t.Context(), oddLead())
			require.NoError(t, err)
			require.Equal(t, "You will rivet plates.", data.Description)
		})
	}
}

// One odd advert changes nothing for the next one.
func TestDetailAfterAnOddAdvertReadsTheNextOne(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.jobJSON = status(http.StatusNotAcceptable, `{"message":"recaptcha required"}`)
	b.jobPage = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, oddID) {
			_, _ = io.WriteString(w, drawn(oddID, "Bridge Engineer", " "))
			return
		}
		_, _ = io.WriteString(w, drawn("300526000002", "Welder", "Weld."))
	}
	s := b.scraper(t)
	for range 3 {
		_, err := s.Detail(t.Context(), oddLead())
		require.EqualError(t, class(err), scraper.ErrPosting.Error())
		data, err := s.Detail(t.Context(), lead.Lead{Source: naukri.Source, ExternalID: "300526000002"})
		require.NoError(t, err)
		require.Equal(t, "Weld.", data.Description)
	}
}

func TestSearchNamesWhatTheBoardCannotFilterOnce(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.json = status(
		http.StatusOK,
		`{"noOfJobs":1,"jobDetails":[{"title":"Rigger","jobId":"`+oddID+`","jdURL":"/job-listings-rigger-`+
			oddID+`"}]}`,
	)
	for _, c := range []struct {
		name string
		q    lead.Query
		want []string
	}{
		{
			"nothing",
			lead.Query{
				Keywords: "rigger", Remote: true, PostedWithin: 72 * time.Hour,
				Experience: []string{lead.ExperienceEntry},
			},
			nil,
		},
		{"job types", lead.Query{JobTypes: []string{lead.PartTime}}, []string{"JobTypes"}},
		{
			"both",
			lead.Query{JobTypes: []string{lead.PartTime}, EasyApply: true, Limit: 1},
			[]string{"JobTypes", "EasyApply"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			n := 0
			for _, err := range b.scraper(t).Search(t.Context(), c.q) {
				if unfiltered, ok := errors.AsType[*scraper.UnfilteredError](err); ok {
					require.Zero(t, n, "before the first lead")
					require.Equal(t, naukri.Source, unfiltered.Source)
					got = append(got, unfiltered.Fields...)
					continue
				}
				require.NoError(t, err)
				n++
			}
			require.Equal(t, c.want, got)
			require.Equal(t, 1, n)
		})
	}
}

func TestCardOfTheJSONSearchIsReadAsAPersonSeesIt(t *testing.T) {
	t.Parallel()
	const label = `"footerPlaceholderLabel":"2 Days Ago"`
	created := time.Date(2026, 5, 30, 10, 0, 0, 0, time.UTC)
	base := lead.Lead{
		Source: naukri.Source, ExternalID: oddID, Title: "Rigger", Company: "Quay", Location: "Kochi",
		URL: "https://www.naukri.com/job-listings-rigger-" + oddID,
	}
	for _, c := range []struct {
		name, members string
		want          func(l *lead.Lead)
	}{
		{"as it is", ``, func(*lead.Lead) {}},
		{"a zero-width space in the title", `,"title":"Rig\u200bger"`, func(*lead.Lead) {}},
		{
			"escapes in the title", `,"title":"Rigger &amp; Hauler&#39;s Mate"`,
			func(l *lead.Lead) { l.Title = "Rigger & Hauler's Mate" },
		},
		{
			"escaped tags in the title", `,"title":"Urgent: &lt;b&gt;Rigger&lt;/b&gt; &amp; Mate"`,
			func(l *lead.Lead) { l.Title = "Urgent: Rigger & Mate" },
		},
		{"tags in the title", `,"title":"<b>Rigger</b>"`, func(*lead.Lead) {}},
		{
			"what only looks like a tag", `,"title":"Rigger <senior>"`,
			func(l *lead.Lead) { l.Title = "Rigger <senior>" },
		},
		{
			"a place that is null", `,"placeholders":[{"type":"location","label":"null"}]`,
			func(l *lead.Lead) { l.Location = "" },
		},
		{
			"a place with undefined", `,"placeholders":[{"type":"location","label":"Kochi, undefined"}]`,
			func(*lead.Lead) {},
		},
		{"a company that is undefined", `,"companyName":"undefined"`, func(l *lead.Lead) { l.Company = "" }},
		{
			"a date in milliseconds", `,"createdDate":1780135200000`, func(l *lead.Lead) {
				l.PostedAt = created
			},
		},
		{"a date in seconds", `,"createdDate":1780135200`, func(l *lead.Lead) { l.PostedAt = created }},
		{
			"a date as a text of digits", `,"createdDate":"1780135200000"`,
			func(l *lead.Lead) { l.PostedAt = created },
		},
		{
			"a date as a text", `,"createdDate":"2026-05-30 10:00:00"`, func(l *lead.Lead) {
				l.PostedAt = created
			},
		},
		{
			"a date that can be two", `,"createdDate":"05/06/2026"`, func(l *lead.Lead) {
				l.PostedAt = time.Time{}
			},
		},
		{"an age", `,` + label, func(l *lead.Lead) { l.PostedAt = day(1) }},
		{"an age without a day", `,"footerPlaceholderLabel":"30+ Days Ago"`, func(*lead.Lead) {}},
		{
			"a placeholder date and an age", `,"createdDate":0,` + label, func(l *lead.Lead) {
				l.PostedAt = day(1)
			},
		},
		{
			"a date from before the board and an age", `,"createdDate":1,` + label,
			func(l *lead.Lead) { l.PostedAt = day(1) },
		},
		{
			"an id that lost its zero", `,"jobId":30526000001,"jdURL":"/job-listings-rigger-030526000001"`,
			func(l *lead.Lead) {
				l.ExternalID, l.URL = "030526000001",
					"https://www.naukri.com/job-listings-rigger-030526000001"
			},
		},
		{
			"no address", `,"jdURL":""`, func(l *lead.Lead) {
				l.URL = "https://www.naukri.com/job-listings-" + oddID
			},
		},
		{
			"the company's page as the address", `,"jdURL":null,"staticUrl":"quay-jobs-careers-123"`,
			func(l *lead.Lead) { l.URL = "https://www.naukri.com/job-listings-" + oddID },
		},
		{
			"an address elsewhere", `,"jdURL":"https://elsewhere.test/job-listings-` + oddID + `"`,
			func(l *lead.Lead) { l.URL = "https://www.naukri.com/job-listings-" + oddID },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			members := map[string]json.RawMessage{}
			object := `{"title":"Rigger","jobId":"` + oddID +
				`","companyName":"Quay","jdURL":"/job-listings-rigger-` + oddID +
				`","placeholders":[{"type":"location","label":"Kochi"}]` + c.members + `}`
			require.NoError(t, json.Unmarshal([]byte(object), &members))
			merged, err := json.Marshal(members)
			require.NoError(t, err)
			l, err := naukri.ParseSearch([]byte(`{"noOfJobs":1,"jobDetails":[`+string(merged)+`]}`), now)
			require.NoError(t, err)
			require.Empty(t, l.Reasons)
			require.Len(t, l.Leads, 1)
			want := base
			c.want(&want)
			require.Equal(t, want, l.Leads[0])
		})
	}
}

func TestPayOfTheJSONIsWordsAndFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		salary string
		want   string // words, minimum, maximum, currency, period
	}{
		{`{"label":"5-7 LPA"}`, "5-7 LPA|500000|700000|INR|year"},
		{`{"label":"Upto 14 Lakhs"}`, "Upto 14 Lakhs||1400000|INR|year"},
		{
			`{"label":"9-13 Lacs P.A. (Including Variable: 7.5%)"}`,
			"9-13 Lacs P.A. (Including Variable: 7.5%)|900000|1300000|INR|year",
		},
		{`{"label":"₹ 2,75,000 - 5,50,000 P.A."}`, "₹ 2,75,000 - 5,50,000 P.A.|275000|550000|INR|year"},
		{`{"label":"15,000 - 20,000 a month"}`, "15,000 - 20,000 a month|15000|20000|INR|month"},
		{`{"label":"5-7"}`, "5-7||||"},
		{`{"label":"48.000 – 62.000 EUR"}`, "48.000 – 62.000 EUR|48000|62000|EUR|year"},
		{
			`{"minimumSalary":500000,"maximumSalary":700000,"currency":"INR"}`, "5 Lacs-7 " +
				"Lacs|500000|700000|INR|year",
		},
		{
			`{"minimumSalary":5,"maximumSalary":7,"currency":"INR","label":"5-7 LPA"}`,
			"5-7 LPA|500000|700000|INR|year",
		},
		{`{"minimumSalary":5,"maximumSalary":7,"currency":"INR"}`, "||||"},
		{
			`{"minimumSalary":500000,"maximumSalary":700000,"label":"5-7 Lacs P.A."}`,
			"5-7 Lacs P.A.|500000|700000|INR|year",
		},
		{`{"minimumSalary":50000,"maximumSalary":70000,"label":"5-7 Lacs P.A."}`, "5-7 Lacs P.A.||||"},
		{
			`{"minimumSalary":"500000","maximumSalary":"700000","label":"As per industry"}`,
			"As per industry|500000|700000|INR|year",
		},
		{`{"minimumSalary":0,"maximumSalary":700000}`, "7 Lacs||700000|INR|year"},
		{`{"hideSalary":true,"minimumSalary":500000,"maximumSalary":700000,"label":"5-7 Lacs P.A."}`, "||||"},
		{`{"label":"Not Disclosed by Recruiter"}`, "||||"},
		{`{"label":"null"}`, "||||"},
		{`null`, "||||"},
	} {
		t.Run(c.salary, func(t *testing.T) {
			t.Parallel()
			p, err := naukri.ParsePosting(
				[]byte(jobMembers(`,"description":"Rivet.","salaryDetail":`+c.salary)), now,
			)
			require.NoError(t, err)
			var got []string
			for _, key := range []string{
				enrich.AttrSalary, enrich.AttrSalaryMin, enrich.AttrSalaryMax,
				enrich.AttrSalaryCurrency, enrich.AttrSalaryPeriod,
			} {
				got = append(got, p.Data.Attributes[key])
			}
			require.Equal(t, c.want, strings.Join(got, "|"))
		})
	}
}
