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
	return `<script type="application/ld+json">{"@type":"JobPosting","title":"` + title + `","description":"Text of ` + title + `"` + members + `}</script>`
}

func TestSearchListsThePostingsOfEveryPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/a": job("One", `,"identifier":1`) + job("Two", `,"identifier":2`), "/b": job("Two again", `,"identifier":2`) + job("Three", "")})
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
	s := newSite(t, map[string]string{"/": job("Go Engineer", `,"identifier":1,"jobLocation":"Berlin, DE","datePosted":"2026-05-09","employmentType":"FULL_TIME","directApply":true`) +
		job("C++ Engineer", `,"identifier":2,"jobLocationType":"TELECOMMUTE","datePosted":"2026-04-01","employmentType":"PART_TIME","directApply":false`) +
		job("Good Google Designer", `,"identifier":3,"jobLocation":"Bergen"`) +
		job("软件工程师", `,"identifier":4,"jobLocationType":"TELECOMMUTE","applicantLocationRequirements":"Germany"`) +
		job("Expired Go Engineer", `,"identifier":5,"validThrough":"2026-05-01"`)})
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
		{lead.Query{Location: "Berlin, Germany"}, "Go Engineer|C++ Engineer"},
		{lead.Query{Location: "Germany"}, "C++ Engineer|软件工程师"},
		{lead.Query{Remote: true}, "C++ Engineer|软件工程师"},
		{lead.Query{PostedWithin: 72 * time.Hour}, "Go Engineer|Good Google Designer|软件工程师"},
		{lead.Query{JobTypes: []string{lead.PartTime}}, "C++ Engineer|Good Google Designer|软件工程师"},
		{lead.Query{EasyApply: true}, "Go Engineer"},
		{lead.Query{Experience: []string{lead.ExperienceEntry}, Limit: 2}, "Go Engineer|C++ Engineer"},
	} {
		titles, _, err := search(t.Context(), j, c.q)
		require.NoError(t, err)
		require.Equal(t, c.want, strings.Join(titles, "|"), "%+v", c.q)
	}
}

