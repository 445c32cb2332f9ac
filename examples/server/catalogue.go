package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/sqlite"
)

// A catalogue is the database that the server keeps.
type catalogue struct {
	what    string // for a person; never a password
	forUser func(user string) forge.Store
	counts  *counts
	close   func() error
}

// openCatalogue opens the database that the command line names, and brings its tables up to date.
func openCatalogue(ctx context.Context, o options) (*catalogue, error) {
	if o.postgres != "" {
		db, err := postgres.Open(ctx, o.postgres, nil)
		if err != nil {
			return nil, fmt.Errorf("-postgres: %w", err)
		}
		c := &catalogue{
			what: "PostgreSQL", forUser: func(user string) forge.Store { return db.ForUser(user) },
			close: db.Close,
		}
		return c, c.ready("-postgres", db.Migrate(ctx), o)
	}
	db, err := sqlite.Open(ctx, o.db, nil)
	if err != nil {
		return nil, fmt.Errorf("-db: %w", err)
	}
	c := &catalogue{
		what: "SQLite, " + db.Path(), forUser: func(user string) forge.Store { return db.ForUser(user) },
		close: db.Close,
	}
	return c, c.ready("-db", db.Migrate(ctx), o)
}

// ready opens what counts the jobs, once the tables are made. A failure closes the database again.
func (c *catalogue) ready(flag string, err error, o options) error {
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
