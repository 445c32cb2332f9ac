package forge_test

import (
	"context"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

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
	fmt.Printf("found %d, new %d, matched %d, rejected %d\n", report.Found, report.New, report.Matched,
		report.Rejected)
	if err != nil {
		return err
	}
	matches, _, err := db.ForUser("me").List(ctx, store.Filter{})
	for _, m := range matches {
		fmt.Printf("%s %s, missing %v\n", m.Status, m.Lead.Title, m.Assessment.MissingSkills)
	}
	return err
}
