// Customadapter runs the pipeline with a custom board, scorer and store, which are in board.go,
// scorer.go and store.go.
//
//	go run ./examples/customadapter
package main

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/store"
)

const resume = "Baker for nine years: sourdough, croissants, cakes. " +
	"Ran a bakery of six, shifts and hygiene plan included."

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	board := httptest.NewServer(guildAPI())
	defer board.Close()
	client, err := polite.NewClient(&polite.Options{AllowLoopback: true, Interval: time.Millisecond})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	jobs := &file{path: filepath.Join(dir, "jobs.json"), now: time.Now, recheck: store.RecheckAfter}
	mine := jobs.forUser("me")
	pipeline, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{guild{client: client, url: board.URL}},
		Scorer:   forge.ScorerFunc(byWords), Store: mine, Resume: resume,
	})
	if err != nil {
		return err
	}
	report, err := pipeline.Run(ctx, lead.Query{Keywords: "bakery"})
	if err != nil {
		return err
	}
	fmt.Printf("%d found, %d matched, %d rejected\n", report.Found, report.Matched, report.Rejected)
	entries, _, err := mine.List(ctx, store.Filter{})
	for _, e := range entries {
		fmt.Printf("%3d  %s, %s: %s\n", e.Assessment.Score, e.Lead.Title, e.Lead.Company,
			e.Assessment.Reasoning)
	}
	return err
}
