// Package sqlitecache keeps a scorer's assessments in a SQLite file, so that a model is not asked
// twice across runs. It keeps no résumé and no posting's text, and has nothing to do with the
// catalogue: the file can be deleted at any time, and the model is asked again.
package sqlitecache

import (
	"cmp"
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
)

// defaultEntries is how many assessments a file holds, unless [Options] say otherwise.
const defaultEntries = 100_000

const busyTimeout = 10 * time.Second // while other processes write to the file

// Options say how much is kept.
type Options struct {
	// Entries is the number of assessments that are kept; the oldest are dropped. If zero, 100,000
	// are kept, which take about 100 MB.
	Entries int
}

// A Cache is a scorer.Cache in a file. It is safe for concurrent use, and several processes can
// share a file.
type Cache struct {
	db      *sql.DB
	entries int
}

// Open opens the file at path, or creates it, readable by its owner only. The options can be nil.
// The caller closes the cache.
func Open(ctx context.Context, path string, o *Options) (*Cache, error) {
	c := &Cache{entries: defaultEntries}
	if o != nil {
		c.entries = cmp.Or(o.Entries, defaultEntries)
	}
	switch {
	case path == "":
		return nil, fmt.Errorf("sqlitecache: %w",
			&lead.FieldError{Field: "path", Problem: "missing: name a file"})
	case c.entries < 0:
		return nil, fmt.Errorf("sqlitecache: %w",
			&lead.FieldError{Field: "Options.Entries", Problem: "negative; leave it 0 for 100,000"})
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
		"_pragma":       {"journal_mode(WAL)", "synchronous(NORMAL)"}, // what is lost is asked again
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	if c.db, err = sql.Open("sqlite", name.String()); err != nil {
		return err
	}
	// The table's name carries the format: another format is another table, and an old one is left
	// to old versions.
	_, err = c.db.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS match_cache_1 (
			n           INTEGER PRIMARY KEY AUTOINCREMENT,
			key         TEXT NOT NULL UNIQUE,
			match_json  TEXT NOT NULL
		) STRICT`)
	return err
}

// Load returns the assessment under key. A row that cannot be read is an error, and the next Save
// replaces it.
func (c *Cache) Load(ctx context.Context, key string) (enrich.Assessment, bool, error) {
	var text string
	err := c.db.QueryRowContext(ctx, `SELECT match_json FROM match_cache_1 WHERE key = ?`, key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return enrich.Assessment{}, false, nil
	}
	if err != nil {
		return enrich.Assessment{}, false, fmt.Errorf("sqlitecache: load: %w", err)
	}
	var a enrich.Assessment
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return enrich.Assessment{}, false, fmt.Errorf("sqlitecache: load: row not readable: %w", err)
	}
	return a, true, nil
}

// Save keeps a under key, and drops the oldest assessments beyond Options.Entries.
func (c *Cache) Save(ctx context.Context, key string, a enrich.Assessment) error {
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	// REPLACE gives the row a new number, so that numbers are ages.
	result, err := c.db.ExecContext(ctx,
		`INSERT OR REPLACE INTO match_cache_1 (key, match_json) VALUES (?, ?)`, key, string(text))
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	last, err := result.LastInsertId()
	if err != nil {
		return fmt.Errorf("sqlitecache: save: %w", err)
	}
	_, err = c.db.ExecContext(ctx, `DELETE FROM match_cache_1 WHERE n <= ?`, last-int64(c.entries))
	if err != nil {
		return fmt.Errorf("sqlitecache: drop old assessments: %w", err)
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
