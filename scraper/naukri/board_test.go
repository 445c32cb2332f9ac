package naukri_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// A board is a local server. Each face of it answers, or refuses.
type board struct {
	*httptest.Server
	json, page, jobJSON, jobPage http.HandlerFunc

	mu    sync.Mutex
	asked []string
}

func newBoard(t *testing.T) *board {
	t.Helper()
	b := &board{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.asked = append(b.asked, r.URL.Path)
		b.mu.Unlock()
		face := b.page
		switch {
		case strings.HasPrefix(r.URL.Path, "/jobapi/v3/search"):
			face = b.json
		case strings.HasPrefix(r.URL.Path, "/jobapi/v4/job/"):
			face = b.jobJSON
		case strings.HasPrefix(r.URL.Path, "/job-listings-"):
			face = b.jobPage
		}
		if face == nil {
			http.NotFound(w, r)
			return
		}
		face(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *board) scraper(t *testing.T) *naukri.Scraper {
	t.Helper()
	s, err := naukri.New(
		&naukri.Options{Client: b.Client(), BaseURL: b.URL, Now: func() time.Time { return now }},
	)
	require.NoError(t, err)
	return s
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

func file(t *testing.T, name string) http.HandlerFunc {
	t.Helper()
	return status(http.StatusOK, string(testdata(t, name)))
}

func search(
	ctx context.Context, s *naukri.Scraper, q lead.Query,
) (leads []lead.Lead, cards []error, err error) {
	for l, e := range s.Search(ctx, q) {
		switch {
		case errors.Is(e, scraper.ErrCard):
			cards = append(cards, e)
		case e != nil:
			err = e
		default:
			leads = append(leads, l)
		}
	}
	return leads, cards, err
}

// pages cuts 1,000 jobs into pages of these sizes, over and over, each page but the first beginning
// with repeats of the last jobs before it.
func pages(sizes []int, repeats int) [][]lead.Lead {
	var out [][]lead.Lead
	for at, n := 0, 0; at < 1000; n++ {
		size := sizes[n%len(sizes)]
		var page []lead.Lead
		for i := max(at-repeats, 0); i < min(at+size, 1000); i++ {
			page = append(page, lead.Lead{
				ExternalID: fmt.Sprintf("3005%08d", i),
				Title:      fmt.Sprintf("Engineer %d", i),
				Company:    "Quay",
				Location:   "Lisbon",
				PostedAt:   now,
			})
		}
		out = append(out, page)
		at += size
	}
	return out
}

func TestEveryOfAThousandJobsIsFoundOnceWhateverThePages(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][]int{{7}, {10}, {11}, {25}, {20, 3, 25, 7, 1}} {
		for _, c := range []struct {
			face   string
			render func(scrapertest.List) []byte
		}{
			{"JSON", searchJSON}, {"pages", searchHTML},
		} {
			for _, repeats := range []int{0, 2} {
				t.Run(fmt.Sprintf("%s of %v with %d repeats", c.face, sizes, repeats), func(t *testing.T) {
					t.Parallel()
					all := pages(sizes, repeats)
					b := newBoard(t)
					answer := func(w http.ResponseWriter, r *http.Request) {
						n := pagesBefore(r)
						l := scrapertest.List{Total: 1000}
						if n < len(all) {
							l.Cards = all[n]
						}
						if n+1 < len(all) {
							l.Next = n + 2
						}
						_, _ = w.Write(c.render(l))
					}
					if c.face == "JSON" {
						b.json = answer
					} else {
						b.json, b.page = status(
							http.StatusNotAcceptable, `{"message":"recaptcha required"}`,
						), answer
					}
					leads, cards, err := search(
						t.Context(), b.scraper(t), lead.Query{Keywords: "engineer", Location: "Lisbon"},
					)
					require.NoError(t, err)
					require.Empty(t, cards)
					require.Len(t, leads, 1000)
					ids := map[string]bool{}
					for _, l := range leads {
						ids[l.ExternalID] = true
					}
					require.Len(t, ids, 1000)
					want := len(all) // every page once
					if c.face == "pages" {
						want++ // and the JSON, which refused
						require.Equal(t, "/engineer-jobs-in-lisbon", b.asked[1])
						require.Equal(t, "/engineer-jobs-in-lisbon-2", b.asked[2])
					}
					require.Len(t, b.asked, want)
				})
			}
		}
	}
}

func TestSearchAsksForWhatTheQuerySays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		q          lead.Query
		path, json string
	}{
		{
			lead.Query{},
			"/jobs-in-india",
			"noOfResults=20&pageNo=1&searchType=adv&seoKey=jobs-in-india&src=jobsearchDesk&urlType=" +
				"search_by_keyword",
		},
		{
			lead.Query{
				Keywords: "C++ / .NET engineer", Location: "Delhi / NCR", Remote: true,
				PostedWithin: 25 * time.Hour,
			},
			"/c-plus-plus-dot-net-engineer-jobs-in-delhi-ncr?jobAge=2&k=C%2B%2B+%2F+.NET+engineer&l=" +
				"Delhi+%2F+NCR&wfhType=2",
			"jobAge=2&k=C%2B%2B+%2F+.NET+engineer&keyword=C%2B%2B+%2F+.NET+engineer&l=Delhi+%2F+NCR&" +
				"location=Delhi+%2F+NCR&noOfResults=20&pageNo=1&searchType=adv&seoKey=c-plus-plus-dot-net-" +
				"engineer-jobs-in-delhi-ncr&src=jobsearchDesk&urlType=search_by_key_loc&wfhType=2",
		},
		{
			lead.Query{Keywords: "go"},
			"/go-jobs?k=go",
			"k=go&keyword=go&noOfResults=20&pageNo=1&searchType=adv&seoKey=go-jobs&src=jobsearchDesk&" +
				"urlType=search_by_keyword",
		},
		{
			lead.Query{Location: "Pune"},
			"/jobs-in-pune?l=Pune",
			"l=Pune&location=Pune&noOfResults=20&pageNo=1&searchType=adv&seoKey=jobs-in-pune&src=" +
				"jobsearchDesk&urlType=search_by_location",
		},
	} {
		b := newBoard(t)
		b.json = func(w http.ResponseWriter, r *http.Request) {
			require.Equal(t, c.json, r.URL.RawQuery)
			require.Equal(
				t, []string{"109", "Naukri", "d3skt0p"},
				[]string{r.Header.Get("appid"), r.Header.Get("systemid"), r.Header.Get("clientid")},
			)
			w.WriteHeader(http.StatusNotAcceptable)
		}
		b.page = func(w http.ResponseWriter, r *http.Request) {
			require.Equal(t, c.path, r.URL.RequestURI())
			_, _ = w.Write(testdata(t, "search-none.html"))
		}
		leads, _, err := search(t.Context(), b.scraper(t), c.q)
		require.NoError(t, err)
		require.Empty(t, leads)
	}
}

func TestRefusedJSONIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.json, b.page = status(http.StatusNotAcceptable, ""), file(t, "search-2024.html")
	b.jobJSON, b.jobPage = status(http.StatusForbidden, ""), file(t, "posting-2026.html")
	s := b.scraper(t)
	for range 2 {
		leads, _, err := search(t.Context(), s, lead.Query{Keywords: "bridge"})
		require.NoError(t, err)
		require.Len(t, leads, 5)
		_, err = s.Detail(t.Context(), leads[0])
		require.NoError(t, err)
	}
	require.Equal(
		t,
		[]string{
			"/jobapi/v3/search", "/bridge-jobs", "/jobapi/v4/job/300526000001", "/job-listings-300526000001",
			"/bridge-jobs", "/job-listings-300526000001",
		},
		stripped(b.asked),
	)
}

func stripped(paths []string) []string {
	out := slices.Clone(paths)
	for i, p := range out {
		if strings.HasPrefix(p, "/job-listings-") {
			out[i] = "/job-listings-" + p[strings.LastIndexByte(p, '-')+1:]
		}
	}
	return out
}

func TestBoardThatRefusesOrHidesSaysWhatHelps(t *testing.T) {
	t.Parallel()
	denied := `<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>You don't have permission to access ` +
		`"x" on this server.<p>https://errors.edgesuite.net/18.1</p></BODY></HTML>`
	shell := string(testdata(t, "search-shell.html"))
	for _, c := range []struct {
		name       string
		json, page http.HandlerFunc
		want       error
		says       string
	}{
		{
			"captcha, then a shell",
			status(406, `{"message":"recaptcha required"}`), status(200, shell),
			scraper.ErrMarkup, "scraper/browser",
		},
		{
			"captcha, and it says so",
			status(406, `{"message":"recaptcha required"}`), status(200, shell),
			scraper.ErrBlocked, "captcha",
		},
		{"nothing there, then a shell", nil, status(200, shell), scraper.ErrMarkup, "scraper/browser"},
		{
			"denied by Akamai",
			status(403, denied), status(403, denied), scraper.ErrBlocked, "browser transport",
		},
		{
			"denied by Akamai with 200",
			status(200, denied), status(200, denied), scraper.ErrBlocked, "browser transport",
		},
		{
			"captcha with 200",
			status(200, `{"message":"Recaptcha required","statusCode":406}`),
			status(406, ""), scraper.ErrBlocked, "captcha",
		},
		{"a skeleton", nil, file(t, "search-skeleton.html"), scraper.ErrMarkup, "wait for"},
		{"login", status(401, ""), func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/nlogin/login" {
				http.Redirect(w, r, "/nlogin/login", http.StatusFound)
			}
		}, scraper.ErrBlocked, "login page"},
		{
			"jobs that are not listed",
			status(200, `{"noOfJobs":12,"jobDetails":[]}`), status(404, ""), scraper.ErrMarkup, "lists none",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBoard(t)
			b.json, b.page = c.json, c.page
			leads, _, err := search(t.Context(), b.scraper(t), lead.Query{Keywords: "secret words"})
			require.ErrorIs(t, err, c.want, c.name)
			require.ErrorContains(t, err, c.says, c.name)
			require.NotContains(t, err.Error(), "secret", c.name)
			require.Empty(t, leads, c.name)
		})
	}
}

