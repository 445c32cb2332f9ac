package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/sqlite"
)

// A catalogue is the server's database.
type catalogue struct {
	what    string // describes it to a person, without a password
	forUser func(user string) forge.Store
	counts  *counts
	disk    *disk
	close   func() error
}

// openCatalogue opens the database that the command line names, and brings its tables up to date.
func openCatalogue(ctx context.Context, o options) (*catalogue, error) {
	if o.postgres.Given() {
		db, err := postgres.Open(ctx, o.dsn, &postgres.Options{Events: o.events > 0, KeepEvents: o.events})
		if err != nil {
			return nil, fmt.Errorf("-postgres: %w", err)
		}
		c := &catalogue{
			what:    "PostgreSQL",
			forUser: func(user string) forge.Store { return db.ForUser(user) },
			disk:    diskOf(""),
			close:   db.Close,
		}
		return c, c.prepare("-postgres", db.Migrate(ctx), o)
	}
	db, err := sqlite.Open(ctx, o.db, &sqlite.Options{Events: o.events > 0, KeepEvents: o.events})
	if err != nil {
		return nil, fmt.Errorf("-db: %w", err)
	}
	c := &catalogue{
		what:    "SQLite, " + db.Path(),
		forUser: func(user string) forge.Store { return db.ForUser(user) },
		disk:    diskOf(db.Path()),
		close:   db.Close,
	}
	return c, c.prepare("-db", db.Migrate(ctx), o)
}

// prepare opens the counts after a migration. If the migration or this fails, it closes the
// database.
func (c *catalogue) prepare(flag string, migrated error, o options) error {
	err := migrated
	if err == nil {
		c.counts, err = openCounts(o)
	}
	if err != nil {
		_ = c.close() // err says more
		return fmt.Errorf("%s: %w", flag, err)
	}
	closeStore := c.close
	c.close = func() error { return errors.Join(c.counts.close(), closeStore()) }
	return nil
}
