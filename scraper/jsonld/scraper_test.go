package jsonld_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
)

var now = time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)

// A site is a local web site.
type site struct {
	*httptest.Server
	pages map[string]string
	asked []string
}

func newSite(t *testing.T, pages map[string]string) *site {
	t.Helper()
	s := &site{pages: pages}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.RequestURI())
		page, ok := s.pages[r.URL.RequestURI()]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(page, "status "):
			var status int
			_, _ = fmt.Sscanf(page, "status %d", &status)
			w.WriteHeader(status)
		case strings.HasPrefix(page, "to "):
			http.Redirect(w, r, page[3:], http.StatusFound)
		default:
			_, _ = io.WriteString(w, page)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) scraper(t *testing.T, o jsonld.Options, pages ...string) *jsonld.Scraper {
	t.Helper()
	for _, p := range pages {
		o.Pages = append(o.Pages, s.URL+p)
	}
	o.Client, o.Now = s.Client(), func() time.Time { return now }
	j, err := jsonld.New(&o)
	require.NoError(t, err)
	return j
}

func search(ctx context.Context, s *jsonld.Scraper, q lead.Query) (titles []string, cards int, err error) {
	for l, e := range s.Search(ctx, q) {
		switch {
		case errors.Is(e, scraper.ErrCard):
			cards++
		case e != nil:
			err = e
		default:
			titles = append(titles, l.Title)
		}
	}
	return titles, cards, err
}

func job(title, members string) string {
	return `<script type="application/ld+json">{"@type":"JobPosting","title":"` + title +
		`","description":"Text of ` + title + `"` + members + `}</script>`
}

func TestSearchListsThePostingsOfEveryPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{
		"/a": job("One", `,"identifier":1,"url":"/jobs/1"`) + job("Two", `,"url":"/jobs/two"`),
		"/b": job("Two", `,"url":"/jobs/two?utm_source=b"`) + job("Three", ""),
	})
	j := s.scraper(t, jsonld.Options{Source: "careers"}, "/a", "/b")
	titles, cards, err := search(t.Context(), j, lead.Query{})
	require.NoError(t, err)
	require.Zero(t, cards)
	require.Equal(t, []string{"One", "Two", "Three"}, titles)
	for l, err := range j.Search(t.Context(), lead.Query{Limit: 1}) {
		require.NoError(t, err)
		require.NoError(t, l.Validate())
		require.Equal(t, "careers", l.Source)
		require.Equal(t, "1", l.ExternalID)
	}
	require.Equal(t, []string{"/a", "/b", "/a"}, s.asked, "a page is fetched when it is needed")
}

func TestSearchFiltersByWhatPostingsSay(t *testing.T) {
	t.Parallel()
	s := newSite(
		t,
		map[string]string{
			"/": job(
				"Go Engineer",
				`,"identifier":1,"jobLocation":"Berlin, DE","datePosted":"2026-05-09",`+
					`"employmentType":"FULL_TIME","directApply":true`,
			) +
				job(
					"C++ Engineer",
					`,"identifier":2,"jobLocationType":"TELECOMMUTE","datePosted":"2026-04-01",`+
						`"employmentType":"PART_TIME","directApply":false`,
				) +
				job("Good Google Designer", `,"identifier":3,"jobLocation":"Bergen"`) +
				job(
					"软件工程师",
					`,"identifier":4,"jobLocationType":"TELECOMMUTE",`+
						`"applicantLocationRequirements":"Germany"`,
				) +
				job("Expired Go Engineer", `,"identifier":5,"validThrough":"2026-05-01"`),
		},
	)
	j := s.scraper(t, jsonld.Options{}, "/")
	for _, c := range []struct {
		q    lead.Query
		want string
	}{
		{lead.Query{}, "Go Engineer|C++ Engineer|Good Google Designer|软件工程师"},
		{lead.Query{Keywords: "go"}, "Go Engineer"},
		{lead.Query{Keywords: "ENGINEER text"}, "Go Engineer|C++ Engineer"},
		{lead.Query{Keywords: "c++"}, "C++ Engineer"},
		{lead.Query{Keywords: "工程"}, "软件工程师"},
		{lead.Query{Keywords: "painter"}, ""},
		{lead.Query{Location: "Berlin, Germany"}, "Go Engineer|C++ Engineer|软件工程师"},
		{lead.Query{Location: "Germany"}, "Go Engineer|C++ Engineer|Good Google Designer|软件工程师"},
		{lead.Query{Remote: true}, "C++ Engineer|软件工程师"},
		{lead.Query{PostedWithin: 72 * time.Hour}, "Go Engineer|Good Google Designer|软件工程师"},
		{lead.Query{JobTypes: []string{lead.PartTime}}, "C++ Engineer|Good Google Designer|软件工程师"},
		{lead.Query{EasyApply: true}, "Go Engineer|Good Google Designer|软件工程师"},
	} {
		titles, _, err := search(t.Context(), j, c.q)
		require.NoError(t, err)
		require.Equal(t, c.want, strings.Join(titles, "|"), "%+v", c.q)
	}
}

