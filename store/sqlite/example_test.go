package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
)

// A path such as "forge.db" keeps the catalogue in a file; ":memory:" is a database that ends with
// Close.
func ExampleOpen() {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, ":memory:", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	ada := db.ForUser("ada")
	refs, err := ada.Sync(ctx, []lead.Lead{
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7"},
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7?again"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(refs), refs[0].Key, refs[0].State)
	jobs, err := ada.Claim(ctx, 10, time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(jobs), jobs[0].Lead.Title)
	// Output:
	// 1 example:7 NEW
	// 1 Go Engineer
}
