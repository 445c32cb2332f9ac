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
func one(t *testing.T, members string) *jobposting.Posting {
	t.Helper()
	ps := postings(`<script type="application/ld+json">{"@type":"JobPosting",`+members+`}</script>`,
		"https://jobs.example/a")
	require.Len(t, ps, 1, members)
	return &ps[0]
}

func TestPostingIsReadWhole(t *testing.T) {
	t.Parallel()
	ps := postings(string(testdata(t, "posting.html")),
		"https://careers.quayworks.example/jobs/bridge-engineer?utm_source=x")
	require.Len(t, ps, 1)
	p := &ps[0]
	require.Equal(t, "QW-1042", p.ID)
	require.Equal(t, "Bridge Engineer & Surveyor", p.Title)
	require.Equal(t, "Quay Works", p.Company)
	require.Equal(t, "Porto, PT; Vigo, ES", p.Location)
	require.Equal(t, "https://careers.quayworks.example/jobs/bridge-engineer?utm_source=x", p.Page)
	require.Equal(t, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC), p.PostedAt)
	data := p.Data()
	require.NoError(t, data.Validate())
	require.Equal(
		t,
		"You will plan bridges over tidal rivers.\n\nRequirements\n\n- Five years of steel work\n- A "+
			"head for heights\n\n"+
			"Qualifications\nChartered engineer, or near it\n\nSkills\nSteel, Surveying, AutoCAD",
		data.Description,
	)
	require.Equal(
		t,
		"Chartered engineer, or near it\n\n5 years\n\nbachelor degree\n\nRequirements\n- Five years of "+
			"steel work\n- A head for heights",
		data.Requirements,
	)
	require.True(t, *data.IsEasyApply)
	require.Equal(t, map[string]string{
		enrich.AttrSalary: "42000 - 55000 EUR per year", enrich.AttrSalaryMin: "42000",
		enrich.AttrSalaryMax: "55000", enrich.AttrSalaryCurrency: "EUR", enrich.AttrSalaryPeriod: "year",
		enrich.AttrEmploymentType: "Full-time, Contract", enrich.AttrExperience: "5 years",
		enrich.AttrEducation: "bachelor degree", enrich.AttrSkills: "Steel, Surveying, AutoCAD",
		enrich.AttrIndustries: "Civil engineering", enrich.AttrFunction: "17-2051.00, Civil Engineers",
		enrich.AttrOpenings: "2", enrich.AttrValidThrough: "2026-07-01T00:00:00Z",
	}, data.Attributes)
}

func TestGraphsListsAndReferencesAreFollowed(t *testing.T) {
	t.Parallel()
	ps := postings(string(testdata(t, "list.html")), "https://lantern.example/jobs")
	require.Len(t, ps, 2)
	require.Equal(t, "7", ps[0].ID)
	require.Equal(t, "Lantern Labs", ps[0].Company)
	require.Equal(t, []string{"https://lantern.example/careers/lamp-designer"}, ps[0].URLs)
	require.Equal(t, "Remote (Norway; Iceland)", ps[0].Location)
	require.Equal(t, "Design lamps & lanterns.\n\n- Glass", ps[0].Description())
	require.Equal(t, time.Date(2026, 5, 4, 8, 17, 10, 847344000, time.UTC), ps[0].PostedAt)
	require.Equal(t, "remote", ps[0].Data().Attributes[enrich.AttrWorkplace])
	require.Equal(t, "Lantern Labs", ps[1].Company)
	require.Equal(t, "Bergen", ps[1].Location)
	require.Equal(t, "Trim wicks.\nKeep them dry.", ps[1].Description())
	require.Equal(t, time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC), ps[1].PostedAt)
}

func TestPostingInsideAPostingIsAnotherJob(t *testing.T) {
	t.Parallel()
	ps := postings(
		`[{"@type":"JobPosting","title":"Own","relatedLink":{"@type":"JobPosting","title":"Similar"}},`+
			`{"@type":"Thing"}]`,
		"",
	)
	require.Len(t, ps, 1)
	require.Equal(t, "Own", ps[0].Title)
}

func TestPageWithoutAPostingHasNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, page string }{
		{"nothing", ""},
		{"no script", "<h1>Jobs</h1>"},
		{"another script", `<script>{"@type":"JobPosting"}</script>`},
		{"another type", `<script type="application/ld+json">{"@type":"Organization"}</script>`},
		{"null", "null"},
		{"empty array", "[]"},
		{"empty object", "{}"},
		{"deep", strings.Repeat("[", 20000)},
		{
			"too deep for a page",
			strings.Repeat(`[`, 100) + `{"@type":"JobPosting"}` + strings.Repeat(`]`, 100),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, postings(c.page, "https://jobs.example/"))
		})
	}
}

func TestPageIsTheOneThatWasRead(t *testing.T) {
	t.Parallel()
	ps := postings(
		`<link rel=canonical href="/b"><script type="application/ld+json">{"@type":"JobPosting"}</script>`,
		"https://u:p@jobs.example/a?x=1#y",
	)
	require.Equal(
		t, "https://jobs.example/a?x=1", ps[0].Page, "sites name one page as the canonical URL of many",
	)
}

func TestItemListsNamePagesWithoutDescribingThem(t *testing.T) {
	t.Parallel()
	page := jobposting.Read(
		[]byte(
			`<script type="application/ld+json">{"@type":"BreadcrumbList",
			"itemListElement":[{"@type":"ListItem","position":1,"item":{"@id":"/","name":"Home"}}]}</script>
<script type="application/ld+json">{"@type":"ItemList","numberOfItems":4,"itemListElement":[
{"@type":"ListItem","position":1,"url":"/jobs/1","name":"One  &amp; a half"},"https://jobs.example/2",
{"item":{"@id":"/jobs/3","name":"Three"}},{"name":"no address"},{"url":"ftp://x"}]}</script>`,
		),
		"https://jobs.example/list",
	)
	require.Equal(t, 1, page.Lists)
	require.Equal(t, []jobposting.Item{
		{
			URL: "https://jobs.example/jobs/1", Name: "One & a half",
		}, {URL: "https://jobs.example/2"}, {
			URL: "https://jobs.example/jobs/3", Name: "Three",
		},
	}, page.Items)

	page = jobposting.Read([]byte(`{"@type":"ItemList","itemListElement":[]}`), "")
	require.Equal(t, 1, page.Lists)
	require.Empty(t, page.Items)
	require.Zero(t, jobposting.Read([]byte(`{"@type":"BreadcrumbList"}`), "").Lists)
}

func TestTextIsPlainWhateverItWas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`<p>One</p><p>Two &amp; three</p>`, "One\n\nTwo & three"},
		{`&lt;p&gt;One&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;`, "One\n\nR&D"},
		{`&lt;ul&gt;&lt;li class=&quot;x&quot;&gt;a&lt;/li&gt;&lt;li&gt;b&lt;/li&gt;&lt;/ul&gt;`, "- a\n- b"},
		{`One\n\nTwo\n• three`, "One\n\nTwo\n• three"},
		{`a < b and c > d`, "a < b and c > d"},
		{`std::vector<int> and Map<String, List<T>>`, "std::vector<int> and Map<String, List<T>>"},
		{`<b>Title</b>\nfirst\nsecond`, "Title\nfirst\nsecond"},
		{`<p>Write &lt;div&gt; and &lt;/div&gt;</p>`, "Write <div> and </div>"},
		{`You know <canvas> and generics of <T>`, "You know <canvas> and generics of <T>"},
		{`knowledge of &lt;canvas&gt; is a plus`, "knowledge of <canvas> is a plus"},
		{`<p>a<script>steal()<\/script><!-- x -->b</p>`, "ab"},
		{`A&B Ltd`, "A&B Ltd"},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(
				t, c.want,
				one(t, `"title":"T","description":"`+strings.ReplaceAll(c.in, `"`, `\"`)+`"`).Description(),
			)
		})
	}
}