func TestSearchSaysOnceWhatItCannotFilter(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/": job("One", "") + job("Two", "")})
	var events []string
	for l, err := range s.scraper(t, jsonld.Options{Source: "careers"}, "/").Search(t.Context(),
		lead.Query{Experience: []string{lead.ExperienceEntry}}) {
		if unfiltered, ok := errors.AsType[*scraper.UnfilteredError](err); ok {
			require.Equal(t, "careers", unfiltered.Source)
			events = append(events, unfiltered.Fields...)
			continue
		}
		require.NoError(t, err)
		events = append(events, l.Title)
	}
	require.Equal(t, []string{"Experience", "One", "Two"}, events)
}

func TestAdvertThatCannotBeReadNeverEndsASearch(t *testing.T) {
	t.Parallel()
	list := `<a href="/jobs/1">1</a><a href="/jobs/2">2</a><a href="/jobs/3">3</a>`
	for _, c := range []struct{ name, page string }{
		{"gone", "status 404"},
		{"filled", "This position has been filled."},
		{"server error", "status 500"},
		{"too large", strings.Repeat("x", 6<<20)},
		{"away", "to http://elsewhere.example/"},
		{"home", "to /home"},
		{"no title", job("", "")},
		{"broken", jobScript(`{"@type":"JobPosting","title":"a" b}`)},
		{"cut", `<script type="application/ld+json">{"@type":"JobPosting","ti`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, map[string]string{
				"/careers": list, "/home": "Welcome", "/jobs/1": c.page, "/jobs/2": job("Two", ""),
				"/jobs/3": job("Three", ""),
			})
			titles, cards, err := search(
				t.Context(),
				s.scraper(t, jsonld.Options{Follow: regexp.MustCompile(`/jobs/\d+$`)}, "/careers"),
				lead.Query{},
			)
			require.NoError(t, err)
			require.Equal(t, []string{"Two", "Three"}, titles)
			require.Equal(t, 1, cards)
		})
	}
	s := newSite(t, map[string]string{
		"/careers": list, "/jobs/1": "New design", "/jobs/2": "New design", "/jobs/3": "New design",
	})
	_, cards, err := search(
		t.Context(), s.scraper(t, jsonld.Options{Follow: regexp.MustCompile(`/jobs/\d+$`)}, "/careers"),
		lead.Query{},
	)
	require.ErrorIs(t, err, scraper.ErrMarkup, "where no advert can be read, the markup has changed")
	require.Equal(t, 3, cards)
}

func TestHostThatFailsInARowIsLeftAlone(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"/careers": ""}
	for i := range 9 {
		pages["/careers"] += fmt.Sprintf(`<a href="/jobs/%d">x</a>`, i)
		pages[fmt.Sprintf("/jobs/%d", i)] = "status 500"
	}
	s := newSite(t, pages)
	_, cards, err := search(
		t.Context(), s.scraper(t, jsonld.Options{Follow: regexp.MustCompile(`/jobs/\d+$`)}, "/careers"),
		lead.Query{},
	)
	require.Error(t, err)
	require.Equal(t, 2, cards)
	require.Len(t, s.asked, 4)
}

