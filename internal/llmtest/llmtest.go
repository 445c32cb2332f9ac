// Package llmtest holds what the tests of scorer/llm and scorer/ollama share: a résumé and a
// posting that fit each other, replies that point at lines by words that stand in them, and a
// pipeline. It is for tests only; nothing that ships imports it.
package llmtest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Resume is that of a backend engineer.
const Resume = `Ada Quill, Berlin

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

// Fitting is a posting that [Resume] fits.
func Fitting() enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{
			Source: "board", ExternalID: "1", Title: "Senior Backend Engineer", Company: "Parcel Works",
			Location: "Berlin, Germany", URL: "https://board.example/1",
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

// A Rating points at a line of each text by words that stand in it; "" points at none.
type Rating struct {
	Posting, Resume string
	Rating          int
}

// A Reply is what a model could say.
type Reply struct {
	Skills, Experience, Domain, Location, Other Rating

	Missing         []string
	Reasoning       string
	Recommendations []string
}

// Fits is what a model that knows its trade says of [Fitting].
func Fits() Reply {
	return Reply{
		Skills:          Rating{"backend services in Go", "seven years of Go", 5},
		Experience:      Rating{"backend services in Go", "Senior Backend Engineer, Northwind", 4},
		Domain:          Rating{"workloads on Kubernetes", "machines to Kubernetes", 4},
		Location:        Rating{"Location: Berlin", "Ada Quill, Berlin", 5},
		Other:           Rating{"event streams on Kafka", "Kafka streams", 3},
		Missing:         []string{"Rust", "Go", "Quantum computing"},
		Reasoning:       "Long Go practice on the same platform",
		Recommendations: []string{"Learn Rust to write the newer services."},
	}
}

var line = regexp.MustCompile(`(?m)^([PR]\d+): (.*)$`)

// Lines returns the lines of a prompt that begin with kind, "P" or "R", and their labels.
func Lines(prompt, kind string) (labels, lines []string) {
	for _, m := range line.FindAllStringSubmatch(prompt, -1) {
		if strings.HasPrefix(m[1], kind) {
			labels, lines = append(labels, m[1]), append(lines, m[2])
		}
	}
	return labels, lines
}

// In returns the reply in the form that the schema asks for, with the labels of a prompt's lines.
func (r Reply) In(prompt string) string {
	label := func(kind, words string) []string {
		labels, lines := Lines(prompt, kind)
		for i, l := range lines {
			if words != "" && strings.Contains(l, words) {
				return labels[i : i+1]
			}
		}
		return []string{}
	}
	rated := func(c Rating) any {
		return struct {
			Posting []string `json:"posting_lines"`
			Resume  []string `json:"resume_lines"`
			Rating  int      `json:"rating"`
		}{label("P", c.Posting), label("R", c.Resume), c.Rating}
	}
	text, _ := json.Marshal(struct {
		Skills          any      `json:"skills"`
		Experience      any      `json:"experience"`
		Domain          any      `json:"domain"`
		Location        any      `json:"location"`
		Other           any      `json:"other"`
		Missing         []string `json:"missing_skills"`
		Reasoning       string   `json:"reasoning"`
		Recommendations []string `json:"recommendations"`
	}{
		rated(r.Skills), rated(r.Experience), rated(r.Domain), rated(r.Location), rated(r.Other),
		append([]string{}, r.Missing...), cmp.Or(r.Reasoning, "As the texts show"),
		append([]string{}, r.Recommendations...),
	})
	return string(text)
}

// Number gives postings keys and firms of their own.
func Number(postings []enrich.Posting) []enrich.Posting {
	out := make([]enrich.Posting, len(postings))
	for i, p := range postings {
		p.Lead.Source, p.Lead.ExternalID = "board", fmt.Sprint(i+1)
		p.Lead.URL = fmt.Sprintf("https://board.example/%d", i+1)
		p.Lead.Title = cmp.Or(p.Lead.Title, "Job")
		// of one firm, texts that hardly differ would be one advert to a pipeline
		p.Lead.Company = fmt.Sprintf("Q%c%c Mills", 'a'+i/26, 'a'+i%26)
		out[i] = p
	}
	return out
}

// A board lists postings and gives their text.
type board []enrich.Posting

func (b board) Source() string { return "board" }

func (b board) Search(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		for _, p := range b {
			if !yield(p.Lead, nil) {
				return
			}
		}
	}
}

func (b board) Detail(_ context.Context, l lead.Lead) (enrich.Data, error) {
	for _, p := range b {
		if p.Lead.Key() == l.Key() {
			return p.Data, nil
		}
	}
	return enrich.Data{}, fmt.Errorf("no posting %s", l.Key())
}

// Pipeline finds these postings, and has s judge them against [Resume].
func Pipeline(tb testing.TB, postings []enrich.Posting, s forge.Scorer, st forge.Store) *forge.Pipeline {
	tb.Helper()
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{board(postings)}, Scorer: s, Store: st, Resume: Resume,
		Lease: 10 * time.Minute,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
