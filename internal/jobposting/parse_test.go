package jobposting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
)

func testdata(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return b
}

func postings(page, pageURL string) []jobposting.Posting {
	return jobposting.Read([]byte(page), pageURL).Postings
}

// one reads a page whose only script is a JobPosting with these members.
func one(t *testing.T, members string) jobposting.Posting {
	t.Helper()
	ps := postings(`<script type="application/ld+json">{"@type":"JobPosting",`+members+`}</script>`, "https://jobs.example/a")
	require.Len(t, ps, 1, members)
	return ps[0]
}

func TestEveryFieldOfAPostingIsRead(t *testing.T) {
	t.Parallel()
	ps := postings(string(testdata(t, "posting.html")), "https://careers.quayworks.example/jobs/bridge-engineer?utm_source=x")
	require.Len(t, ps, 1)
	p := ps[0]
	require.Equal(t, lead.Lead{
		Source: "careers", ExternalID: "QW-1042", Title: "Bridge Engineer & Surveyor", Company: "Quay Works", Location: "Porto, PT; Vigo, ES",
		URL: "https://careers.quayworks.example/jobs/bridge-engineer?utm_source=x", PostedAt: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC),
	}, p.Lead("careers"))
	data := p.Data()
	require.NoError(t, data.Validate())
	require.Equal(t, "You will plan bridges over tidal rivers.\n\nRequirements\n\n- Five years of steel work\n- A head for heights", data.Description)
	require.Equal(t, "Chartered engineer, or near it\n\n5 years\n\nbachelor degree\n\nRequirements\n- Five years of steel work\n- A head for heights", data.Requirements)
	require.True(t, *data.IsEasyApply)
	require.Equal(t, map[string]string{
		enrich.AttrSalary: "42000 - 55000 EUR per year", enrich.AttrEmploymentType: "Full-time, Contract", enrich.AttrExperience: "5 years",
		enrich.AttrEducation: "bachelor degree", enrich.AttrSkills: "Steel, Surveying, AutoCAD", enrich.AttrIndustries: "Civil engineering",
		enrich.AttrFunction: "17-2051.00, Civil Engineers", enrich.AttrOpenings: "2", enrich.AttrValidThrough: "2026-07-01T00:00:00Z",
	}, data.Attributes)
}

func TestGraphsListsAndReferencesAreFollowed(t *testing.T) {
	t.Parallel()
	ps := postings(string(testdata(t, "list.html")), "https://lantern.example/jobs")
	require.Len(t, ps, 2)
	require.Equal(t, "7", ps[0].ID)
	require.Equal(t, "Lantern Labs", ps[0].Company)
	require.Equal(t, "https://lantern.example/careers/lamp-designer", ps[0].URL)
	require.Equal(t, "Remote (Norway; Iceland)", ps[0].Location)
	require.Equal(t, "Design lamps & lanterns.\n\n- Glass", ps[0].Description)
	require.Equal(t, time.Date(2026, 5, 4, 8, 17, 10, 847344000, time.UTC), ps[0].PostedAt)
	require.Equal(t, "remote", ps[0].Data().Attributes[enrich.AttrWorkplace])
	require.Equal(t, "Lantern Labs", ps[1].Company)
	require.Equal(t, "Bergen", ps[1].Location)
	require.Equal(t, "Trim wicks.\nKeep them dry.", ps[1].Description)
	require.Equal(t, time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC), ps[1].PostedAt)
}

func TestPostingInsideAPostingIsAnotherJob(t *testing.T) {
	t.Parallel()
	ps := postings(`[{"@type":"JobPosting","title":"Own","relatedLink":{"@type":"JobPosting","title":"Similar"}},{"@type":"Thing"}]`, "")
	require.Len(t, ps, 1)
	require.Equal(t, "Own", ps[0].Title)
}

func TestPageWithoutAPostingHasNone(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"nothing": "", "no script": "<h1>Jobs</h1>", "another script": `<script>{"@type":"JobPosting"}</script>`,
		"another type": `<script type="application/ld+json">{"@type":"Organization"}</script>`,
		"not JSON":     `<script type="application/ld+json">{"@type":"JobPosting","title":"a "quoted" b"}</script>`,
		"cut":          `<script type="application/ld+json">{"@type":"JobPosting","title":"a`,
		"null":         "null", "empty array": "[]", "empty object": "{}", "deep": strings.Repeat("[", 20000),
		"too deep for a page": strings.Repeat(`[`, 100) + `{"@type":"JobPosting"}` + strings.Repeat(`]`, 100),
	} {
		require.Empty(t, postings(page, "https://jobs.example/"), name)
	}
}

