package ats_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// A company is a board of four jobs behind HTTP, and a user of it.
type company struct {
	dialect
	*clock
	pipeline func(blacklist ...string) *forge.Pipeline
	view     *memory.Store

	mu     sync.Mutex
	answer http.HandlerFunc
}

func openCompany(t *testing.T, d dialect) *company {
	t.Helper()
	c := &company{dialect: d, clock: newClock()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		answer := c.answer
		c.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	boards, err := ats.New(&ats.Options{
		Boards: []ats.Board{{Provider: d.provider, Company: d.company}}, Client: server.Client(),
		BaseURL: server.URL, Now: c.Now,
	})
	require.NoError(t, err)
	c.view = memory.New(&memory.Options{Now: c.Now}).ForUser("ada")
	c.pipeline = func(blacklist ...string) *forge.Pipeline {
		banned, err := lead.NewBlacklist(blacklist...)
		require.NoError(t, err)
		p, err := forge.New(forge.Config{
			Scrapers: []forge.Scraper{boards[0]}, Store: c.view, Resume: "Rigger", Blacklist: banned,
			Scorer: forge.ScorerFunc(
				func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{}, nil
				},
			),
		})
		require.NoError(t, err)
		return p
	}
	c.lists(4, 1, 2, 3, 4)
	return c
}

// entries returns the entries of jobs with these numbers. Those from 10 on are another company's.
func (c *company) entries(numbers ...int) []any {
	list := []any{}
	for _, n := range numbers {
		id := strconv.Itoa(1000 + n)
		url := map[string]string{
			"ashby": "https://jobs.ashbyhq.com/acme/", "lever": "https://jobs.lever.co/acme/",
			"rippling":        "https://ats.rippling.com/acme/jobs/",
			"smartrecruiters": "https://jobs.smartrecruiters.com/acme/",
			"teamtailor":      "https://acme.teamtailor.com/jobs/",
			"workable":        "https://apply.workable.com/acme/j/",
		}[c.provider]
		if url == "" {
			url = "https://jobs.acme.example/"
		}
		list = append(list, c.entry(lead.Lead{
			ExternalID: id, Title: fmt.Sprintf("Rigger %d", n), Company: "Acme", Location: "Bergen",
			URL: url + id, PostedAt: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC),
		}))
	}
	return list
}

