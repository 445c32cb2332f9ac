package server

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/agent-forge/forge/internal/pgdial"
	"github.com/agent-forge/forge/lead"
)

// counts are the numbers of jobs of all users by status. They are queried on a connection of their
// own, once in countEvery at most, so that reading the metrics often does not load the database.
type counts struct {
	db *sql.DB

	mu    sync.Mutex
	last  map[lead.Status]int
	err   error     // of the last query
	asked time.Time // when it ended
}

const (
	countEvery   = 10 * time.Second
	countTimeout = 5 * time.Second
)

// openCounts returns the counts of the database that o names.
func openCounts(o options) (*counts, error) {
	db, err := openToRead(o)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &counts{db: db}, nil
}

func openToRead(o options) (*sql.DB, error) {
	if o.dsn != "" {
		// pgx gives up a connection whose server says nothing. lib/pq, the store's driver, waits
		// for it.
		config, err := pgx.ParseConfig(o.dsn)
		if err != nil {
			return nil, errors.New("cannot be opened for counting") // err can hold a part of the DSN
		}
		config.DialFunc = pgdial.DialContext
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // poolers lose prepared statements
		return stdlib.OpenDB(*config), nil
	}
	path, err := filepath.Abs(o.db)
	if err != nil {
		return nil, err
	}
	dsn := &url.URL{
		Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path),
		RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(1000)", "query_only(1)"}}.Encode(),
	}
	return sql.Open("sqlite", dsn.String())
}

func (c *counts) close() error { return c.db.Close() }

// byStatus returns the counts, which are up to countEvery old, or why the last query failed.
func (c *counts) byStatus(ctx context.Context) (map[lead.Status]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.asked) < countEvery {
		return c.last, c.err
	}
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	c.last, c.err = c.query(ctx)
	c.asked = time.Now()
	return c.last, c.err
}

func (c *counts) query(ctx context.Context) (map[lead.Status]int, error) {
	rows, err := c.db.QueryContext(ctx,
		`SELECT application_status, count(*) FROM user_job_map GROUP BY application_status`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what matters
	counted := map[lead.Status]int{lead.Discovered: 0}
	for rows.Next() {
		var s lead.Status
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		counted[s] = n
	}
	return counted, rows.Err()
}
