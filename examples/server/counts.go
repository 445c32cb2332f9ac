package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
)

// counts are the numbers of jobs of all users by status. They are queried on a connection of their
// own, once in countEvery at most, so that reading the metrics often does not load the database.
type counts struct {
	db *sql.DB

	mu     sync.Mutex
	last   map[lead.Status]int
	counts time.Time // when last was counted
}

const (
	countEvery   = 10 * time.Second
	countTimeout = 5 * time.Second
)

// openCounts returns the counts of the database that o names. The store packages register its driver.
func openCounts(o options) (*counts, error) {
	driver, dsn := "postgres", o.dsn
	if dsn == "" {
		path, err := filepath.Abs(o.db)
		if err != nil {
			return nil, err
		}
		driver = "sqlite"
		dsn = (&url.URL{
			Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path),
			RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(1000)", "query_only(1)"}}.Encode(),
		}).String()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, errors.New(
			"cannot be opened for counting",
		) // err may hold the DSN, and the DSN a password
	}
	db.SetMaxOpenConns(1)
	return &counts{db: db}, nil
}

func (c *counts) close() error { return c.db.Close() }

// byStatus returns the counts, which are up to countEvery old.
func (c *counts) byStatus(ctx context.Context) (map[lead.Status]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.counts) < countEvery {
		return c.last, nil
	}
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
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
	if err := rows.Err(); err != nil {
		return nil, err
	}
	c.last, c.counts = counted, time.Now()
	return counted, nil
}
