package forge_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/replay"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// The main job: a board, a scorer, a database and a résumé. Here saved pages stand for the board;
// linkedin.New(nil) asks the board itself.
func Example() {
	ctx := context.Background()
	saved, err := replay.Open(os.DirFS("testdata/pages"))
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	for range 2 {
		err = find(
			ctx, &linkedin.Options{Client: &http.Client{Transport: saved}}, filepath.Join(dir, "forge.db"),
			"Backend engineer. Seven years of Go, PostgreSQL and Docker; two of Kubernetes.",
		)
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// found 3, new 3, matched 1, rejected 2
	// MATCHED Go Backend Engineer, missing [Kafka]
	// found 3, new 0, matched 0, rejected 0
	// MATCHED Go Backend Engineer, missing [Kafka]
}

// find is the program that README.md shows; a test compares the two.
//
//nolint:errcheck // a README does not spell out the error of a Close
func find(ctx context.Context, options *linkedin.Options, path, resume string) error {
	pages, err := linkedin.New(options)
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	pipeline, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{pages},
		Scorer:   lexical.New(nil),
		Store:    db.ForUser("me"),
		Resume:   resume,
	})
	if err != nil {
		return err
	}
	report, err := pipeline.Run(ctx, lead.Query{Keywords: "golang", Location: "Berlin"})
	// What follows is not in the README.
	if err != nil {
		return err
	}
	fmt.Printf("found %d, new %d, matched %d, rejected %d\n", report.Found, report.New, report.Matched,
		report.Rejected)
	matches, _, err := db.ForUser("me").List(ctx, store.Filter{})
	for _, m := range matches {
		fmt.Printf("%s %s, missing %v\n", m.Status, m.Lead.Title, m.Assessment.MissingSkills)
	}
	return err
}
