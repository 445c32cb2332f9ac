package jsonld_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// deckhand is a JSON-LD script with a posting of these members beside its type, title and employer.
func deckhand(members string) string {
	return jobScript(
		`{"@context":"https://schema.org","@type":"JobPosting","title":"Deckhand",` +
			`"hiringOrganization":{"name":"Saltmarsh Ferries"},` + members + `}`,
	)
}

func jobScript(text string) string {
	return `<script type="application/ld+json">` + text + `</script>`
}

// only returns the one lead that a page yields.
func only(t *testing.T, page string) (*jsonld.Scraper, lead.Lead) {
	t.Helper()
	s := newSite(t, map[string]string{"/jobs/1": page})
	j := s.scraper(t, jsonld.Options{}, "/jobs/1")
	var leads []lead.Lead
	for l, err := range j.Search(t.Context(), lead.Query{}) {
		require.NoError(t, err)
		leads = append(leads, l)
	}
	require.Len(t, leads, 1)
	return j, leads[0]
}

func TestNearJSONIsMended(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, text string }{
		{
			"NBSP between members",
			"{\u00a0\"@type\":\"JobPosting\",\u00a0\"title\":\"Deckhand\",\u00a0\"description\":\"Splice " +
				"ropes.\"}",
			"Splice ropes.",
		},
		{
			"other spaces between members",
			"{\u2003\"@type\":\"JobPosting\",\u2028\"title\":\"Deckhand\",\u200b\"description\":\"Splice " +
				"ropes.\"}",
			"Splice ropes.",
		},
		{
			"NBSP entity between members",
			`{&nbsp;"@type":"JobPosting",&nbsp;"title":"Deckhand","description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"empty values",
			`{"@type":"JobPosting","title":"Deckhand","baseSalary":{"value":{"minValue":,"maxValue": }},` +
				`"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"empty value at the end",
			`{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes.","validThrough":}`,
			"Splice ropes.",
		},
		{
			"brace too many at the end",
			`{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."}}`, "Splice ropes.",
		},
		{
			"bracket too many at the end",
			`{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."}]`, "Splice ropes.",
		},
		{
			"brace too many in the middle",
			`{"@type":"JobPosting","title":"Deckhand","hiringOrganization":{"name":"Saltmarsh"}},` +
				`"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"brace too many within a list",
			`[{"@type":"JobPosting","title":"Deckhand","hiringOrganization":{"name":"Saltmarsh"}},` +
				`"description":"Splice ropes."}]`,
			"Splice ropes.",
		},
		{
			"last brace missing", `{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."`,
			"Splice ropes.",
		},
		{
			"brace missing before a bracket",
			`[{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."]`, "Splice ropes.",
		},
		{
			"comma missing after a text",
			"{\"@type\":\"JobPosting\",\"title\":\"Deckhand\"\n\"description\":\"Splice ropes.\"}",
			"Splice ropes.",
		},
		{
			"comma missing after an object",
			`{"@type":"JobPosting","title":"Deckhand","hiringOrganization":{"name":"Saltmarsh"} ` +
				`"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"comma missing after a number",
			`{"@type":"JobPosting","title":"Deckhand","totalJobOpenings":2 "description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"commas too many", `{,"@type":"JobPosting",,"title":"Deckhand",,,"description":"Splice ropes.",}`,
			"Splice ropes.",
		},
		{
			"comma too many after the whole",
			`{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."},`, "Splice ropes.",
		},
		{
			"hex escapes",
			`{"@type":"JobPosting","title":"Deckhand","description":"\x3cp\x3eSplice ropes.\x3c/p\x3e"}`,
			"Splice ropes.",
		},
		{
			"escapes that JSON lacks",
			`{"@type":"JobPosting","title":"Deckhand","description":"The captain\'s rope\-locker"}`,
			"The captain's rope-locker",
		},
		{
			"upper-case keys",
			`{"@Context":"https://schema.org","@Type":"JobPosting","Title":"Deckhand",` +
				`"Description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"keys in other cases",
			`{"@TYPE":"JobPosting","TITLE":"Deckhand","DESCRIPTION":"Splice ropes.",` +
				`"HiringOrganization":{"Name":"Saltmarsh"}}`,
			"Splice ropes.",
		},
		{
			"keys with a prefix",
			`{"@type":"schema:JobPosting","schema:title":"Deckhand",` +
				`"http://schema.org/description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"keys with spaces", `{" @type ":"JobPosting","title ":"Deckhand"," description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"keys without quotes", `{"@type":"JobPosting",title:"Deckhand",description:"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"single quotes", `{'@type':'JobPosting','title':'Deckhand','description':'Splice "ropes".'}`,
			`Splice "ropes".`,
		},
		{
			"words of other languages",
			`{"@type":"JobPosting","title":"Deckhand","directApply":True,"validThrough":None,` +
				`"baseSalary":undefined,"totalJobOpenings":NaN,"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"comments",
			"{/* a job */\"@type\":\"JobPosting\", // its " +
				"title:\n\"title\":\"Deckhand\",\"description\":\"Splice ropes. // no comment\"}",
			"Splice ropes. // no comment",
		},
		{
			"tags between members",
			`{"@type":"JobPosting",<br />"title":"Deckhand",<p>"description":"Splice ropes."</p>}`,
			"Splice ropes.",
		},
		{
			"control characters in a text",
			"{\"@type\":\"JobPosting\",\"title\":\"Deckhand\",\"description\":\"Splice\tropes.\r\nHaul " +
				"nets.\"}",
			"Splice\tropes.\nHaul nets.",
		},
		{
			"entities for quotes",
			`{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;Deckhand&quot;,&quot;` +
				`description&quot;:&quot;Splice ropes.&quot;}`,
			"Splice ropes.",
		},
		{
			"numeric entities for quotes",
			`{&#34;@type&#34;:&#34;JobPosting&#34;,&#x22;title&#x22;:&#34;Deckhand&#34;,&#34;description&` +
				`#34;:&#34;Splice ropes.&#34;}`,
			"Splice ropes.",
		},
		{
			"entities escaped twice",
			`{&amp;quot;@type&amp;quot;:&amp;quot;JobPosting&amp;quot;,&amp;quot;title&amp;quot;:&amp;quot;` +
				`Deckhand&amp;quot;,&amp;quot;description&amp;quot;:&amp;quot;Splice ropes.&amp;quot;}`,
			"Splice ropes.",
		},
		{
			"quotes with backslashes",
			`{\"@type\":\"JobPosting\",\"title\":\"Deckhand\",\"description\":\"Splice ropes.\"}`,
			"Splice ropes.",
		},
		{
			"JSON within a text",
			`"{\"@type\":\"JobPosting\",\"title\":\"Deckhand\",\"description\":\"Splice ropes.\"}"`,
			"Splice ropes.",
		},
		{
			"a statement",
			`var job = {"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."};`,
			"Splice ropes.",
		},
		{
			"CDATA and a byte order mark",
			"\ufeff<![CDATA[{\"@type\":\"JobPosting\",\"title\":\"Deckhand\",\"description\":\"Splice " +
				"ropes.\"}]]>",
			"Splice ropes.",
		},
		{
			"objects without a comma between them",
			"[{\"@type\":\"Organization\"}\n{\"@type\":\"JobPosting\",\"title\":\"Deckhand\"," +
				"\"description\":\"Splice ropes.\"}]",
			"Splice ropes.",
		},
		{
			"date without quotes",
			`{"@type":"JobPosting","title":"Deckhand","datePosted":2026-05-04,` +
				`"validThrough":2026-06-01T12:00:00Z,"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"number that begins with 0",
			`{"@type":"JobPosting","title":"Deckhand","jobLocation":{"address":{"postalCode":0150}},` +
				`"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"number with separators",
			`{"@type":"JobPosting","title":"Deckhand","baseSalary":{"value":{"minValue":45,000,` +
				`"maxValue":52,000}},"description":"Splice ropes."}`,
			"Splice ropes.",
		},
		{
			"call of a function",
			`callback({"@type":"JobPosting","title":"Deckhand","description":"Splice ropes."});`,
			"Splice ropes.",
		},
		{
			"a type without @", `{"type":"JobPosting","title":"Deckhand","description":"Splice ropes."}`,
			"Splice ropes.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j, l := only(t, jobScript(c.script))
			require.Equal(t, "Deckhand", l.Title)
			data, err := j.Detail(t.Context(), l)
			require.NoError(t, err)
			require.Equal(t, c.text, data.Description)
		})
	}
}

func TestNearJSONThatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, page string }{
		{
			"quote that is not escaped",
			jobScript(`{"@type":"JobPosting","title":"Deckhand","description":"Splice "ropes" well."}`),
		},
		{
			"quote that is not escaped, before a comma",
			jobScript(`{"@type":"JobPosting","title":"Deckhand","description":"Say "aye", and splice."}`),
		},
		{
			"text without an end",
			jobScript(`{"@type":"JobPosting","title":"Deckhand","description":"Splice ro`),
		},
		{
			"text whose quote is missing",
			jobScript("{\"@type\":\"JobPosting\",\"title\":\"Deckhand,\n\"description\":\"Splice ropes.\"}"),
		},
		{
			"two jobs in one object",
			jobScript(
				`{"@type":"JobPosting","title":"Deckhand","description":"Splice." "@type":"JobPosting",` +
					`"title":"Cook","description":"Boil."}`),
		},
		{
			"two jobs in one object of good JSON",
			jobScript(
				`{"@type":"JobPosting","title":"Deckhand","description":"Splice.","@type":"JobPosting",` +
					`"title":"Cook"}`),
		},
		{
			"page that breaks off",
			`<script type="application/ld+json">{"@type":"JobPosting","title":"Deckhand",` +
				`"description":"Splice ropes."`,
		},
		{
			"value without quotes",
			jobScript(`{"@type":"JobPosting","title":Deckhand,"description":"Splice ropes."}`),
		},
		{
			"colon missing",
			jobScript(`{"@type":"JobPosting","title" "Deckhand","description":"Splice ropes."}`),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, map[string]string{"/jobs/1": c.page})
			j := s.scraper(t, jsonld.Options{}, "/jobs/1")
			for l, err := range j.Search(t.Context(), lead.Query{}) {
				require.Error(t, err, "%+v", l)
			}
			_, err := j.Detail(t.Context(),
				lead.Lead{Source: "jsonld", ExternalID: "1", Title: "Deckhand", URL: s.URL + "/jobs/1"})
			require.ErrorIs(t, err, scraper.ErrPosting)
			require.NotErrorIs(t, err, scraper.ErrMarkup)
		})
	}
}

