// Embedded is a program with a database of its own. It finds jobs, decides them, writes a row of its
// own in the transaction of each decision, and posts a webhook for each. Kill it, and start it again.
package main

import (
	"context"
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scraper/jsonld"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

// An app is a user's store of forge whose decisions write a row of the program's, too.
type app struct {
	*postgres.Store
	db *sql.DB
}

// Decide commits the decision and the row together. A repeat of the same claim adds nothing.
func (a app) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if err := a.WithTx(tx).Decide(ctx, l, d); err != nil {
		return err
	}
	const row = `INSERT INTO app.decisions VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	if _, err := tx.ExecContext(ctx, row, l.ID, l.Token, d.Status, d.Assessment.Score); err != nil {
		return err
	}
	return tx.Commit()
}

// tell posts each decision, in the order of the commits. The cursor is stored after the answer, so that
// a request can come twice, with the same id.
func (a app) tell(ctx context.Context, after int64, url, secret string) error {
	for c, err := range a.Changes(ctx, after, store.ChangeMatched, store.ChangeRejected) {
		if err == nil {
			err = post(ctx, url, secret, c)
		}
		if err == nil {
			_, err = a.db.ExecContext(ctx, `UPDATE app.told SET change_id = $1`, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func main() { // whoever starts it starts it again after an error
	ctx := context.Background()
	a := app{db: stdlib.OpenDBFromPool(must(pgxpool.New(ctx, os.Getenv("DATABASE_URL"))))}
	must(migrate(ctx, a.db))
	a.Store = must(postgres.New(a.db, &postgres.Options{Schema: "app", Events: true})).ForUser("ada")
	// The site is our own. For others, leave out Client: the default is polite.
	site := must(jsonld.New(&jsonld.Options{Pages: []string{os.Getenv("BOARD")}, Client: http.DefaultClient}))
	finds := must(forge.New(forge.Config{
		Scrapers: []forge.Scraper{site}, Scorer: lexical.New(nil), Store: a, Resume: os.Getenv("RESUME"),
		Lease: 2 * time.Second, // so long the jobs of a killed process wait
	}))
	go func() { log.Fatal(a.tell(ctx, must(cursor(ctx, a.db)), os.Getenv("HOOK"), os.Getenv("SECRET"))) }()
	for ; ; time.Sleep(100 * time.Millisecond) { // an hour, on a site that is not a test's
		must(finds.Run(ctx, lead.Query{}))
	}
}
