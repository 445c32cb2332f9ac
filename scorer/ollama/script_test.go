package ollama_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/ollama"
)

// A request is what the server got, as far as the tests look at it.
type request struct {
	Model    string `json:"model"`
	Messages []struct{ Role, Content string }
	Format   json.RawMessage
	Stream   bool
	Options  map[string]any
	raw      map[string]json.RawMessage
}

// user is the message with résumé and posting.
func (r request) user() string { return r.Messages[len(r.Messages)-1].Content }

// parts cuts the user's message at the fence.
func (r request) parts(tb testing.TB) (prefix, resume, posting string) {
	tb.Helper()
	prefix, rest, ok := strings.Cut(r.user(), "<<<POSTING ")
	require.True(tb, ok, "no fence")
	nonce, rest, ok := strings.Cut(rest, ">>>\n")
	require.True(tb, ok, "no fence")
	posting, _, ok = strings.Cut(rest, "\n<<<END OF POSTING "+nonce+">>>")
	require.True(tb, ok, "the fence does not end")
	_, resume, _ = strings.Cut(prefix, "RÉSUMÉ\n\n")
	resume, _, _ = strings.Cut(resume, "\n\nEND OF RÉSUMÉ")
	return prefix, resume, posting
}

// A server is a scripted Ollama. Its zero value but for URL answers chat with honest.
type server struct {
	*httptest.Server
	tb   testing.TB
	chat func(w http.ResponseWriter, r *http.Request, q request)

	mu   sync.Mutex
	seen []request
}

func newServer(tb testing.TB, chat func(w http.ResponseWriter, r *http.Request, q request)) *server {
	tb.Helper()
	s := &server{tb: tb, chat: chat}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat", s.serveChat)
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { write(w, "%s", `{"version":"0.12.3"}`) })
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		write(w, "%s", `{"models":[{"name":"qwen2.5:7b","digest":"845dbda0ea48"}]}`)
	})
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) {
		write(w, "%s", `{"model_info":{"qwen2.context_length":32768}}`)
	})
	s.Server = httptest.NewServer(mux)
	tb.Cleanup(s.Close)
	return s
}

func (s *server) serveChat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var q request
	if err != nil || json.Unmarshal(body, &q) != nil || json.Unmarshal(body, &q.raw) != nil {
		http.Error(w, `{"error":"unreadable"}`, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, q)
	s.mu.Unlock()
	s.chat(w, r, q)
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.seen...)
}

func (s *server) scorer(tb testing.TB, change func(*ollama.Options)) *ollama.Scorer {
	tb.Helper()
	o := &ollama.Options{BaseURL: s.URL}
	if change != nil {
		change(o)
	}
	scorer, err := ollama.New(o)
	require.NoError(tb, err)
	return scorer
}

// write writes an answer. A client that left is no failure of the server's.
func write(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// count is what a server would say of a prompt.
func count(q request) int {
	n := 20
	for _, m := range q.Messages {
		n += ollama.EstimateTokens(m.Content) * 3 / 4
	}
	return n
}

// say answers with content in several chunks, as Ollama streams it.
func say(w http.ResponseWriter, q request, content string) {
	for len(content) > 0 {
		n := min(7, len(content))
		for n < len(content) && content[n]&0xc0 == 0x80 {
			n++
		}
		line, _ := json.Marshal(map[string]any{"model": q.Model, "message": map[string]string{"role": "assistant", "content": content[:n]}, "done": false})
		write(w, "%s\n", line)
		content = content[n:]
	}
	finish(w, q, "stop")
}

func finish(w http.ResponseWriter, q request, reason string) {
	line, _ := json.Marshal(map[string]any{
		"model": q.Model, "message": map[string]string{"role": "assistant", "content": ""}, "done": true, "done_reason": reason,
		"prompt_eval_count": count(q), "eval_count": 200, "prompt_eval_duration": 1_000_000, "a_field_of_a_later_version": true,
	})
	write(w, "%s\n", line)
}

// A judgement is a reply, in the form that the schema asks for.
type judgement struct {
	Skills          quoted   `json:"skills"`
	Experience      quoted   `json:"experience"`
	Domain          quoted   `json:"domain"`
	Location        quoted   `json:"location"`
	Other           quoted   `json:"other"`
	MissingSkills   []string `json:"missing_skills"`
	Reasoning       string   `json:"reasoning"`
	Recommendations []string `json:"recommendations"`
}

type quoted struct {
	Posting string `json:"posting_quote"`
	Resume  string `json:"resume_quote"`
	Rating  int    `json:"rating"`
}

func (j judgement) String() string {
	if j.MissingSkills == nil {
		j.MissingSkills = []string{}
	}
	if j.Recommendations == nil {
		j.Recommendations = []string{}
	}
	if j.Reasoning == "" {
		j.Reasoning = "As the texts show"
	}
	text, _ := json.Marshal(j)
	return string(text)
}

func saying(j judgement) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, q request) { say(w, q, j.String()) }
}