func TestOnePostingOfAScriptDoesNotCostTheOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/careers": jobScript(`{"@context":"https://schema.org","@graph":[
		{"@type":"JobPosting","title":"Deckhand","description":"Splice ropes.","url":"/jobs/1"},
		{"@type":"JobPosting","title":"Cook","description":"Boil "salt" beef.","url":"/jobs/2"},
		{"@type":"JobPosting","title":"Purser","description":"Count fares.","url":"/jobs/3"}]}`)})
	titles, cards, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/careers"), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"Deckhand", "Purser"}, titles)
	require.Equal(t, 1, cards)
}

func TestLocationOfALead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, members, want string }{
		{
			"list of towns",
			`"jobLocation":{"address":{"addressLocality":["Oslo","Bergen"],"addressCountry":"NO"}}`,
			"Oslo, NO; Bergen, NO",
		},
		{
			"list of addresses",
			`"jobLocation":{"address":[{"addressLocality":"Oslo"},{"addressLocality":"Bergen"}]}`,
			"Oslo; Bergen",
		},
		{
			"words for nothing",
			`"jobLocation":{"address":{"addressLocality":"Oslo","addressRegion":"null",` +
				`"addressCountry":"undefined"}}`,
			"Oslo",
		},
		{
			"signs for nothing",
			`"jobLocation":{"address":{"addressLocality":"Oslo","addressRegion":"N/A","addressCountry":"-"}}`,
			"Oslo",
		},
		{
			"nothing but words for it",
			`"jobLocation":{"address":{"addressLocality":"None","addressRegion":"n/a",` +
				`"streetAddress":"TBD"}}`, "",
		},
		{
			"postal code alone", `"jobLocation":{"address":{"streetAddress":"N/A","postalCode":"0150"}}`,
			"0150",
		},
		{"location in place of jobLocation", `"location":"Oslo"`, "Oslo"},
		{"text", `"jobLocation":"Oslo, Norway"`, "Oslo, Norway"},
		{
			"address as a text",
			`"jobLocation":[{"@type":"Place","address":"Kaigata 1, 5015 Bergen, Norway"}]`,
			"Kaigata 1, 5015 Bergen, Norway",
		},
		{
			"towns with a tilde between them",
			`"jobLocation":{"address":{"addressLocality":"Oslo~Bergen","addressRegion":"",` +
				`"addressCountry":"NO"}}`,
			"Oslo, NO; Bergen, NO",
		},
		{
			"remote in an address", `"jobLocation":{"address":{"addressLocality":"Remote - Norway"}}`,
			"Remote (Norway)",
		},
		{"remote alone", `"jobLocation":{"address":{"addressLocality":"Remote"}}`, "Remote"},
		{"virtual location", `"jobLocation":{"@type":"VirtualLocation"}`, "Remote"},
		{
			"applicants beside an office",
			`"jobLocationType":"TELECOMMUTE","applicantLocationRequirements":{"name":"Norway"},` +
				`"jobLocation":{"address":{"addressLocality":"Leith","addressCountry":"GB"}}`,
			"Remote (Norway; Leith, GB)",
		},
		{
			"worldwide",
			`"jobLocationType":"TELECOMMUTE","applicantLocationRequirements":{"name":"Worldwide"}`,
			"Remote (Worldwide)",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, l := only(t, deckhand(`"description":"Splice ropes.",`+c.members))
			require.Equal(t, c.want, l.Location)
		})
	}
}

// lists reports whether a search lists the posting.
func lists(t *testing.T, page string, q lead.Query) bool {
	t.Helper()
	s := newSite(t, map[string]string{"/jobs/1": page})
	n := 0
	for _, err := range s.scraper(t, jsonld.Options{}, "/jobs/1").Search(t.Context(), q) {
		if !errors.Is(err, scraper.ErrUnfiltered) {
			require.NoError(t, err)
			n++
		}
	}
	return n > 0
}

func TestFilterOfJobTypes(t *testing.T) {
	t.Parallel()
	full, part, intern := []string{lead.FullTime}, []string{lead.PartTime}, []string{lead.Internship}
	for _, c := range []struct {
		says  string // employmentType, as JSON
		types []string
		want  bool
	}{
		{`"FULL_TIME"`, full, true},
		{`"FULL_TIME"`, part, false},
		{`"FULL_TIME"`, intern, false},
		{`"FULL_TIME/PART_TIME"`, full, true},
		{`"FULL_TIME/PART_TIME"`, part, true},
		{`"PART_TIME | FULL_TIME"`, full, true},
		{`"Full- or part-time"`, part, true},
		{`"Full- or part-time"`, full, true},
		{`["FULL_TIME","PART_TIME"]`, part, true},
		{`"['FULL_TIME', 'PART_TIME']"`, part, true},
		{`"Full time / Permanent"`, full, true},
		{`"Full time / Permanent"`, part, false},
		{`"Regular Full-Time"`, full, true},
		{`"Full-time employee"`, full, true},
		{`"FullTimeRegular"`, full, true},
		{`"Full Time (38.5h)"`, full, true},
		{`"Full Time (38.5h)"`, part, false},
		{`"fulltime"`, full, true},
		{`"FT"`, full, true},
		{`"OTHER"`, full, true},
		{`"OTHER"`, part, true},
		{`["FULL_TIME","OTHER"]`, part, true},
		{`"PER_DIEM"`, full, true},
		{`"Permanent"`, full, true},
		{`"Permanent"`, part, true},
		{`"CDI"`, full, true},
		{`"CDI"`, part, true},
		{`"CDI"`, intern, false},
		{`"Vollzeit"`, full, true},
		{`"Vollzeit"`, part, false},
		{`"Teilzeit"`, part, true},
		{`"Teilzeit, 20 Stunden"`, full, false},
		{`"Voll- und Teilzeit"`, part, true},
		{`"Voll-/Teilzeit"`, full, true},
		{`"Praktikum"`, intern, true},
		{`"Werkstudent"`, part, true},
		{`"Temps plein"`, full, true},
		{`"Temps plein"`, part, false},
		{`"Temps partiel"`, part, true}, //nolint:misspell // French
		{`"Stage"`, intern, true},
		{`"Alternance"`, full, true},
		{`"Jornada completa"`, full, true},
		{`"Media jornada"`, part, true},
		{`"Tiempo completo"`, part, false},
		{`"Prácticas"`, intern, true},
		{`"Tempo pieno"`, full, true},
		{`"Part-time / tempo parziale"`, full, false},
		{`"Tirocinio"`, intern, true},
		{`"Tempo integral"`, full, true},
		{`"Meio período"`, part, true},
		{`"Estágio"`, intern, true},
		{`"Voltijd"`, full, true},
		{`"Deeltijd"`, full, false},
		{`"Pełny etat"`, full, true},
		{`"Część etatu"`, part, true},
		{`"pół etatu"`, full, false},
		{`"Heltid"`, full, true},
		{`"Deltid"`, full, false},
		{`"Kokoaikainen"`, full, true},
		{`"Plný úvazek"`, full, true},
		{`"Zkrácený úvazek"`, part, true},
		{`"Полная занятость"`, full, true},
		{`"Частичная занятость"`, full, false},
		{`"Повна зайнятість"`, full, true},
		{`"Tam zamanlı"`, full, true},
		{`"Yarı zamanlı"`, full, false},
		{`"正社員"`, full, true},
		{`"アルバイト"`, part, true},
		{`"パート"`, full, false},
		{`"全职"`, full, true},
		{`"兼职"`, full, false},
		{`"정규직"`, full, true},
		{`"دوام كامل"`, full, true},
		{`"CONTRACTOR"`, []string{lead.Contract}, true},
		{`"Freelance"`, []string{lead.Contract}, true},
		{`"Befristet"`, []string{lead.Temporary}, true},
		{`"FULL_TIME"`, []string{lead.PartTime, lead.FullTime}, true},
		{`"Gelegenheit"`, full, true},
		{`"null"`, full, true},
	} {
		t.Run(c.says+" "+strings.Join(c.types, ","), func(t *testing.T) {
			t.Parallel()
			require.Equal(
				t,
				c.want,
				lists(
					t, deckhand(`"description":"Splice ropes.","employmentType":`+c.says),
					lead.Query{JobTypes: c.types},
				),
			)
		})
	}
	require.True(
		t,
		lists(
			t,
			jobScript(
				`{"@type":"JobPosting","title":"Marketing Intern","description":"d",`+
					`"employmentType":"FULL_TIME"}`,
			),
			lead.Query{JobTypes: intern},
		),
		"the title says what the field does not",
	)
}

func TestFilterOfPlaces(t *testing.T) {
	t.Parallel()
	place := func(town, region, country string) string {
		return fmt.Sprintf(
			`"jobLocation":{"address":{"addressLocality":%q,"addressRegion":%q,"addressCountry":%q}}`, town,
			region, country,
		)
	}
	remote := func(applicants string) string {
		return fmt.Sprintf(
			`"jobLocationType":"TELECOMMUTE","applicantLocationRequirements":{"name":%q}`, applicants,
		)
	}
	for _, c := range []struct {
		says, asked string
		want        bool
	}{
		{place("Bergen", "", "NO"), "Norway", true},
		{place("Bergen", "", "NO"), "Norge", true},
		{place("Bergen", "", "Norwegen"), "norway", true},
		{place("Bergen", "", "NO"), "NO", true},
		{place("Bergen", "", "NOR"), "Norway", true},
		{place("Bergen", "", "NO"), "Sweden", false},
		{place("Bergen", "", "NO"), "Bergen", true},
		{place("Bergen", "", "NO"), "Bergen, Norway", true},
		{place("Bergen", "", "NO"), "Oslo, Norway", false},
		{place("Bergen", "", ""), "Norway", true},
		{place("", "", "NO"), "Bergen", true},
		{place("", "", "NO"), "Bergen, Norway", true},
		{place("", "", "SE"), "Bergen, Norway", false},
		{place("München", "Bayern", "DE"), "Munich", true},
		{place("Munich", "", "DE"), "München, Deutschland", true},
		{place("Köln", "", "Germany"), "Cologne", true},
		{place("Duesseldorf", "NRW", "DE"), "Düsseldorf", true},
		{place("Zürich", "", "CH"), "Zurich", true},
		{place("Wrocław", "", "Polska"), "Wroclaw, Poland", true},
		{place("Reading", "", "UK"), "United Kingdom", true},
		{place("Leith", "Scotland", "GB"), "UK", true},
		{place("Austin", "TX", "US"), "United States", true},
		{place("Austin", "TX", "US"), "Texas", true},
		{place("Austin", "Texas", "USA"), "Austin, TX", true},
		{place("Austin", "TX", "U.S."), "California", false},
		{place("Oakland", "CA", "US"), "Canada", false},
		{`"jobLocation":"Oakland, CA"`, "California", true},
		{`"jobLocation":"Oakland, CA"`, "United States", true},
		{`"jobLocation":"Lyon, France"`, "France", true},
		{`"jobLocation":"Lyon, France"`, "Spain", false},
		{`"jobLocation":"Oslo or Bergen"`, "Bergen", true},
		{`"jobLocation":["Oslo, NO","Malmö, SE"]`, "Malmo", true},
		{`"jobLocation":{"name":"Head office"}`, "Oslo", true},
		{`"jobLocation":{"address":{"postalCode":"0150"}}`, "Oslo", true},
		{place("Newport", "", "GB"), "Port", false},
		{place("London", "", "GB"), "Greater London Area", true},
		{place("Milano", "", "IT"), "Milan", true},
		{place("Bengaluru", "", "IN"), "Bangalore, India", true},
		{place("Bergen", "", "NO"), "Europe", true},
		{place("Bergen", "", "NO"), "EU", false},
		{place("Austin", "TX", "US"), "Europe", false},
		{place("Wien", "", "AT"), "DACH", true},
		{place("Bergen", "", "NO"), "Worldwide", true},
		{place("Bergen", "", "NO"), "Anywhere", true},
		{place("Bergen", "", "NO"), "Remote", true},
		{remote("Worldwide"), "Norway", true},
		{remote("Anywhere in the world"), "Bergen", true},
		{remote("Norway"), "Norge", true},
		{remote("NO"), "Bergen, Norway", true},
		{remote("US"), "Norway", false},
		{remote("United States"), "Bergen, Norway", false},
		{remote("US"), "Bergen", true},
		{remote("Europe"), "Norway", true},
		{remote("EMEA"), "Norway", true},
		{remote("Europe"), "Canada", false},
		{remote("CET time zones"), "Norway", true},
		{remote("Texas"), "Norway", false},
		{remote("Victoria"), "Norway", true},
		{`"jobLocationType":"TELECOMMUTE"`, "Norway", true},
		{remote("Norway") + "," + place("San Jose", "CA", "US"), "Norway", true},
		{remote("Norway") + "," + place("San Jose", "CA", "US"), "United States", true},
		{`"jobLocation":"Remote – Norway"`, "Bergen, Norway", true},
		{`"jobLocation":"Remote (Worldwide)"`, "Norway", true},
		{`"jobLocationType":"TELECOMMUTE","jobLocation":"Oslo"`, "Spain", true},
	} {
		t.Run(c.says+" "+c.asked, func(t *testing.T) {
			t.Parallel()
			require.Equal(
				t, c.want,
				lists(t, deckhand(`"description":"Splice ropes.",`+c.says), lead.Query{Location: c.asked}),
			)
		})
	}
}

func TestFilterOfRemoteJobs(t *testing.T) {
	t.Parallel()
	const oslo = `"jobLocation":{"address":{"addressLocality":"Oslo","addressCountry":"NO"}}`
	for _, c := range []struct {
		title, says string
		want        bool
	}{
		{"Purser", `"jobLocationType":"TELECOMMUTE"`, true},
		{"Purser", `"jobLocationType":"Remote",` + oslo, true},
		{"Purser", `"jobLocationType":["Fully remote"],` + oslo, true},
		{"Purser", oslo, false},
		{"Purser", `"jobLocationType":"ON_SITE",` + oslo, false},
		{"Purser (Remote)", oslo, true},
		{"Purser - 100% Home-Office", oslo, true},
		{"Purser", `"jobLocation":{"@type":"VirtualLocation"}`, true},
		{"Purser", `"jobLocation":[{"@type":"Place","address":{"addressLocality":"Remote - Norway"}}]`, true},
		{"Purser", `"jobLocation":"Remote, EU"`, true},
		{"Purser", `"applicantLocationRequirements":{"name":"Norway"}`, true},
		{"Purser", `"skills":"ropes"`, true},
		{"Commissaire (télétravail)", oslo, true},
		{"Contador (remoto)", oslo, true},
		{"Kasjer, praca zdalna", oslo, true},
		{"Remote Sensing Surveyor", oslo, true}, // unclear, so it is listed
		{"Purser", `"jobLocationType":"something else",` + oslo, true},
	} {
		t.Run(c.title+" "+c.says, func(t *testing.T) {
			t.Parallel()
			page := jobScript(
				fmt.Sprintf(
					`{"@type":"JobPosting","title":%q,"description":"Count fares.",%s}`, c.title, c.says,
				),
			)
			require.Equal(t, c.want, lists(t, page, lead.Query{Remote: true}))
		})
	}
	page := jobScript(
		`{"@type":"JobPosting","title":"Purser","description":"You can work remotely two days a week.",` +
			oslo + `}`,
	)
	require.True(t, lists(t, page, lead.Query{Remote: true}), "the text speaks of it")
}

func TestFilterOfKeywords(t *testing.T) {
	t.Parallel()
	boat := jobScript(
		`{"@type":"JobPosting","title":"Senior Rust Engineer (m/f/d)","description":"<p>Python, Django and ` +
			`Go. R&amp;D for C#/.NET and CI/CD; front-end.</p>","responsibilities":"Own the tide tables",` +
			`"qualifications":"Kubernetes"}`,
	)
	accent := jobScript(
		`{"@type":"JobPosting","title":"Ing\u00e9nieur logiciel","description":"D\u00e9veloppeur ` +
			`confirm\u00e9"}`,
	)
	korean := jobScript(
		`{"@type":"JobPosting","title":"\uc120\uc6d0\uc744 \ucc3e\uc2b5\ub2c8\ub2e4",` +
			`"description":"\ubd80\uc0b0\uc2dc \ud56d\ub9cc\uc5d0\uc11c"}`,
	)
	japanese := jobScript(
		`{"@type":"JobPosting","title":"\u30a8\u30f3\u30b8\u30cb\u30a2",` +
			`"description":"\u5927\u962a\u3067\u8239\u3092\u9020\u308b"}`,
	)
	inflected := jobScript(
		`{"@type":"JobPosting","title":"Softwareentwicklerin","description":"Wir suchen Ingenieurinnen. ` +
			`\u0418\u0449\u0435\u043c ` +
			`\u0440\u0430\u0437\u0440\u0430\u0431\u043e\u0442\u0447\u0438\u043a\u0430. ` +
			`\u0627\u0644\u0645\u0647\u0646\u062f\u0633."}`,
	)
	for _, c := range []struct {
		name, page, asked string
		want              bool
	}{
		{"commas", boat, "rust, python", true},
		{"comma, one of them absent", boat, "rust, haskell", true},
		{"all absent", boat, "haskell, erlang", false},
		{"phrase", boat, `"senior rust"`, true},
		{"phrase in the wrong order", boat, `"rust senior"`, false},
		{"curly quotes", boat, "“senior rust”", true},
		{"quote without an end", boat, `"rust`, true},
		{"OR", boat, "haskell OR rust", true},
		{"or", boat, "haskell or erlang", false},
		{"bar", boat, "haskell | rust", true},
		{"AND", boat, "rust AND python", true},
		{"AND, one absent", boat, "rust AND haskell", false},
		{"brackets", boat, "(rust OR haskell) python", true},
		{"brackets, none of them", boat, "(haskell OR erlang) python", false},
		{"square brackets", boat, "[rust] python", true},
		{"bracket without an end", boat, "(rust python", true},
		{"slash", boat, "rust/haskell", true},
		{"slash that belongs to the word", boat, "CI/CD", true},
		{"C#/.NET", boat, "C#/.NET", true},
		{"slashed, none of them", boat, "haskell/erlang", false},
		{"ampersand", boat, "R&D", true},
		{"lone ampersand", boat, "rust & python", true},
		{"plus between words", boat, "rust + python", true},
		{"hyphen as a space", boat, "front end", true},
		{"hyphen left out", boat, "frontend", true},
		{"no part of a word", boat, "djang", false},
		{"no part of another word", boat, "ust", false},
		{"gender in brackets", boat, "Rust Engineer (m/w/d)", true},
		{"gender without brackets", boat, "rust engineer m/f/d", true},
		{"responsibilities", boat, "tide tables", true},
		{"qualifications", boat, "kubernetes", true},
		{"plural", boat, "rust engineers", true},
		{"full width", boat, "Ｒｕｓｔ", true},
		{"nothing but signs", boat, "- , /", true},
		{"not", boat, "python NOT haskell", true},
		{"minus", boat, "python -rust", false},
		{"accents in one character", accent, "d\u00e9veloppeur", true},
		{"accents in two characters", accent, "de\u0301veloppeur inge\u0301nieur", true},
		{"accents left out", accent, "ingenieur developpeur", true},
		{"Korean with a particle", korean, "\uc120\uc6d0", true},
		{"Korean place with a suffix", korean, "\ubd80\uc0b0 \ud56d\ub9cc", true},
		{"Korean in parts of syllables", korean, "\u1109\u1165\u11ab\u110b\u116f\u11ab", true},
		{"other Korean", korean, "\uc694\ub9ac\uc0ac", false},
		{"Japanese", japanese, "\u30a8\u30f3\u30b8\u30cb\u30a2 \u5927\u962a", true},
		{"half-width Japanese", japanese, "\uff74\uff9d\uff7c\uff9e\uff86\uff71", true},
		{"Japanese comma", japanese, "\u30b7\u30a7\u30d5\u3001\u8239", true},
		{"German ending", inflected, "Ingenieur", true},
		{
			"Russian ending", inflected, "\u0440\u0430\u0437\u0440\u0430\u0431\u043e\u0442\u0447\u0438\u043a",
			true,
		},
		{"Arabic article", inflected, "\u0645\u0647\u0646\u062f\u0633", true},
		{"Russian word within another", inflected, "\u0440\u0430\u0437", false},
		{"no text yet", jobScript(`{"@type":"JobPosting","title":"Bosun"}`), "splice", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, lists(t, c.page, lead.Query{Keywords: c.asked}))
		})
	}
}

