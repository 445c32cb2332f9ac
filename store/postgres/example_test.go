package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
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

// A job is decided and the application's own row is written together: both are there, or neither is.
func ExampleStore_WithTx() {
	ctx := context.Background()
	pool, err := sql.Open("postgres", server.ExampleDSN()) // the application's own pool
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	db, err := postgres.New(pool, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	if _, err := pool.ExecContext(ctx, `CREATE TABLE reminders (job_id bigint, note text)`); err != nil {
		log.Fatal(err)
	}
	ada := db.ForUser("ada")
	refs, err := ada.Sync(ctx, []lead.Lead{
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7"},
	})
	if err != nil {
		log.Fatal(err)
	}

	remind := func(id int64, note string) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // does nothing after the commit
		decision := enrich.Decision{
			Assessment: enrich.Assessment{Score: 90, Reasoning: "Go, and remote.", By: "example"},
			Status:     lead.Matched, Data: &enrich.Data{Description: "We write Go."},
		}
		if err := ada.WithTx(tx).Decide(ctx, store.Lease{ID: id}, decision); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO reminders VALUES ($1, $2)`, id, note); err != nil {
			return err
		}
		return tx.Commit()
	}
	if err := remind(refs[0].ID, "Apply by Friday."); err != nil {
		log.Fatal(err)
	}
	stats, err := ada.Stats(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stats.ByStatus)
	// Output: map[MATCHED:1]
}