func TestTextIsPutTogetherFromEveryField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, members, want string }{
		{"list", `"description":["a","b"]`, "- a\n- b"},
		{"list of one", `"description":["a"]`, "a"},
		{"value object", `"description":{"@value":"a"}`, "a"},
		{
			"no description", `"responsibilities":"Do","qualifications":"Know"`,
			"Responsibilities\nDo\n\nQualifications\nKnow",
		},
		{
			"all of them",
			`"description":"Us","benefits":"Tea","skills":"Knots","educationRequirements":"Licence"`,
			"Us\n\nEducation\nLicence\n\nSkills\nKnots\n\nBenefits\nTea",
		},
		{
			"said already",
			`"description":"<p>Tie knots, drink tea.</p>","skills":"knots","benefits":"Drink  TEA"`,
			"Tie knots, drink tea.",
		},
		{
			"part of a word is not said", `"description":"We use JavaScript.","skills":"Java"`,
			"We use JavaScript.\n\nSkills\nJava",
		},
		{"nothing to say", `"description":"Us","benefits":"N/A","qualifications":"none","skills":[]`, "Us"},
		{"months are figures", `"description":"Us","experienceRequirements":{"monthsOfExperience":12}`, "Us"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, one(t, c.members).Description())
		})
	}
}

func TestIdentifierIsAnObjectATextOrANumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`{"@type":"PropertyValue","name":"Acme","value":"A-1"}`, "A-1"},
		{`{"value":42}`, "42"},
		{`9007199254740993`, "9007199254740993"},
		{`"A-1"`, "A-1"},
		{`["", "A-2"]`, "A-2"},
		{`{"@type":"PropertyValue","name":"Acme"}`, ""},
		{`null`, ""},
		{`{}`, ""},
		{`true`, ""},
		{`"N/A"`, ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, one(t, `"title":"T","identifier":`+c.in).ID)
		})
	}
}

func TestSalariesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	const money = `{"@type":"MonetaryAmount","currency":"USD","value":`
	for _, c := range []struct{ in, words, figures string }{
		{
			money + `{"minValue":70,"maxValue":100.50,"unitText":"HOUR"}}`, "70 - 100.5 USD per hour",
			"70 100.5 USD hour",
		},
		{money + `{"value":65000,"unitText":"YEAR"}}`, "65000 USD per year", "65000 65000 USD year"},
		{money + `{"value":"65,000","unitText":"Annually"}}`, "65000 USD per year", "65000 65000 USD year"},
		{
			money + `{"minValue":"45.000","maxValue":"60.000","unitText":"YEAR"}}`,
			"45000 - 60000 USD per year", "45000 60000 USD year",
		},
		{
			money + `{"minValue":45.000,"maxValue":60.000,"unitText":"YEAR"}}`, "45000 - 60000 USD per year",
			"45000 60000 USD year",
		},
		{money + `{"minValue":65000,"unitText":"YEAR"}}`, "from 65000 USD per year", "65000  USD year"},
		{money + `{"maxValue":65000,"unitText":"YEAR"}}`, "up to 65000 USD per year", " 65000 USD year"},
		{money + `{"minValue":0,"maxValue":0,"unitText":"YEAR"}}`, "", "   "},
		{money + `{"value":1.2e5,"unitText":"ANN"}}`, "120000 USD per year", "120000 120000 USD year"},
		{
			money + `[{"minValue":15,"maxValue":20,"unitText":"HOUR"},{"value":65000,"unitText":"YEAR"}]}`,
			"15 - 20 USD per hour; 65000 USD per year", "   ",
		},
		{
			`{"currency":"EUR","minValue":1500,"maxValue":3500,"unitText":"MONTH"}`,
			"1500 - 3500 EUR per month", "1500 3500 EUR month",
		},
		{`"competitive"`, "competitive GBP", "   "},
		{`"null"`, "", "   "},
		{`null`, "", "   "},
		{`{"value":"NaN"}`, "", "   "},
		{`{"value":[]}`, "", "   "},
		{
			`{"price":"12.50","priceCurrency":"CHF","unitCode":"HUR"}`, "12.5 CHF per hour",
			"12.5 12.5 CHF hour",
		},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			a := one(t, `"title":"T","salaryCurrency":"GBP","baseSalary":`+c.in).Data().Attributes
			require.Equal(t, c.words, a[enrich.AttrSalary])
			require.Equal(
				t,
				c.figures,
				strings.Join(
					[]string{
						a[enrich.AttrSalaryMin], a[enrich.AttrSalaryMax], a[enrich.AttrSalaryCurrency],
						a[enrich.AttrSalaryPeriod],
					},
					" ",
				),
			)
		})
	}
	estimated := one(t, `"estimatedSalary":[{"currency":"EUR","value":{"value":50000,"unitText":"YEAR"}}]`)
	require.Equal(t, "50000 EUR per year", estimated.Salaries[0].Words)
}

func TestEmploymentTypesAreShownInOneSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`"FULL_TIME"`, "Full-time"},
		{`["FULL_TIME","INTERN"]`, "Full-time, Internship"},
		{`"Full-time, Part time"`, "Full-time, Part-time"},
		{`"https://schema.org/CONTRACTOR"`, "Contract"},
		{`["PER_DIEM","OTHER"]`, "PER_DIEM, OTHER"},
		{`null`, ""},
		{`["TEMPORARY","temp","VOLUNTEER"]`, "Temporary, Volunteer"},
		{`"Teilzeit"`, "Part-time"},
		{`"CDI"`, "CDI"},
		{`"null"`, ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(
				t, c.want,
				one(t, `"title":"T","employmentType":`+c.in).Data().Attributes[enrich.AttrEmploymentType],
			)
		})
	}
}

func TestPlacesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`"jobLocation":"Pune"`, "Pune"},
		{`"jobLocation":["Pune","Goa","Pune"]`, "Pune; Goa"},
		{`"jobLocation":{"address":"1 High St, Leeds"}`, "1 High St, Leeds"},
		{`"jobLocation":{"name":"Head office"}`, "Head office"},
		{
			`"jobLocation":{"address":{"addressLocality":"Berlin","addressRegion":"Berlin",` +
				`"addressCountry":"DE"}}`,
			"Berlin, DE",
		},
		{`"jobLocation":{"address":[{"addressLocality":"Riga"}]}`, "Riga"},
		{`"jobLocation":{"@type":"PostalAddress","addressCountry":"FR"}`, "FR"},
		{`"jobLocation":{"address":{"addressCountry":["IN"]}}`, "IN"},
		{`"jobLocationType":"TELECOMMUTE"`, "Remote"},
		{`"jobLocationType":["https://schema.org/TELECOMMUTE"]`, "Remote"},
		{
			`"jobLocationType":"TELECOMMUTE","jobLocation":"Oslo","applicantLocationRequirements":"Norway"`,
			"Remote (Norway; Oslo)",
		},
		{`"jobLocationType":"ON_SITE","jobLocation":"Oslo"`, "Oslo"},
		{`"jobLocation":"100% Remote (Norway or Sweden)"`, "Remote (Norway or Sweden)"},
		{`"jobLocation":"N/A"`, ""},
		{`"jobLocation":null`, ""},
		{`"jobLocation":{}`, ""},
		{`"jobLocation":[[]]`, ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, one(t, `"title":"T",`+c.in).Location)
		})
	}
	many := strings.TrimSuffix(strings.Repeat(`"A town with a rather long name number %d",`, 90), ",")
	n := make([]any, 90)
	for i := range n {
		n[i] = i
	}
	l := one(
		t,
		`"title":"T","identifier":1,"jobLocationType":"TELECOMMUTE","jobLocation":[`+fmt.Sprintf(
			many,
			n...)+`]`,
	).Location
	require.LessOrEqual(t, len(l), 1000, "what does not fit is left out in whole places")
	require.Regexp(t, `number \d+\)$`, l)
}