func TestFilterKeepsWhatIsNotSaid(t *testing.T) {
	t.Parallel()
	page := deckhand(`"description":"Splice ropes."`)
	require.True(t, lists(t, page, lead.Query{EasyApply: true}))
	require.False(t,
		lists(t, deckhand(`"description":"Splice ropes.","directApply":false`), lead.Query{EasyApply: true}))
	require.True(t, lists(t, page, lead.Query{Experience: []string{lead.ExperienceDirector}}))
	require.True(t, lists(t, page, lead.Query{PostedWithin: time.Hour}))
	require.True(
		t,
		lists(
			t, deckhand(`"description":"Splice ropes.","datePosted":"2026-05-10"`),
			lead.Query{PostedWithin: time.Hour},
		),
		"a date has no time of day",
	)
	require.False(
		t,
		lists(
			t, deckhand(`"description":"Splice ropes.","datePosted":"2026-05-01"`),
			lead.Query{PostedWithin: 24 * time.Hour},
		),
	)
}

func TestEveryFieldOfAPostingBelongsToItsText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, members, in string }{
		{
			"responsibilities",
			`"description":"We run ferries.","responsibilities":"Splice ropes&nbsp;daily"`,
			"Splice ropes daily",
		},
		{
			"qualifications", `"description":"We run ferries.","qualifications":"<ul><li>Sea legs</li></ul>"`,
			"- Sea legs",
		},
		{
			"experience", `"description":"We run ferries.","experienceRequirements":"Two winters at sea"`,
			"Two winters at sea",
		},
		{
			"education", `"description":"We run ferries.","educationRequirements":"Boatmaster's licence"`,
			"Boatmaster's licence",
		},
		{"skills", `"description":"We run ferries.","skills":["Knots","Radio"]`, "Knots, Radio"},
		{"benefits", `"description":"We run ferries.","jobBenefits":"Free crossings"`, "Free crossings"},
		{
			"benefits, old name", `"description":"We run ferries.","benefits":["Free crossings"]`,
			"Free crossings",
		},
		{
			"licences", `"description":"We run ferries.","physicalRequirement":"Lift thirty kilos"`,
			"Lift thirty kilos",
		},
		{"no description", `"responsibilities":"Splice ropes"`, "Splice ropes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j, l := only(t, deckhand(c.members))
			data, err := j.Detail(t.Context(), l)
			require.NoError(t, err)
			require.Contains(t, data.Description, c.in)
			if strings.Contains(c.members, "ferries") {
				require.Contains(t, data.Description, "We run ferries.")
			}
		})
	}
	j, l := only(
		t, deckhand(`"description":"You SPLICE  ropes.","responsibilities":"Splice ropes","skills":"ropes"`),
	)
	data, err := j.Detail(t.Context(), l)
	require.NoError(t, err)
	require.Equal(t, "You SPLICE  ropes.", data.Description, "nothing is said twice")
}