func (c *company) page(entries []any, total int) []byte {
	v := c.list(entries, total)
	if list, ok := v.(xmlJobs); ok {
		b, err := xml.Marshal(list)
		if err != nil {
			panic(err) // of a value of this file
		}
		return b
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (c *company) set(answer http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = answer
}

// writes answers everything alike.
func (c *company) writes(status int, body string) {
	c.set(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// lists answers with a list of these jobs, two on a page where there are several.
func (c *company) lists(total int, numbers ...int) { c.listsOf(total, c.entries(numbers...)) }

func (c *company) listsOf(total int, all []any) {
	c.set(func(w http.ResponseWriter, r *http.Request) {
		page := all
		if !c.onePage {
			start := min(c.start(r), len(all))
			page = all[start:min(start+2, len(all))]
		}
		_, _ = w.Write(c.page(page, total))
	})
}

// run searches once, two hours later.
func (c *company) run(t *testing.T, q lead.Query, blacklist ...string) {
	t.Helper()
	c.anHourLater()
	c.anHourLater()
	_, _ = c.pipeline(blacklist...).Discover(t.Context(), q) // incidents are errors
}

// live returns the number of jobs that are not closed.
func (c *company) live(t *testing.T) int {
	t.Helper()
	entries, _, err := c.view.List(t.Context(), store.Filter{Statuses: []lead.Status{lead.Discovered}})
	require.NoError(t, err)
	return len(entries)
}

// An incident is what happens to a list of four jobs that are all open.
type incident struct {
	name   string
	only   func(c *company) bool // nil: at every provider
	happen func(c *company)
	query  lead.Query
	banned string
}

func counts(c *company) bool {
	switch c.provider {
	case "greenhouse", "bamboohr", "smartrecruiters", "workday":
		return true
	}
	return false
}

func paged(c *company) bool { return !c.onePage }

var incidents = []incident{
	{name: "cut list", happen: func(c *company) {
		body := c.page(c.entries(1, 2), 4)
		c.writes(200, string(body[:len(body)-len(body)/4]))
	}},
	{name: "cut after the last entry", happen: func(c *company) {
		body := c.page(c.entries(1, 2), 2)
		c.writes(200, string(body[:len(body)-1]))
	}},
	{name: "connection breaks", happen: func(c *company) {
		body := c.page(c.entries(1, 2), 2)
		c.set(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)+10))
			_, _ = w.Write(body)
		})
	}},
	{name: "capped list", only: counts, happen: func(c *company) { c.lists(4, 1, 2, 3) }},
	{name: "wrong total, too low", only: counts, happen: func(c *company) { c.lists(1, 1, 2, 3) }},
	{name: "wrong total of a first page", only: paged, happen: func(c *company) { c.lists(2, 1, 2, 3, 4) }},
	{name: "total that is not said", only: counts, happen: func(c *company) { c.lists(0, 1, 2) }},
	{name: "one page repeated", only: paged, happen: func(c *company) {
		c.set(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(c.page(c.entries(1, 2), 4)) })
	}},
	{name: "empty body", happen: func(c *company) { c.writes(200, "") }},
	{name: "page of maintenance", happen: func(c *company) { c.writes(200, "<html>Back soon</html>") }},
	{name: "error instead of a list", happen: func(c *company) { c.writes(200, `{"error":"timeout"}`) }},
	{name: "null instead of a list", happen: func(c *company) {
		c.writes(200, `{"jobs":null,"data":null,"items":null,"offers":null,"result":null,"content":null,`+
			`"jobPostings":null,"meta":{"total":0,"totalCount":0},"total":0,"totalFound":0}`)
	}},
	{name: "empty list with a total", only: counts, happen: func(c *company) { c.lists(4) }},
	{name: "company unknown", happen: func(c *company) { c.writes(404, `{"error":"not found"}`) }},
	{name: "company moved to another site", happen: func(c *company) {
		c.set(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/elsewhere.example/jobs" {
				http.Redirect(w, r, "/elsewhere.example/jobs", http.StatusFound)
				return
			}
			_, _ = w.Write(c.page(c.entries(1), 1))
		})
	}},
	{name: "company renamed", happen: func(c *company) {
		d := c.dialect
		c.entry = func(l lead.Lead) any {
			l.Company = "Zenith"
			return d.entry(l)
		}
		c.lists(4, 1, 2, 3, 4)
	}},
	{name: "provider down", happen: func(c *company) { c.writes(503, string(c.page(nil, 0))) }},
	{name: "provider refuses", happen: func(c *company) { c.writes(403, string(c.page(nil, 0))) }},
	{name: "too many requests", happen: func(c *company) { c.writes(429, string(c.page(nil, 0))) }},
	{name: "list of another company", happen: func(c *company) { c.lists(3, 11, 12, 13) }},
	{name: "list of another company with the same ids", happen: func(c *company) {
		d := c.dialect
		c.entry = func(l lead.Lead) any {
			l.Title = "Baker " + l.ExternalID
			return d.entry(l)
		}
		c.lists(2, 1, 2)
	}},
	{name: "entry without an id", happen: func(c *company) {
		nameless := any(object{"unknown": true})
		if c.provider == "personio" {
			nameless = xmlPosition{}
		}
		c.listsOf(3, append(c.entries(1, 2), nameless))
	}},
	{
		name: "unchanged list that was not complete", only: func(c *company) bool { return c.onePage },
		happen: func(c *company) {
			nameless := any(object{"unknown": true})
			if c.provider == "personio" {
				nameless = xmlPosition{}
			}
			body := c.page(append(c.entries(1, 2), nameless), 3)
			c.set(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"odd"`)
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				_, _ = w.Write(body)
			})
		},
	},
	{name: "query that hides all", happen: func(*company) {}, query: lead.Query{Keywords: "zeppelin"}},
	{name: "limit", happen: func(*company) {}, query: lead.Query{Limit: 1}},
	{name: "blacklist", happen: func(*company) {}, banned: "rigger"},
}

// Whatever happens to a list, no job that is open is closed. What is missing from two complete lists
// is, which shows that each company's jobs can be.
func TestIncidentsCloseNoLiveJob(t *testing.T) {
	t.Parallel()
	var drills atomic.Int64
	t.Cleanup(func() { t.Logf("%d drills of 4 jobs", drills.Load()) })
	for _, d := range dialects() {
		t.Run(d.provider, func(t *testing.T) {
			t.Parallel()
			for _, i := range incidents {
				c := openCompany(t, d)
				if i.only != nil && !i.only(c) {
					continue
				}
				c.run(t, lead.Query{})
				require.Equal(t, 4, c.live(t), i.name)
				i.happen(c)
				for range 3 {
					var banned []string
					if i.banned != "" {
						banned = append(banned, i.banned)
					}
					c.run(t, i.query, banned...)
				}
				closed := store.Filter{Statuses: []lead.Status{lead.Closed}}
				entries, _, err := c.view.List(t.Context(), closed)
				require.NoError(t, err)
				require.Empty(t, entries, i.name)
				drills.Add(1)
			}
			c := openCompany(t, d)
			c.run(t, lead.Query{})
			c.lists(3, 1, 2, 3)
			c.run(t, lead.Query{})
			require.Equal(t, 4, c.live(t), "one list closes nothing")
			c.run(t, lead.Query{})
			require.Equal(t, 3, c.live(t), "two lists do")
			c.lists(0)
			c.run(t, lead.Query{})
			c.run(t, lead.Query{})
			if d.provider == "smartrecruiters" { // it answers so for companies that it does not know
				require.Equal(t, 3, c.live(t), "an empty list that is doubtful")
			} else {
				require.Zero(t, c.live(t), "an empty list")
			}
			c.lists(4, 1, 2, 3, 4)
			c.run(t, lead.Query{})
			jobs, err := c.view.Claim(t.Context(), 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, jobs, 4, "closed jobs that are listed again are due")
		})
	}
}