func TestSearchFollowsOnlyWhatItIsToldTo(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/": `<a href="/jobs/1#x">1</a><a href=/jobs/1>again</a><a href="/about">About</a><a href="http://elsewhere.example/jobs/9">away</a><link rel=next href="?page=2">
<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"url":"/jobs/2"}]}</script>`,
		"/?page=2": `<a href="/jobs/3">3</a>`,
		"/jobs/1":  job("One", ""), "/jobs/2": job("Two", ""), "/jobs/3": job("Three", ""),
	}
	s := newSite(t, pages)
	follow := regexp.MustCompile(`/jobs/\d+$|[?&]page=`)
	titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{Follow: follow}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"One", "Two", "Three"}, titles)
	require.Equal(t, []string{"/", "/jobs/1", "/?page=2", "/jobs/2", "/jobs/3"}, s.asked)

	titles, _, err = search(t.Context(), s.scraper(t, jsonld.Options{Follow: follow, MaxPages: 2}, "/"), lead.Query{})
	require.ErrorIs(t, err, scraper.ErrCapped)
	require.Equal(t, []string{"One"}, titles)

	_, _, err = search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.ErrorIs(t, err, scraper.ErrMarkup)
	require.ErrorContains(t, err, "Options.Follow")
}

func TestPageThatFailsDoesNotCostTheOthers(t *testing.T) {
	t.Parallel()
	good := job("One", "")
	for name, c := range map[string]struct {
		pages map[string]string
		want  error
	}{
		"not there":                 {map[string]string{"/b": good}, scraper.ErrMarkup},
		"no posting":                {map[string]string{"/a": "<h1>Jobs</h1>", "/b": good}, scraper.ErrMarkup},
		"redirect to another host":  {map[string]string{"/a": "to http://elsewhere.example/", "/b": good}, scraper.ErrMarkup},
		"broken script":             {map[string]string{"/a": `<script type="application/ld+json">{"@type":"JobPosting","title":"a" b}</script>`, "/b": good}, scraper.ErrMarkup},
		"postings without a title":  {map[string]string{"/a": job("", ""), "/b": good}, scraper.ErrMarkup},
		"busy, and so is all of it": {map[string]string{"/b": good, "/c": "status 503"}, nil},
	} {
		s := newSite(t, c.pages)
		titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/a", "/b", "/c"), lead.Query{})
		require.Equal(t, []string{"One"}, titles, name)
		require.Error(t, err, name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, name)
		}
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
	s := newSite(t, map[string]string{"/": job("One", "") + `<script type="application/ld+json">{"@type":"JobPosting","title":"a" b}</script>` + job("Three", "")})
	titles, cards, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"One", "Three"}, titles)
	require.Equal(t, 1, cards)
}

func TestEmptyListIsNoJobs(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/": `<script type="application/ld+json">{"@type":"ItemList","numberOfItems":0,"itemListElement":[]}</script>`})
	titles, _, err := search(t.Context(), s.scraper(t, jsonld.Options{}, "/"), lead.Query{})
	require.NoError(t, err)
	require.Empty(t, titles)
}

func TestExternalIDIsStable(t *testing.T) {
	t.Parallel()
	id := func(hosts []string, page, uri string) string {
		s := newSite(t, map[string]string{uri: page})
		for l, err := range s.scraper(t, jsonld.Options{Hosts: hosts}, uri).Search(t.Context(), lead.Query{}) {
			require.NoError(t, err)
			return l.ExternalID
		}
		return ""
	}
	require.Equal(t, "7", id(nil, job("A", `,"identifier":7`), "/a"))
	require.Regexp(t, `^127\.0\.0\.1:\d+/7$`, id([]string{"127.0.0.1", "other.example"}, job("A", `,"identifier":7`), "/a"), "two sites may use one number")
	require.Regexp(t, `^[0-9a-f]{32}$`, id(nil, job("A", ""), "/a"))
	require.Regexp(t, `^[0-9a-f]{32}$`, id(nil, job("A", `,"identifier":"`+strings.Repeat("x", 300)+`"`), "/a"))

	s := newSite(t, map[string]string{"/a?utm_source=x": job("A", ",\"url\":\"/jobs/1/?utm_medium=y#top\""), "/b": job("A, renamed", `,"url":"/jobs/1"`), "/c": job("A", "") + job("B", "")})
	ids := map[string]string{}
	for l, err := range s.scraper(t, jsonld.Options{}, "/a?utm_source=x", "/b", "/c").Search(t.Context(), lead.Query{}) {
		require.NoError(t, err)
		ids[l.ExternalID] = l.Title
	}
	require.Len(t, ids, 3, "one URL is one job, and two postings on one page are two: %v", ids)
}

func TestPostingsOwnURLCountsOnAllowedHostsOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/a": job("A", `,"url":"http://elsewhere.example/a"`)})
	for l, err := range s.scraper(t, jsonld.Options{}, "/a").Search(t.Context(), lead.Query{}) {
		require.NoError(t, err)
		require.Equal(t, s.URL+"/a", l.URL)
	}
}

func TestDetailReadsThePostingOfTheLead(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{
		"/both": job("One", `,"identifier":1`) + job("Two", `,"identifier":2`), "/single": job("One", `,"identifier":99`), "/plain": "<h1>One</h1>",
		"/moved": "to /both", "/elsewhere": "to http://elsewhere.example/", "/expired": job("One", `,"validThrough":"2026-05-01","identifier":1`),
		"/blank":  `<script type="application/ld+json">{"@type":"JobPosting","title":"One","identifier":1}</script>`,
		"/broken": job("One", `,"identifier":1`) + job("Two", `,"identifier":2`) + `<script type="application/ld+json">{"@type":"JobPosting"</script>`,
		"/denied": "status 403",
	})
	j := s.scraper(t, jsonld.Options{}, "/both")
	for _, c := range []struct {
		path, id, text string
		err            error
	}{
		{"/both", "2", "Text of Two", nil},
		{"/both", "3", "", scraper.ErrGone},
		{"/single", "1", "Text of One", nil},
		{"/plain", "1", "", scraper.ErrMarkup},
		{"/moved", "1", "Text of One", nil},
		{"/moved", "3", "", scraper.ErrMarkup},
		{"/elsewhere", "1", "", scraper.ErrMarkup},
		{"/expired", "1", "", scraper.ErrGone},
		{"/blank", "1", "", scraper.ErrMarkup},
		{"/broken", "3", "", scraper.ErrMarkup},
		{"/none", "1", "", scraper.ErrGone},
		{"/denied", "1", "", scraper.ErrBlocked},
	} {
		data, err := j.Detail(t.Context(), lead.Lead{Source: "jsonld", ExternalID: c.id, Title: "t", URL: s.URL + c.path})
		require.Equal(t, c.text, data.Description, c.path)
		if c.err == nil {
			require.NoError(t, err, c.path)
		} else {
			require.ErrorIs(t, err, c.err, c.path)
		}
	}
	asked := len(s.asked)
	_, err := j.Detail(t.Context(), lead.Lead{Source: "jsonld", ExternalID: "1", URL: "http://elsewhere.example/"})
	require.ErrorContains(t, err, "Options.Hosts")
	require.Len(t, s.asked, asked)
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
		{&jsonld.Options{Pages: []string{"https://a.example/"}, Hosts: []string{"b.example"}}, "Options.Pages[0]"},
		{&jsonld.Options{Pages: []string{"https://a.example/"}, Hosts: []string{"https://a.example"}}, "Options.Hosts"},
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