func TestDatesAreReadInTheOrderThatThePageProves(t *testing.T) {
	t.Parallel()
	ps := postings(
		`[{"@type":"JobPosting","datePosted":"04/05/2026"},{"@type":"JobPosting",`+
			`"datePosted":"05/23/2026"},{"@type":"JobPosting","datePosted":2026}]`,
		"",
	)
	require.Equal(t, time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC), ps[0].PostedAt)
	require.Equal(t, time.Date(2026, 5, 23, 0, 0, 0, 0, time.UTC), ps[1].PostedAt)
	require.Zero(t, ps[2].PostedAt)
}

func TestPostingIsClosedOnceItHasExpiredEverywhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in     string
		closed time.Time
	}{
		{"2026-05-04", time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC)},
		{"2026-05-04T18:00:00Z", time.Date(2026, 5, 4, 18, 0, 0, 0, time.UTC)},
		{"2026-05-04T18:00:00", time.Date(2026, 5, 5, 6, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			p := one(t, `"title":"T","description":"d","validThrough":"`+c.in+`"`)
			require.False(t, p.Closed(c.closed.Add(-time.Second)))
			require.True(t, p.Closed(c.closed))
			require.Contains(t, p.Data().Attributes[enrich.AttrValidThrough], "2026-05-04")
		})
	}
	require.False(t, one(t, `"title":"T"`).Closed(time.Now()))
	require.False(t, one(t, `"title":"T","validThrough":"never"`).Closed(time.Now()))
}

func TestRequirementsComeFromEveryFieldThatStatesThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`"experienceRequirements":"Two years"`, "Two years"},
		{`"experienceRequirements":"no requirements"`, ""},
		{`"experienceRequirements":{"monthsOfExperience":"18"}`, "18 months"},
		{`"experienceRequirements":[{"monthsOfExperience":12}]`, "1 year"},
		{`"educationRequirements":["MSc",{"credentialCategory":"PhD"}]`, "MSc, PhD"},
		{`"educationRequirements":"none"`, ""},
		{`"qualifications":["Go","SQL"]`, "- Go\n- SQL"},
		{`"qualifications":"<ul><li>Go</li></ul>"`, "- Go"},
		{`"description":"Requirements:\nGo","qualifications":"go"`, "go\n\nRequirements:\nGo"},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, one(t, `"title":"T",`+c.in).Data().Requirements)
		})
	}
}

func TestDirectApplyIsATruthInAnyForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{
			`true`, "true",
		}, {`false`, "false"}, {`"True"`, "true"}, {
			`"http://schema.org/False"`, "false",
		}, {`null`, ""}, {`"maybe"`, ""}, {
			`{}`, "",
		},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			got := ""
			if easy := one(t, `"title":"T","directApply":`+c.in).Data().IsEasyApply; easy != nil {
				got = fmt.Sprint(*easy)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestAttributesStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	skills := make([]string, 3000)
	for i := range skills {
		skills[i] = fmt.Sprintf("skill %d", i)
	}
	data := one(
		t,
		`"title":"T","description":"d","industry":"`+strings.Repeat("ü", 5000)+`","skills":"`+strings.Join(
			skills, ",",
		)+`"`,
	).Data()
	require.NoError(t, data.Validate())
	require.NotEmpty(t, data.Attributes[enrich.AttrIndustries])
	require.Regexp(t, `skill \d+…?$`, data.Attributes[enrich.AttrSkills])
}