func TestSmallMistakesInJSONAreMended(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"byte order mark":       "\ufeff{\"@type\":\"JobPosting\",\"title\":\"T\"}",
		"HTML comment":          `<!-- {"@type":"JobPosting","title":"T"} -->`,
		"CDATA":                 `//<![CDATA[` + "\n" + `{"@type":"JobPosting","title":"T"}` + "\n//]]>",
		"CDATA in comments":     `/*<![CDATA[*/{"@type":"JobPosting","title":"T"}/*]]>*/`,
		"bare CDATA":            `<![CDATA[{"@type":"JobPosting","title":"T"}]]>`,
		"statement":             `{"@type":"JobPosting","title":"T"};`,
		"trailing commas":       `{"@type":["JobPosting", ] ,"title":"T", }`,
		"newline in a string":   "{\"@type\":\"JobPosting\",\"title\":\"T\",\"description\":\"a\nb\tc\x01\"}",
		"unknown escape":        `{"@type":"JobPosting","title":"T","description":"it\'s"}`,
		"comments":              `{/* job */"@type":"JobPosting", // the title` + "\n" + `"title":"T"}`,
		"escaped by a template": `{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;T&quot;}`,
		"two values":            `{"@type":"Organization"}{"@type":"JobPosting","title":"T"}`,
		"a good value first":    `{"@type":"JobPosting","title":"T"}{"@type":`,
	} {
		ps := postings(`<html><script data-x type="application/LD+JSON; charset=utf-8">`+script+`</script>`, "")
		require.NotEmpty(t, ps, name)
		require.Equal(t, "T", ps[0].Title, name)
	}
	require.Equal(t, "https://a.example//b", one(t, `"title":"T","url":"https://a.example//b",`).URL, "a URL is no comment")
}

func TestDescriptionIsPlainTextWhateverItWas(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<p>One</p><p>Two &amp; three</p>`:                                                      "One\n\nTwo & three",
		`&lt;p&gt;One&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;`:                                  "One\n\nR&D",
		`&lt;ul&gt;&lt;li class=&quot;x&quot;&gt;a&lt;/li&gt;&lt;li&gt;b&lt;/li&gt;&lt;/ul&gt;`: "- a\n- b",
		`One\n\nTwo\n• three`:                                                                   "One\n\nTwo\n• three",
		`a < b and c > d`:                                                                       "a < b and c > d",
		`std::vector<int> and Map<String, List<T>>`:                                             "std::vector<int> and Map<String, List<T>>",
		`R&amp;D &#8211; labs&nbsp;only`:                                                        "R&D – labs only",
		`<b>Title</b>\nfirst\nsecond`:                                                           "Title\nfirst\nsecond",
		`<p>Write &lt;div&gt; and &lt;/div&gt;</p>`:                                             "Write <div> and </div>",
		`You know <canvas> and generics of <T>`:                                                 "You know <canvas> and generics of <T>",
		`knowledge of &lt;canvas&gt; is a plus`:                                                 "knowledge of <canvas> is a plus",
		`<p>a<script>steal()<\/script><!-- x -->b</p>`:                                          "ab",
		`A&B Ltd`: "A&B Ltd",
	} {
		require.Equal(t, want, one(t, `"title":"T","description":"`+strings.ReplaceAll(in, `"`, `\"`)+`"`).Description, in)
	}
	require.Equal(t, "- a\n- b", one(t, `"description":["a","b"]`).Description)
	require.Equal(t, "a", one(t, `"description":{"@value":"a"}`).Description)
	require.Equal(t, "Do\n\nKnow", one(t, `"responsibilities":"Do","qualifications":"Know"`).Description, "where there is no description")
}

func TestIdentifierIsAnObjectATextOrANumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"@type":"PropertyValue","name":"Acme","value":"A-1"}`: "A-1", `{"value":42}`: "42", `9007199254740993`: "9007199254740993",
		`"A-1"`: "A-1", `["", "A-2"]`: "A-2", `{"@type":"PropertyValue","name":"Acme"}`: "", `null`: "", `{}`: "", `true`: "",
	} {
		require.Equal(t, want, one(t, `"title":"T","identifier":`+in).ID, in)
	}
}

func TestSalariesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	const money = `{"@type":"MonetaryAmount","currency":"USD","value":`
	for in, want := range map[string]string{
		money + `{"minValue":70,"maxValue":100.50,"unitText":"HOUR"}}`: "70 - 100.50 USD per hour",
		money + `{"value":65000,"unitText":"YEAR"}}`:                   "65000 USD per year",
		money + `{"value":"65,000","unitText":"Annually"}}`:            "65,000 USD per year",
		money + `65000}`:   "65000 USD",
		money + `"65000"}`: "65000 USD",
		money + `{"minValue":65000,"unitText":"YEAR"}}`:                           "from 65000 USD per year",
		money + `{"maxValue":65000,"unitText":"YEAR"}}`:                           "up to 65000 USD per year",
		money + `{"minValue":0,"maxValue":0,"unitText":"YEAR"}}`:                  "",
		money + `{"value":1.2e5,"unitText":"ANN"}}`:                               "120000 USD per year",
		money + `[{"minValue":1,"maxValue":2,"unitText":"HOUR"},{"value":9}]}`:    "1 - 2 USD per hour; 9 USD",
		`{"currency":"EUR","minValue":1500,"maxValue":3500,"unitText":"MONTH"}`:   "1500 - 3500 EUR per month",
		`[` + money + `1},{"@type":"MonetaryAmount","currency":"EUR","value":2}]`: "1 USD; 2 EUR",
		`50000`:           "50000 GBP",
		`"competitive"`:   "competitive GBP",
		`{"value":"NaN"}`: "",
		`{"value":[]}`:    "",
		`{"price":"12.50","priceCurrency":"CHF","unitCode":"HUR"}`: "12.50 CHF per hour",
		`null`: "",
	} {
		require.Equal(t, want, one(t, `"title":"T","salaryCurrency":"GBP","baseSalary":`+in).Data().Attributes[enrich.AttrSalary], in)
	}
	require.Equal(t, "5 EUR", one(t, `"estimatedSalary":[{"currency":"EUR","value":5}]`).Salaries[0].String())
}

func TestEmploymentTypesAreATextOrAList(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		`"FULL_TIME"`: {lead.FullTime}, `["FULL_TIME","INTERN"]`: {lead.FullTime, lead.Internship}, `"Full-time, Part time"`: {lead.FullTime, lead.PartTime},
		`"https://schema.org/CONTRACTOR"`: {lead.Contract}, `["PER_DIEM","OTHER"]`: {"PER_DIEM", "OTHER"}, `null`: nil, `["TEMPORARY","temp","VOLUNTEER"]`: {lead.Temporary, lead.Volunteer},
	} {
		require.Equal(t, want, one(t, `"title":"T","employmentType":`+in).EmploymentTypes, in)
	}
}

func TestPlacesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"jobLocation":"Pune"`:                         "Pune",
		`"jobLocation":["Pune","Goa","Pune"]`:          "Pune; Goa",
		`"jobLocation":{"address":"1 High St, Leeds"}`: "1 High St, Leeds",
		`"jobLocation":{"name":"Head office"}`:         "Head office",
		`"jobLocation":{"address":{"addressLocality":"Berlin","addressRegion":"Berlin","addressCountry":"DE"}}`: "Berlin, DE",
		`"jobLocation":{"address":[{"addressLocality":"Riga"}]}`:                                                "Riga",
		`"jobLocation":{"@type":"PostalAddress","addressCountry":"FR"}`:                                         "FR",
		`"jobLocation":{"address":{"addressCountry":["IN"]}}`:                                                   "IN",
		`"jobLocationType":"TELECOMMUTE"`:                                                                       "Remote",
		`"jobLocationType":["https://schema.org/TELECOMMUTE"]`:                                                  "Remote",
		`"jobLocationType":"TELECOMMUTE","jobLocation":"Oslo","applicantLocationRequirements":"Norway"`:         "Remote (Oslo)",
		`"jobLocation":null`: "",
		`"jobLocation":{}`:   "",
	} {
		require.Equal(t, want, one(t, `"title":"T",`+in).Location, in)
	}
	many := strings.TrimSuffix(strings.Repeat(`"A town with a rather long name number %d",`, 90), ",")
	n := make([]any, 90)
	for i := range n {
		n[i] = i
	}
	l := one(t, `"title":"T","identifier":1,"jobLocationType":"TELECOMMUTE","jobLocation":[`+fmt.Sprintf(many, n...)+`]`).Lead("x")
	require.NoError(t, l.Validate(), "what does not fit is left out in whole places")
	require.Regexp(t, `number \d+\)$`, l.Location)
}

func TestDatesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Time{
		"2026-05-04": day, "20260504": day, "2026/05/04": day, "2026-5-4": day, "May 4, 2026": day, "4 May 2026": day, "04.05.2026": day,
		"2026-05-04T10:20:30Z": day.Add(10*time.Hour + 20*time.Minute + 30*time.Second), "2026-05-04T10:20:30.5+05:30": day.Add(4*time.Hour + 50*time.Minute + 30500*time.Millisecond),
		"2026-05-04T10:20:30+0530": day.Add(4*time.Hour + 50*time.Minute + 30*time.Second), "2026-05-04T10:20": day.Add(10*time.Hour + 20*time.Minute),
		"2026-05-04 10:20:30": day.Add(10*time.Hour + 20*time.Minute + 30*time.Second), "2026-05-04T10:20:30.123456": day.Add(10*time.Hour + 20*time.Minute + 30*time.Second + 123456*time.Microsecond),
		"Mon, 04 May 2026 00:00:00 GMT": day, "": {}, "soon": {}, "0000-00-00": {}, "0001-01-01": {}, "2026-13-40": {},
	} {
		got := one(t, `"title":"T","datePosted":"`+in+`"`).PostedAt
		require.True(t, want.Equal(got), "%q: %v", in, got)
	}
}