func TestBusyBoardIsNotAskedTwice(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.json = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	b.page, b.jobJSON = b.json, b.json
	s := b.scraper(t)
	_, _, err := search(t.Context(), s, lead.Query{})
	pe, ok := errors.AsType[*scraper.PageError](err)
	require.True(t, ok)
	require.Equal(t, 90*time.Second, pe.RetryAfter())
	_, err = s.Detail(t.Context(), lead.Lead{ExternalID: "300526000001"})
	require.Error(t, err)
	require.Len(t, b.asked, 2)
}

func TestEndOfTheListIsTold(t *testing.T) {
	t.Parallel()
	two := func(total int, ids ...string) string {
		var cards []lead.Lead
		for _, id := range ids {
			cards = append(cards, lead.Lead{ExternalID: id, Title: "T", PostedAt: now})
		}
		return string(searchJSON(scrapertest.List{Total: total, Cards: cards}))
	}
	for _, c := range []struct {
		name   string
		pages  []string
		leads  int
		asked  int
		capped string
	}{
		{"all that it says there are", []string{two(2, "1001", "1002")}, 2, 1, ""},
		{"none", []string{`{"noOfJobs":0,"jobDetails":[]}`}, 0, 1, ""},
		{
			"an empty page",
			[]string{two(9, "1001", "1002"), `{"noOfJobs":9,"jobDetails":[]}`},
			2, 2, "",
		},
		{"an empty page, and much is missing", []string{
			two(900, "1001", "1002"), `{"noOfJobs":900,"jobDetails":[]}`,
		}, 2, 2, "there are 900 jobs and lists 2"},
		{"the same page for ever", []string{
			two(900, "1001", "1002"), two(900, "1001", "1002"),
			two(900, "1002"), two(900, "1001"), two(900, "1003"),
		}, 2, 4, "repeat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBoard(t)
			b.json = func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte(c.pages[pagesBefore(r)]))
			}
			leads, _, err := search(t.Context(), b.scraper(t), lead.Query{})
			require.Len(t, leads, c.leads, c.name)
			require.Len(t, b.asked, c.asked, c.name)
			if c.capped == "" {
				require.NoError(t, err, c.name)
			} else {
				require.ErrorIs(t, err, scraper.ErrCapped, c.name)
				require.ErrorContains(t, err, c.capped, c.name)
			}
		})
	}
}

func TestCardsAreComparedWithWhatTheBoardCannotFilter(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.json, b.page = nil, file(t, "search-2024.html")
	s := b.scraper(t)
	for _, c := range []struct {
		q    lead.Query
		want string
	}{
		{lead.Query{}, "1 2 3 4 5"},
		{lead.Query{Experience: []string{lead.ExperienceEntry}}, "2 3"},
		{lead.Query{Experience: []string{lead.ExperienceIntern}}, "2 3"},
		{lead.Query{Experience: []string{lead.ExperienceMidSenior}}, "1 4"},
		{lead.Query{Experience: []string{lead.ExperienceExecutive, lead.ExperienceEntry}}, "2 3 4 5"},
		{lead.Query{PostedWithin: 24 * time.Hour}, "1 2 3 5"},
		{lead.Query{Limit: 2}, "1 2"},
	} {
		leads, _, err := search(t.Context(), s, c.q)
		require.NoError(t, err)
		var got []string
		for _, l := range leads {
			got = append(got, l.ExternalID[len(l.ExternalID)-1:])
		}
		require.Equal(t, c.want, strings.Join(got, " "), "%+v", c.q)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"naukri.com", "ftp://naukri.com", "https://naukri.com?x=1", "https://u:p@naukri.com", "://",
	} {
		_, err := naukri.New(&naukri.Options{BaseURL: base})
		fe, ok := errors.AsType[*lead.FieldError](err)
		require.True(t, ok, base)
		require.Equal(t, "Options.BaseURL", fe.Field)
	}
	s, err := naukri.New(nil)
	require.NoError(t, err)
	require.Equal(t, naukri.Source, s.Source())
	_, _, err = search(t.Context(), s, lead.Query{Limit: -1})
	require.ErrorContains(t, err, "Query.Limit")
}
