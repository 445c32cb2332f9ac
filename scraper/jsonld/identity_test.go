package jsonld_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// pages is a web site in memory.
type pages map[string]string

func (p pages) RoundTrip(r *http.Request) (*http.Response, error) {
	page, ok := p[r.URL.RequestURI()]
	status := http.StatusOK
	if !ok {
		status = http.StatusNotFound
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(page)), Request: r,
	}, nil
}

const host = "https://shipyard.example"

func (p pages) scraper(t require.TestingT, o jsonld.Options) *jsonld.Scraper {
	o.Client = &http.Client{Transport: p}
	s, err := jsonld.New(&o)
	require.NoError(t, err)
	return s
}

// A berth is a posting of the property tests, and where it stands.
type berth struct {
	title, text, page string // page: "/careers", which has several, or one of its own
	members           map[string]any
}

func (b berth) script() string {
	m := map[string]any{
		"@type": "JobPosting", "title": b.title, "description": b.text,
		"hiringOrganization": map[string]any{"name": "Brackwater 7"},
	}
	for k, v := range b.members {
		m[k] = v
	}
	text, _ := json.Marshal(m)
	return jobScript(string(text))
}

// yard is the site of these postings: a list, and pages of single postings that it links to.
func yard(berths []berth) pages {
	p := pages{"/careers": "<title>Jobs</title>", "/": "Welcome", "/jobs/shared": "Shared", "/apply": "Apply"}
	for _, b := range berths {
		if b.page != "/careers" {
			p["/careers"] += `<a href="` + b.page + `">` + b.title + `</a>`
		}
		p[b.page] += b.script()
	}
	return p
}

func drawBerths(t *rapid.T) []berth {
	n := rapid.IntRange(1, 12).Draw(t, "postings")
	var berths []berth
	listed := map[string]bool{}
	for i := range n {
		b := berth{
			title:   fmt.Sprintf("Rigger %c", 'A'+rapid.IntRange(0, 3).Draw(t, "title")),
			text:    fmt.Sprintf("Text of posting %d.", i),
			page:    fmt.Sprintf("/jobs/%d-x", i),
			members: map[string]any{},
		}
		if rapid.Bool().Draw(t, "on the list") {
			if b.page = "/careers"; listed[b.title] {
				b.title += fmt.Sprintf(" %d", i)
			}
			listed[b.title] = true
		}
		own := host + b.page
		if b.page == "/careers" {
			own = fmt.Sprintf("%s/jobs/%d-elsewhere", host, i)
		}
		urls := []any{
			nil, host + "/", host, host + "/careers", fmt.Sprintf("%s/careers#%d", host, i),
			"/careers?utm_source=x", "/en/", "https://other.example/1", "/jobs/shared", "/apply", "/jobs",
			"/42", "mailto:jobs@shipyard.example", own,
		}
		ids := []any{
			nil, "Brackwater 7", "REQ-12", 42, i, fmt.Sprintf("%d-x", i), "shared",
			map[string]any{"@type": "PropertyValue", "name": "Brackwater 7", "value": "Brackwater 7"},
		}
		if u := rapid.SampledFrom(urls).Draw(t, "url"); u != nil {
			b.members["url"] = u
		}
		if id := rapid.SampledFrom(ids).Draw(t, "identifier"); id != nil {
			b.members["identifier"] = id
		}
		berths = append(berths, b)
	}
	return berths
}

// keysOf searches the site, and returns the key of each posting by its text.
func keysOf(
	t require.TestingT, p pages, berths []berth, check func(s *jsonld.Scraper, l lead.Lead),
) map[string]string {
	s := p.scraper(
		t, jsonld.Options{Pages: []string{host + "/careers"}, Follow: regexp.MustCompile(`/jobs/\d+-x$`)},
	)
	var leads []lead.Lead
	for l, err := range s.Search(contextOf(t), lead.Query{}) {
		require.NoError(t, err)
		leads = append(leads, l)
	}
	require.Len(t, leads, len(berths))
	slices.SortStableFunc(berths, func(a, b berth) int { // a search reads the list first
		return strings.Compare(fmt.Sprint(a.page != "/careers"), fmt.Sprint(b.page != "/careers"))
	})
	keys, seen := map[string]string{}, map[string]bool{}
	for i, l := range leads {
		require.Equal(t, berths[i].title, l.Title)
		require.False(t, seen[l.ExternalID], "two jobs share the key %s", l.ExternalID)
		seen[l.ExternalID] = true
		keys[berths[i].text] = l.ExternalID
		check(s, l)
	}
	return keys
}

func TestIdentityOfEveryPostingIsItsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		berths := drawBerths(t)
		site := yard(berths)
		i := 0
		before := keysOf(t, site, berths, func(s *jsonld.Scraper, l lead.Lead) {
			data, err := s.Detail(contextOf(t), l)
			b := berths[i]
			i++
			switch u, _ := b.members["url"].(string); {
			case err == nil:
				require.Equal(t, b.text, data.Description)
			case strings.HasSuffix(u, "-elsewhere"),
				u == "/jobs/shared",
				u == "/42": // they look like its page, and are not
				require.True(
					t, errors.Is(err, scraper.ErrGone) || errors.Is(err, scraper.ErrPosting), "%v", err,
				)
			default:
				require.NoError(t, err, "%+v", b)
			}
		})

		// Some of the jobs go. The others keep their keys, and nobody's text is given for a job
		// that went.
		var left []berth
		for _, b := range berths {
			if rapid.Bool().Draw(t, "stays") {
				left = append(left, b)
			}
		}
		if len(left) == 0 {
			return
		}
		after := yard(left)
		was := map[string]string{}
		for text, key := range before {
			was[key] = text
		}
		for text, key := range keysOf(t, after, left, func(*jsonld.Scraper, lead.Lead) {}) {
			if owner, known := was[key]; known {
				require.Equal(t, owner, text, "a job took another one's key")
			}
		}
	})
}

func TestIdentityStaysFromRunToRun(t *testing.T) {
	t.Parallel()
	const member = `,"hiringOrganization":{"name":"Brackwater"},"jobLocation":"Leith"`
	for _, c := range []struct{ name, before, after string }{
		{"other jobs go", job("Rigger", member) + job("Cook", member), job("Rigger", member)},
		{
			"other jobs come", job("Rigger", member+`,"identifier":"Brackwater"`),
			job("Cook", `,"identifier":"Brackwater"`) + job("Rigger", member+`,"identifier":"Brackwater"`),
		},
		{
			"new text", job("Rigger", member+`,"url":"/jobs/a"`),
			`<script type="application/ld+json">{"@type":"JobPosting","title":"Rigger","description":"New",` +
				`"url":"/jobs/a"}</script>`,
		},
		{
			"tracked link", job("Rigger", `,"url":"/jobs/a"`),
			job("Rigger", `,"url":"https://shipyard.example:443/jobs/a/?utm_source=x&gclid=1#top"`),
		},
		{
			"new title, number confirmed", job("Rigger", `,"url":"/jobs/1042","identifier":1042`),
			job("Senior Rigger", `,"url":"/jobs/1042","identifier":"1042"`),
		},
		{
			"moved, number confirmed", job("Rigger", `,"url":"/jobs/1042","identifier":1042`),
			job("Rigger", `,"url":"/jobs/1042","identifier":1042,"jobLocation":"Bergen"`),
		},
		{"title in another case", job("Rigger", `,"url":"/jobs/a"`), job("RIGGER ", `,"url":"/jobs/a"`)},
		{
			"another date", job("Rigger", member+`,"datePosted":"2026-05-01"`),
			job("Rigger", member+`,"datePosted":"2026-05-08"`),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			key := func(page string) (key string) {
				s := pages{"/careers": page}.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}})
				for l, err := range s.Search(t.Context(), lead.Query{}) {
					require.NoError(t, err)
					if strings.Contains(strings.ToLower(l.Title), "rigger") {
						key = l.ExternalID
					}
				}
				return key
			}
			require.NotEmpty(t, key(c.before))
			require.Equal(t, key(c.before), key(c.after))
		})
	}
}