const resumeText = `Ada Quill, Berlin

Backend engineer with seven years of Go. I design small services on Kubernetes and keep them running.

Senior Backend Engineer, Northwind Payments, 2021 to today
- Built payment services in Go with gRPC and PostgreSQL that settle two million transfers a day
- Moved forty services from virtual machines to Kubernetes with Terraform
- Mentored four engineers and ran the on-call rota

Backend Engineer, Lakeshore Maps, 2018 to 2021
- Wrote REST APIs in Go and Python with Redis caching and Kafka streams

Education
BSc Computer Science, University of Leeds

Languages: English (native), German (fluent). Open to remote work in Europe.`

// fitting is a posting that resumeText fits, and fits the judgement of a model that knows it.
func fitting() enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{
			Source: "board", ExternalID: "1", Title: "Senior Backend Engineer", Company: "Parcel Works", Location: "Berlin, Germany",
			URL: "https://board.example/1",
		},
		Data: enrich.Data{Description: `About us
We move parcels and we have a dog.

Requirements
- Five years or more with backend services in Go
- You run workloads on Kubernetes and know Terraform
- Experience with PostgreSQL and event streams on Kafka
- Rust is a plus

Benefits
Thirty days of holiday.`},
	}
}

func fits() judgement {
	return judgement{
		Skills:          quoted{"backend services in Go", "seven years of Go", 5},
		Experience:      quoted{"Five years or more with backend services", "Senior Backend Engineer, Northwind Payments", 4},
		Domain:          quoted{"You run workloads on Kubernetes and know Terraform", "virtual machines to Kubernetes with Terraform", 4},
		Location:        quoted{"Location: Berlin, Germany", "Ada Quill, Berlin Backend engineer", 5},
		Other:           quoted{"event streams on Kafka", "Redis caching and Kafka streams", 3},
		MissingSkills:   []string{"Rust", "Go", "Quantum computing"},
		Reasoning:       "Long Go practice on the same platform",
		Recommendations: []string{"Learn Rust to write the newer services."},
	}
}

// A board lists postings and gives their text.
type board struct{ postings []enrich.Posting }

func (b *board) Source() string { return "board" }

func (b *board) Search(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		for _, p := range b.postings {
			if !yield(p.Lead, nil) {
				return
			}
		}
	}
}

func (b *board) Detail(_ context.Context, l lead.Lead) (enrich.Data, error) {
	for _, p := range b.postings {
		if p.Lead.Key() == l.Key() {
			return p.Data, nil
		}
	}
	return enrich.Data{}, fmt.Errorf("no posting %s", l.Key())
}

// numbered gives postings keys of their own.
func numbered(postings []enrich.Posting) []enrich.Posting {
	out := make([]enrich.Posting, len(postings))
	for i, p := range postings {
		p.Lead.Source, p.Lead.ExternalID = "board", fmt.Sprint(i+1)
		p.Lead.URL = fmt.Sprintf("https://board.example/%d", i+1)
		if p.Lead.Title == "" {
			p.Lead.Title = "Job"
		}
		out[i] = p
	}
	return out
}

func newPipeline(tb testing.TB, postings []enrich.Posting, s forge.Scorer, st forge.Store) *forge.Pipeline {
	tb.Helper()
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{&board{postings}}, Scorer: s, Store: st, Resume: resumeText, Lease: 10 * time.Minute,
	})
	require.NoError(tb, err)
	return p
}