func TestPostingIsClosedOnceItHasExpiredEverywhere(t *testing.T) {
	t.Parallel()
	for in, closed := range map[string]time.Time{
		"2026-05-04": time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC), "2026-05-04T18:00:00Z": time.Date(2026, 5, 4, 18, 0, 0, 0, time.UTC),
		"2026-05-04T18:00:00": time.Date(2026, 5, 5, 6, 0, 0, 0, time.UTC),
	} {
		p := one(t, `"title":"T","description":"d","validThrough":"`+in+`"`)
		require.False(t, p.Closed(closed.Add(-time.Second)), in)
		require.True(t, p.Closed(closed), in)
		require.Contains(t, p.Data().Attributes[enrich.AttrValidThrough], "2026-05-04", in)
	}
	require.False(t, one(t, `"title":"T"`).Closed(time.Now()))
	require.False(t, one(t, `"title":"T","validThrough":"never"`).Closed(time.Now()))
}

func TestRequirementsComeFromEveryFieldThatStatesThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"experienceRequirements":"Two years"`: "Two years", `"experienceRequirements":"no requirements"`: "",
		`"experienceRequirements":{"monthsOfExperience":"18"}`: "18 months", `"experienceRequirements":[{"monthsOfExperience":12}]`: "1 year",
		`"educationRequirements":["MSc",{"credentialCategory":"PhD"}]`: "MSc, PhD", `"educationRequirements":"none"`: "",
		`"qualifications":["Go","SQL"]`: "- Go\n- SQL", `"qualifications":"<ul><li>Go</li></ul>"`: "- Go",
		`"description":"Requirements:\nGo","qualifications":"go"`: "go\n\nRequirements:\nGo",
	} {
		require.Equal(t, want, one(t, `"title":"T",`+in).Data().Requirements, in)
	}
}

func TestDirectApplyIsYesNoOrNotSaid(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`true`: "true", `false`: "false", `"True"`: "true", `"http://schema.org/False"`: "false", `null`: "", `"maybe"`: "", `{}`: ""} {
		got := ""
		if easy := one(t, `"title":"T","directApply":`+in).Data().IsEasyApply; easy != nil {
			got = fmt.Sprint(*easy)
		}
		require.Equal(t, want, got, in)
	}
}

func TestPageIsTheOneThatWasRead(t *testing.T) {
	t.Parallel()
	ps := postings(`<link rel=canonical href="/b"><script type="application/ld+json">{"@type":"JobPosting"}</script>`, "https://u:p@jobs.example/a?x=1#y")
	require.Equal(t, "https://jobs.example/a?x=1", ps[0].Page, "sites name one page as the canonical URL of many")
}

func TestAttributesStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	skills := make([]string, 3000)
	for i := range skills {
		skills[i] = fmt.Sprintf("skill %d", i)
	}
	data := one(t, `"title":"T","description":"d","industry":"`+strings.Repeat("ü", 5000)+`","skills":"`+strings.Join(skills, ",")+`"`).Data()
	require.NoError(t, data.Validate())
	require.NotEmpty(t, data.Attributes[enrich.AttrIndustries])
	require.Regexp(t, `skill \d+…?$`, data.Attributes[enrich.AttrSkills])
}

func TestItemListsNamePagesWithoutDescribingThem(t *testing.T) {
	t.Parallel()
	page := jobposting.Read([]byte(`<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"item":{"@id":"/","name":"Home"}}]}</script>
<script type="application/ld+json">{"@type":"ItemList","numberOfItems":4,"itemListElement":[
{"@type":"ListItem","position":1,"url":"/jobs/1","name":"One  &amp; a half"},"https://jobs.example/2",{"item":{"@id":"/jobs/3","name":"Three"}},{"name":"no address"},{"url":"ftp://x"}]}</script>`), "https://jobs.example/list")
	require.Equal(t, 1, page.Lists)
	require.Equal(t, []jobposting.Item{
		{URL: "https://jobs.example/jobs/1", Name: "One & a half"}, {URL: "https://jobs.example/2"}, {URL: "https://jobs.example/jobs/3", Name: "Three"},
	}, page.Items)

	page = jobposting.Read([]byte(`{"@type":"ItemList","itemListElement":[]}`), "")
	require.Equal(t, 1, page.Lists)
	require.Empty(t, page.Items)
	require.Zero(t, jobposting.Read([]byte(`{"@type":"BreadcrumbList"}`), "").Lists)
}
