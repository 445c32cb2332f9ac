package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
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

// A program decides a job and writes a row of its own in one transaction: both are kept, or neither.
func ExampleStore_WithTx() {
	ctx := context.Background()
	pool, err := sql.Open("sqlite", "file::memory:?_busy_timeout=30000&_pragma=foreign_keys(1)")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1) // each connection to an in-memory database has tables of its own
	if _, err := pool.ExecContext(ctx, `CREATE TABLE letters (job_id INTEGER)`); err != nil {
		log.Fatal(err)
	}
	db, err := sqlite.New(pool, nil)
	if err != nil {
		log.Fatal(err)
	}
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
	decide := func(end func(tx *sql.Tx) error) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // does nothing after a commit
		err = ada.WithTx(tx).Decide(ctx, store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 80, By: "example/1"}, Status: lead.Matched,
			Data: &enrich.Data{Description: "Build tools in Go."},
		})
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO letters VALUES (?)`, refs[0].ID); err != nil {
			return err
		}
		return end(tx)
	}
	for _, end := range []func(tx *sql.Tx) error{(*sql.Tx).Rollback, (*sql.Tx).Commit} {
		if err := decide(end); err != nil {
			log.Fatal(err)
		}
		var letters int
		if err := pool.QueryRowContext(ctx, `SELECT count(*) FROM letters`).Scan(&letters); err != nil {
			log.Fatal(err)
		}
		stats, err := ada.Stats(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(letters, "letters,", stats.ByStatus[lead.Matched], "matches")
	}
	// Output:
	// 0 letters, 0 matches
	// 1 letters, 1 matches
}