func TestDatesOfAPosting(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 4, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		says string
		want time.Time
	}{
		{"2026-04-23", day},
		{"23/04/2026", day},
		{"04/23/2026", day},
		{"23.04.2026", day},
		{"23-04-2026", day},
		{"23 Apr 2026", day},
		{"April 23rd, 2026", day},
		{"Thursday, April 23, 2026", day},
		{"23 avril 2026", day},
		{"23. April 2026", day},
		{"2026-04-23T", day},
		{"2026-W17-4", day},
		{"2026-04-22T24:00:00Z", day},
		{"2026-04-23T00:00:00Z[UTC]", day},
		{"2026-04-23T02:00:00+02", day},
		{"2026-04-23T02:00:00.000+0200", day},
		{"2026-04-23 00:00:00.0 UTC", day},
		{"Thu Apr 23 2026 00:00:00 GMT+0000 (Coordinated Universal Time)", day},
		{"1776902400", day},
		{"1776902400000", day},
		{"04/05/2026", time.Time{}},
		{"soon", time.Time{}},
		{"1970-01-01", time.Time{}},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			_, l := only(t, deckhand(fmt.Sprintf(`"description":"Splice ropes.","datePosted":%q`, c.says)))
			require.True(t, c.want.Equal(l.PostedAt), "%v", l.PostedAt)
		})
	}
}

func TestExpiryBeforeTheAdvertSaysNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, members string
		open          bool
	}{
		{"epoch", `"datePosted":"2026-05-02","validThrough":"1970-01-01T00:00:00Z"`, true},
		{"epoch, no date", `"validThrough":"1970-01-01T00:00:00Z"`, true},
		{"year 1", `"validThrough":"0001-01-01T00:00:00"`, true},
		{"a day before", `"datePosted":"2026-05-02","validThrough":"2026-05-01"`, true},
		{"a year before", `"datePosted":"2026-05-02","validThrough":"2025-05-30T12:00:00Z"`, true},
		{"two ways to read it", `"datePosted":"2026-01-02","validThrough":"04/05/2026"`, true},
		{"past", `"datePosted":"2026-04-02","validThrough":"2026-05-01"`, false},
		{"past, no date", `"validThrough":"2026-05-01"`, false},
		{"to come", `"datePosted":"2026-04-02","validThrough":"2026-06-01"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page := deckhand(`"description":"Splice ropes.",` + c.members)
			require.Equal(t, c.open, lists(t, page, lead.Query{}))
			if c.open {
				j, l := only(t, page)
				data, err := j.Detail(t.Context(), l)
				require.NoError(t, err)
				if !strings.Contains(c.name, "come") {
					require.Empty(t, data.Attributes[enrich.AttrValidThrough])
				}
			}
		})
	}
}
