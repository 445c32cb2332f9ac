// Package sqlitecache keeps a scorer's matches in a SQLite file, so that a model is not asked twice across runs. It keeps
// judgements only, never a résumé or a posting's text, and has nothing to do with the catalogue: it may be deleted at any
// time, and costs model calls only.
package sqlitecache

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// DefaultMatches is how many matches a file holds unless [Options] say otherwise.
const DefaultMatches = 100_000

const busyTimeout = 10 * time.Second // for other processes that write to the file

// Options say how much is kept.
type Options struct {
	Matches int // at most, the oldest are dropped. Default 100,000, which take about 100 MB
}

// A Cache keeps matches in a file. It is safe for concurrent use, and several processes may share a file.
type Cache struct {
	db      *sql.DB
	matches int
}

var _ scorer.Cache = (*Cache)(nil)

// Open opens the file at path, or creates it, readable by its owner only. Nil options are the defaults. Whoever opens it
// closes it.
func Open(ctx context.Context, path string, o *Options) (*Cache, error) {
	c := &Cache{matches: DefaultMatches}
	if o != nil && o.Matches != 0 {
		c.matches = o.Matches
	}
	switch {
	case path == "":
		return nil, fmt.Errorf("sqlitecache: %w", &lead.FieldError{Field: "path", Problem: "missing: name a file"})
	case c.matches < 0:
		return nil, fmt.Errorf("sqlitecache: %w", &lead.FieldError{Field: "Options.Matches", Problem: "negative; leave it 0 for 100,000"})
	}
	if err := c.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlitecache: open %s: %w", path, err), c.Close())
	}
	return c, nil
}

func (c *Cache) open(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would let everyone read it
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	options := url.Values{
		"_txlock":       {"immediate"},
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_pragma":       {"journal_mode(WAL)", "synchronous(NORMAL)"}, // a match that a power cut loses is asked for again
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	if c.db, err = sql.Open("sqlite", name.String()); err != nil {
		return err
	}
	// The table's name carries the format: another format is another table, and an old one is left to old versions.
	_, err = c.db.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS match_cache_1 (
			n           INTEGER PRIMARY KEY AUTOINCREMENT,
			key         TEXT NOT NULL UNIQUE,
			match_json  TEXT NOT NULL
		) STRICT`)
	return err
}

// Load returns the match under key. A row that cannot be read is an error, and the next Save replaces it.
func (c *Cache) Load(ctx context.Context, key string) (enrich.Assessment, bool, error) {
	var text string
	err := c.db.QueryRowContext(ctx, `SELECT match_json FROM match_cache_1 WHERE key = ?`, key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return enrich.Assessment{}, false, nil
	}
	if err != nil {
		return enrich.Assessment{}, false, fmt.Errorf("sqlitecache: load: %w", err)
	}
	var m enrich.Assessment
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return enrich.Assessment{}, false, fmt.Errorf("sqlitecache: load: row not readable: %w", err)
	}
	return m, true, nil
}

// Save keeps m under key, and drops the oldest matches beyond what [Options] allow.
func (c *Cache) Save(ctx context.Context, key string, m enrich.Assessment) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	// REPLACE gives the row a new number, so that numbers are ages.
	result, err := c.db.ExecContext(ctx, `INSERT OR REPLACE INTO match_cache_1 (key, match_json) VALUES (?, ?)`, key, string(text))
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	last, err := result.LastInsertId()
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	if _, err := c.db.ExecContext(ctx, `DELETE FROM match_cache_1 WHERE n <= ?`, last-int64(c.matches)); err != nil {
		return fmt.Errorf("sqlitecache: drop old matches: %w", err)
	}
	return nil
}

// Close closes the file. Calls under way fail.
func (c *Cache) Close() error {
	if c.db == nil {
		return nil
	}
	return c.db.Close()
}