func TestIdentityIsTheNumberThatTheURLConfirms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, members, want string }{
		{"path", `,"identifier":1042,"url":"/jobs/1042"`, `^1042$`},
		{"query", `,"identifier":"R-7","url":"/job?id=R-7"`, `^R-7$`},
		{"its own page", `,"identifier":"careers"`, `^[0-9a-f]{32}$`}, // no number
		{"not confirmed", `,"identifier":1042,"url":"/jobs/rigger"`, `^[0-9a-f]{32}$`},
		{"a part of the path", `,"identifier":1042,"url":"/1042/rigger"`, `^[0-9a-f]{32}$`},
		{"none", ``, `^[0-9a-f]{32}$`},
		{"a text", `,"identifier":"` + strings.Repeat("x1", 300) + `"`, `^[0-9a-f]{32}$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			key := func(hosts ...string) string {
				s := pages{
					"/careers": job("Rigger", c.members),
				}.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}, Hosts: hosts})
				for l, err := range s.Search(t.Context(), lead.Query{}) {
					require.NoError(t, err)
					return l.ExternalID
				}
				return ""
			}
			require.Regexp(t, c.want, key())
			require.Equal(
				t, "shipyard.example/"+key(), key("shipyard.example", "other.example"),
				"two sites can use one number",
			)
		})
	}
}

func TestIdentityOfOneJobOnSeveralPagesIsOne(t *testing.T) {
	t.Parallel()
	follow := regexp.MustCompile(`/jobs/\w+$|[?&]page=`)
	for _, c := range []struct {
		name  string
		pages pages
		want  int
	}{
		{
			"list and own page",
			pages{
				"/careers": job("Rigger", `,"url":"/jobs/a"`) + `<a href="/jobs/a">`,
				"/jobs/a": job("Rigger",
					`,"url":"/jobs/a","identifier":"R1"`),
			},
			1,
		},
		{
			"own page without its URL",
			pages{
				"/careers": job("Rigger", `,"url":"/jobs/a"`) + `<a href="/jobs/a">`,
				"/jobs/a":  job("Rigger", ""),
			},
			1,
		},
		{"own page with a longer text", pages{
			"/careers": job("Rigger", `,"url":"/jobs/a"`) + `<a href="/jobs/a">`,
			"/jobs/a": `<script type="application/ld+json">{"@type":"JobPosting","title":"Rigger",` +
				`"description":"All of the text","url":"/jobs/a"}</script>`,
		}, 1},
		{
			"two pages of the list",
			pages{
				"/careers":        job("Rigger", `,"url":"/jobs/a"`) + `<a href="?page=2">`,
				"/careers?page=2": job("Rigger", `,"url":"/jobs/a"`) + job("Cook", `,"url":"/jobs/b"`),
			},
			2,
		},
		{"twice on one page", pages{"/careers": job("Rigger", "") + job("Rigger", "")}, 1},
		{
			"one title in two places",
			pages{"/careers": job("Rigger", `,"jobLocation":"Leith"`) + job("Rigger",
				`,"jobLocation":"Bergen"`)},
			2,
		},
		{
			"one title and two numbers",
			pages{"/careers": job("Rigger", `,"identifier":1`) + job("Rigger", `,"identifier":2`)},
			2,
		},
		{
			"one title, two texts, one URL",
			pages{"/careers": job("Rigger",
				`,"url":"/jobs/a"`) +
				`<script type="application/ld+json">{"@type":"JobPosting","title":"Rigger",` +
				`"description":"Another","url":"/jobs/a"}</script>`},
			2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.pages.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}, Follow: follow})
			n := 0
			for l, err := range s.Search(t.Context(), lead.Query{}) {
				require.NoError(t, err)
				n++
				data, err := s.Detail(t.Context(), l)
				if _, known := c.pages[strings.TrimPrefix(l.URL, host)]; known {
					require.NoError(t, err)
					require.NotEmpty(t, data.Description)
				}
			}
			require.Equal(t, c.want, n)
		})
	}
}

func TestURLThatIsNotTheAdvertsFallsBackToItsPage(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"/jobs/qa", "/jobs/it", "/jobs/a", "/42", "/?job=7", "/careers?job=7",
		"/jobs/42/apply?x=1", "/p/welder.html", "/en/welder",
	} {
		t.Run(u+" is one", func(t *testing.T) {
			t.Parallel()
			s := pages{
				"/careers": job("Rigger", fmt.Sprintf(`,"url":%q`, u)),
			}.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}})
			for l, err := range s.Search(t.Context(), lead.Query{}) {
				require.NoError(t, err)
				require.Equal(t, host+u, l.URL)
			}
		})
	}
	for _, u := range []string{
		"", "/", host, host + "/?utm_campaign=x", "/en", "/de-CH/", "/index.html", "/careers", "/careers/",
		"/careers#1", "/careers?utm_source=x", "https://other.example/jobs/1",
		"mailto:a@shipyard.example", "/jobs", "/karriere/stellenangebote.html", "/join-us", "/apply",
		"/jobs?page=2", "javascript:void(0)", "http://[::1",
	} {
		t.Run(u, func(t *testing.T) {
			t.Parallel()
			site := pages{
				"/careers": job("Rigger", fmt.Sprintf(`,"url":%q`, u)) + job("Cook", `,"url":"/jobs/2"`),
				"/jobs/2":  job("Cook", `,"url":"/jobs/2"`),
			}
			s := site.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}})
			for l, err := range s.Search(t.Context(), lead.Query{}) {
				require.NoError(t, err)
				want := host + "/careers"
				if l.Title == "Cook" {
					want = host + "/jobs/2"
				}
				require.Equal(t, want, l.URL)
				data, err := s.Detail(t.Context(), l)
				require.NoError(t, err)
				require.Equal(t, "Text of "+l.Title, data.Description)
			}
		})
	}
	shared := pages{
		"/careers": job("Rigger", `,"url":"/openings-all"`) + job("Cook", `,"url":"/openings-all"`),
	}
	s := shared.scraper(t, jsonld.Options{Pages: []string{host + "/careers"}})
	for l, err := range s.Search(t.Context(), lead.Query{}) {
		require.NoError(t, err)
		require.Equal(t, host+"/careers", l.URL, "a URL that two jobs share is the page of neither")
	}
}

func contextOf(t require.TestingT) context.Context {
	if c, ok := t.(interface{ Context() context.Context }); ok {
		return c.Context()
	}
	return context.Background()
}