func TestSearchFollowsOnlyWhatItIsToldTo(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/": `<a href="/jobs/1#x">1</a><a href=/jobs/1>again</a><a href="/about">About</a><a
		href="http://elsewhere.example/jobs/9">away</a><link rel=next href="?page=2">
<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"url":"/jobs/2"}]}</script>`,
		"/?page=2": `<a href="/jobs/3">3</a>`,
		"/jobs/1":  job("One", ""),
		"/jobs/2":  job("Two", ""),
		"/jobs/3":  job("Three", ""),
	}
	s := newSite(t, pages)
	follow := regexp.MustCompile(`/jobs/\d+$|[?&]page=`)
	titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{Follow: follow}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"One", "Two", "Three"}, titles)
	require.Equal(t, []string{"/", "/jobs/1", "/?page=2", "/jobs/2", "/jobs/3"}, s.asked)

	titles, _, err = search(
		t.Context(), s.scraper(t, jsonld.Options{Follow: follow, MaxPages: 2}, "/"), lead.Query{},
	)
	require.ErrorIs(t, err, scraper.ErrCapped)
	require.Equal(t, []string{"One"}, titles)

	_, _, err = search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.ErrorIs(t, err, scraper.ErrMarkup)
	require.ErrorContains(t, err, "Options.Follow")
}

func TestPageThatFailsDoesNotCostTheOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		pages map[string]string
		want  error
	}{
		{"not there", map[string]string{}, scraper.ErrMarkup},
		{"no posting", map[string]string{"/a": "<h1>Jobs</h1>"}, scraper.ErrMarkup},
		{
			"redirect to another host",
			map[string]string{"/a": "to http://elsewhere.example/"},
			scraper.ErrMarkup,
		},
		{
			"broken script",
			map[string]string{"/a": jobScript(`{"@type":"JobPosting","title":"a" b}`)},
			scraper.ErrMarkup,
		},
		{"postings without a title", map[string]string{"/a": job("", "")}, scraper.ErrMarkup},
		{"busy, and so is all of it", map[string]string{"/c": "status 503"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.pages["/b"] = job("One", "")
			s := newSite(t, c.pages)
			titles, _, err := search(
				t.Context(), s.scraper(t, jsonld.Options{}, "/a", "/b", "/c"), lead.Query{},
			)
			require.Equal(t, []string{"One"}, titles)
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestHostThatRefusesIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/a": "status 403", "/b": job("One", "")})
	titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/a", "/b"), lead.Query{})
	require.ErrorIs(t, err, scraper.ErrBlocked)
	require.Empty(t, titles)
	require.Equal(t, []string{"/a"}, s.asked)
}

func TestOneBrokenScriptAmongGoodOnesIsReported(t *testing.T) {
	t.Parallel()
	s := newSite(
		t,
		map[string]string{
			"/": job(
				"One", "",
			) + `<script type="application/ld+json">{"@type":"JobPosting","title":"a" b}</script>` + job(
				"Three", "",
			),
		},
	)
	titles, cards, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"One", "Three"}, titles)
	require.Equal(t, 1, cards)
}

func TestEmptyListIsNoJobs(t *testing.T) {
	t.Parallel()
	s := newSite(
		t,
		map[string]string{
			"/": `<script type="application/ld+json">{"@type":"ItemList","numberOfItems":0,` +
				`"itemListElement":[]}</script>`,
		},
	)
	titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Empty(t, titles)
}

func TestDetailReadsThePostingOfTheLead(t *testing.T) {
	t.Parallel()
	one, two := job("One", ""), job("Two", "")
	for _, c := range []struct {
		name, after string // what stands on the list after the search
		text        string
		want        error
	}{
		{"nothing changed", one + two, "Text of Two", nil},
		{"another order", two + one, "Text of Two", nil},
		{"the only one left", two, "Text of Two", nil},
		{"another one is the only one left", one, "", scraper.ErrGone},
		{"others came", one + job("Three", ""), "", scraper.ErrGone},
		{"the list is empty", jobScript(`{"@type":"ItemList","itemListElement":[]}`), "", scraper.ErrGone},
		{"expired", one + job("Two", `,"validThrough":"2026-05-01"`), "", scraper.ErrGone},
		{
			"a script beside it is broken",
			one + two + jobScript(`{"@type":"ItemList","itemListElement":[{"name":"a "b""}]}`), "Text of Two",
			nil,
		},
		{
			"it can be in the broken script", one + jobScript(`{"@type":"JobPosting","title":"a" b}`), "",
			scraper.ErrPosting,
		},
		{"without text", one + jobScript(`{"@type":"JobPosting","title":"Two"}`), "", scraper.ErrPosting},
		{
			"text is a picture",
			one + jobScript(`{"@type":"JobPosting","title":"Two","description":"<img src='/job.png'>"}`), "",
			scraper.ErrPosting,
		},
		{"no JSON-LD", "<h1>Two</h1>", "", scraper.ErrPosting},
		{
			"words that say closed", "<h1>Two</h1><p>This position has been filled.</p>", "",
			scraper.ErrPosting,
		},
		{"away", "to http://elsewhere.example/", "", scraper.ErrPosting},
		{"home", "to /", "", scraper.ErrPosting},
		{"another page of the site", "to /moved", "", scraper.ErrPosting},
		{"denied", "status 403", "", scraper.ErrBlocked},
		{"gone", "status 410", "", scraper.ErrGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, map[string]string{"/list": one + two, "/": "Welcome", "/moved": two})
			j := s.scraper(t, jsonld.Options{}, "/list")
			var leads []lead.Lead
			for l, err := range j.Search(t.Context(), lead.Query{}) {
				require.NoError(t, err)
				leads = append(leads, l)
			}
			require.Len(t, leads, 2)
			s.pages["/list"] = c.after
			data, err := j.Detail(t.Context(), leads[1])
			require.Equal(t, c.text, data.Description)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
			require.NotErrorIs(t, err, scraper.ErrMarkup)
			redirect, _ := errors.AsType[*scraper.RedirectError](err)
			require.Equal(t, strings.HasPrefix(c.after, "to "), redirect != nil)
		})
	}
}

func TestDetailKnowsItsAdvertOnItsOwnPage(t *testing.T) {
	t.Parallel()
	const member = `,"hiringOrganization":{"name":"Brackwater Ltd"},"jobLocation":"Leith, GB"`
	for _, c := range []struct {
		name, page string
		want       error
	}{
		{"as listed", job("Rigger", member+`,"url":"/jobs/a"`), nil},
		{"without its URL", job("Rigger", member), nil},
		{"with the employer in the title", job("Rigger at Brackwater", member), nil},
		{"with the place in the title", job("Rigger - Leith (m/f/d)", member), nil},
		{"at an address with more words", "to /jobs/a-rigger", nil},
		{"another grade", job("Senior Rigger", member), scraper.ErrGone},
		{"another job", job("Cook", member), scraper.ErrGone},
		{"several jobs", job("Cook", member) + job("Rigger", `,"url":"/jobs/b"`), scraper.ErrGone},
		{"at another job's address", "to /jobs/cook", scraper.ErrPosting},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(
				t,
				map[string]string{
					"/jobs/a": c.page, "/jobs/cook": job("Cook", ""),
					"/jobs/a-rigger": job("Rigger", member+`,"url":"/jobs/a-rigger"`),
				},
			)
			s.pages["/list"] = job("Rigger", member+`,"url":"/jobs/a"`) + job("Purser", `,"url":"/jobs/b"`)
			j := s.scraper(t, jsonld.Options{}, "/list")
			for l, err := range j.Search(t.Context(), lead.Query{Limit: 1}) {
				require.NoError(t, err)
				data, err := j.Detail(t.Context(), l)
				if c.want == nil {
					require.NoError(t, err)
					require.Contains(t, data.Description, "Text of Rigger")
				} else {
					require.ErrorIs(t, err, c.want)
				}
			}
		})
	}
}

func TestDetailAsksOnlyHostsOfTheOptions(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/a": job("A", `,"url":"http://elsewhere.example/a"`)})
	j := s.scraper(t, jsonld.Options{}, "/a")
	_, err := j.Detail(t.Context(),
		lead.Lead{Source: "jsonld", ExternalID: "1", Title: "A", URL: "http://elsewhere.example/"})
	require.ErrorIs(t, err, scraper.ErrPosting)
	require.Empty(t, s.asked)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o    *jsonld.Options
		want string
	}{
		{nil, "Options.Pages"},
		{&jsonld.Options{}, "Options.Pages"},
		{&jsonld.Options{Pages: []string{"careers.example.com"}}, "Options.Pages[0]"},
		{&jsonld.Options{Pages: []string{"ftp://careers.example.com/"}}, "Options.Pages[0]"},
		{
			&jsonld.Options{Pages: []string{"https://a.example/"}, Hosts: []string{"b.example"}},
			"Options.Pages[0]",
		},
		{
			&jsonld.Options{Pages: []string{"https://a.example/"}, Hosts: []string{"https://a.example"}},
			"Options.Hosts",
		},
		{&jsonld.Options{Pages: []string{"https://a.example/"}, Source: "My Careers"}, "Options.Source"},
		{&jsonld.Options{Pages: []string{"https://a.example/"}, MaxPages: -1}, "Options.MaxPages"},
	} {
		_, err := jsonld.New(c.o)
		require.ErrorContains(t, err, c.want)
	}
	j, err := jsonld.New(&jsonld.Options{Pages: []string{"https://careers.example.com/jobs"}})
	require.NoError(t, err)
	require.Equal(t, "jsonld", j.Source())
}
