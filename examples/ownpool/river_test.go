package ownpool_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// TellArgs are the arguments of a job of River's that tells the user of a match.
type TellArgs struct {
	JobID int64 `json:"job_id"`
}

// Kind implements river.JobArgs.
func (TellArgs) Kind() string { return "tell" }

// The decision and the job of the queue are committed together: nobody is told of a match that is not
// there, and no match is forgotten.
func Example() {
	ctx := context.Background()
	pool, err := sql.Open("pgx", server.ExampleDSN())
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	db, err := postgres.New(pool, &postgres.Options{Schema: "forge"})
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	queue, err := newQueue(ctx, pool)
	if err != nil {
		log.Fatal(err)
	}
	ada := db.ForUser("ada")
	refs, err := ada.Sync(ctx, []lead.Lead{
		{Source: "example", ExternalID: "7", Title: "Go Engineer", URL: "https://jobs.example.com/7"},
	})
	if err != nil {
		log.Fatal(err)
	}

	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	err = ada.WithTx(tx).Decide(ctx, store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{Score: 90, Reasoning: "Go, and remote.", By: "example"},
		Status:     lead.Matched, Data: &enrich.Data{Description: "We write Go."},
	})
	if err != nil {
		log.Fatal(err)
	}
	told, err := queue.InsertTx(ctx, tx, TellArgs{JobID: refs[0].ID}, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(told.Job.Kind, told.Job.State)
	// Output: tell available
}

// newQueue makes River's tables and a client that inserts jobs.
func newQueue(ctx context.Context, pool *sql.DB) (*river.Client[*sql.Tx], error) {
	driver := riverdatabasesql.New(pool)
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	return river.NewClient(driver, &river.Config{})
}
