package ats_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/ats"
)

// A site answers requests from memory, by host and path. It is an http.RoundTripper.
type site struct {
	mu      sync.Mutex
	answers map[string]answer
	asked   []string
}

type answer struct {
	status int // 0: 200
	header http.Header
	body   string
	etag   string // answers 304 to a request that has it
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := r.URL.Host + r.URL.Path
	s.asked = append(s.asked, at)
	a, ok := s.answers[at]
	if !ok {
		a = answer{status: http.StatusNotFound, body: `{"error":"not found"}`}
	}
	header := a.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if a.etag != "" {
		header.Set("ETag", a.etag)
		if r.Header.Get("If-None-Match") == a.etag {
			a.status, a.body = http.StatusNotModified, ""
		}
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return &http.Response{
		StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

// requests returns what was asked for since the last call.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *site) set(at string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[string]answer{}
	}
	s.answers[at] = a
}

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) anHourLater() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Hour)
}

func open(t *testing.T, s *site, c *clock, boards ...ats.Board) *ats.Scraper {
	t.Helper()
	scrapers, err := ats.New(&ats.Options{Boards: boards, Client: &http.Client{Transport: s}, Now: c.Now})
	require.NoError(t, err)
	require.Len(t, scrapers, 1)
	return scrapers[0]
}

// search consumes a search. Cards that cannot be read are among the errors.
func search(t *testing.T, s *ats.Scraper, q lead.Query) (leads []lead.Lead, errs []error) {
	t.Helper()
	for l, err := range s.Search(t.Context(), q) {
		switch {
		case errors.Is(err, scraper.ErrUnfiltered):
		case err != nil:
			errs = append(errs, err)
		default:
			require.NoError(t, l.Validate())
			leads = append(leads, l)
		}
	}
	return leads, errs
}

func ids(leads []lead.Lead) (out []string) {
	for _, l := range leads {
		out = append(out, l.ExternalID)
	}
	return out
}

// leverList is a list of Lever with jobs of these numbers.
func leverList(numbers ...int) string {
	jobs := []map[string]any{}
	for _, n := range numbers {
		jobs = append(jobs, map[string]any{
			"id": fmt.Sprintf("job-%03d", n), "text": fmt.Sprintf("Rigger %d", n),
			"hostedUrl": fmt.Sprintf("https://jobs.lever.co/acme/job-%03d", n),
			"createdAt": 1_790_000_000_000, "categories": map[string]any{"location": "Bergen"},
			"description": fmt.Sprintf("<p>You splice the ropes of ferry number %d.</p>", n),
			"lists":       []map[string]any{{"text": "What you bring", "content": "<li>Sea legs</li>"}},
		})
	}
	b, err := json.Marshal(jobs)
	if err != nil {
		panic(err) // of a value of this file
	}
	return string(b)
}

const leverAcme = "api.lever.co/v0/postings/acme"

var acme = ats.Board{Provider: "lever", Company: "acme"}
