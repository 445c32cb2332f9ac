package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/agent-forge/forge/lead"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrateFleet makes the tables of searches and paces.
func migrateFleet(ctx context.Context, db *sqlx.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	versions, err := database.NewStore(database.DialectPostgres, "fleet_version")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db.DB, files, goose.WithStore(versions))
	if err != nil {
		return fmt.Errorf("fleet: migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("fleet: migrate: %w", err)
	}
	return nil
}

// A search is what one user looks for on one board, again and again.
type search struct {
	ID       int64  `db:"id"`
	User     string `db:"user_id"`
	Board    string `db:"board"`
	Keywords string `db:"keywords"`
	Location string `db:"location"`
	Remote   bool   `db:"remote"`
	Most     int    `db:"most"`
	Every    int    `db:"every_seconds"`
}

func (s search) query() lead.Query {
	return lead.Query{Keywords: s.Keywords, Location: s.Location, Remote: s.Remote, Limit: s.Most}
}

func (s search) every() time.Duration { return time.Duration(s.Every) * time.Second }

// addSearch stores a search; one that is stored already gets the new schedule and limit.
func addSearch(ctx context.Context, db *sqlx.DB, s search) (int64, error) {
	var id int64
	err := db.GetContext(ctx, &id, `
INSERT INTO fleet_searches (user_id, board, keywords, location, remote, most, every_seconds)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (user_id, board, keywords, location, remote)
DO UPDATE SET most = excluded.most, every_seconds = excluded.every_seconds
RETURNING id`, s.User, s.Board, s.Keywords, s.Location, s.Remote, s.Most, s.Every)
	if err != nil {
		return 0, fmt.Errorf("fleet: add search: %w", err)
	}
	return id, nil
}

func listSearches(ctx context.Context, db *sqlx.DB) ([]search, error) {
	var list []search
	err := db.SelectContext(ctx, &list, `
SELECT id, user_id, board, keywords, location, remote, most, every_seconds FROM fleet_searches ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("fleet: list searches: %w", err)
	}
	return list, nil
}

// findSearch reports false for a search that was deleted since its job was made.
func findSearch(ctx context.Context, db *sqlx.DB, id int64) (search, bool, error) {
	var found []search
	err := db.SelectContext(ctx, &found, `
SELECT id, user_id, board, keywords, location, remote, most, every_seconds
FROM fleet_searches WHERE id = $1`, id)
	if err != nil || len(found) == 0 {
		return search{}, false, err
	}
	return found[0], true, nil
}

// dueUsers lists the users who have jobs that are due and that nobody holds.
func dueUsers(ctx context.Context, db *sqlx.DB) ([]string, error) {
	var users []string
	err := db.SelectContext(ctx, &users,
		`SELECT DISTINCT user_id FROM user_job_map WHERE due_at <= now() ORDER BY user_id`)
	if err != nil {
		return nil, fmt.Errorf("fleet: find due work: %w", err)
	}
	return users, nil
}
