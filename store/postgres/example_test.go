package postgres_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

// The program of each user names the user once; what it does then reaches no other user's jobs.
func ExampleOpen() {
	ctx := context.Background()
	db, err := postgres.Open(ctx, server.ExampleDSN(), nil)
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
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(refs[0].Key, refs[0].State)
	jobs, err := ada.Claim(ctx, 1, time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(jobs[0].Lead.Title)
	// Output:
	// example:7 NEW
	// Go Engineer
}
