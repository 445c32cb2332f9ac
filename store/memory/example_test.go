package memory_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// One job from its sighting to its decision. A clock that the test moves stands for the time that
// passes.
func ExampleNew() {
	ctx, now := context.Background(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ada := memory.New(&memory.Options{Now: func() time.Time { return now }}).ForUser("ada")

	if _, err := ada.Sync(ctx, []lead.Lead{
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7"},
	}); err != nil {
		log.Fatal(err)
	}
	dead, err := ada.Claim(ctx, 1, time.Minute) // by a worker that dies
	if err != nil {
		log.Fatal(err)
	}
	now = now.Add(time.Minute)
	jobs, err := ada.Claim(ctx, 1, time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	match := enrich.Decision{
		Assessment: enrich.Assessment{Score: 85, Reasoning: "Fits.", By: "example"}, Status: lead.Matched,
		Data: &enrich.Data{Description: "Write Go."},
	}
	fmt.Println("late:", errors.Is(ada.Decide(ctx, dead[0].Lease, match), store.ErrLeaseLost))
	fmt.Println("in time:", ada.Decide(ctx, jobs[0].Lease, match))
	entries, _, err := ada.List(ctx, store.Filter{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entries[0].Assessment.Score, entries[0].Lead.Title)
	// Output:
	// late: true
	// in time: <nil>
	// 85 Go Engineer
}
