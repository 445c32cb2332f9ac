// Package lru keeps a scorer's matches in memory, the least recently used ones dropped first. It is for one process's life:
// what must outlive it is scorer/sqlitecache's to keep.
package lru

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// DefaultMatches is how many matches a cache holds unless [Options] say otherwise.
const DefaultMatches = 10_000

// Options say how much is kept.
type Options struct {
	Matches int // at most. Default 10,000, which take about 10 MB
}

// A Cache keeps matches in memory. It is safe for concurrent use.
type Cache struct {
	matches *lru.Cache[string, enrich.Assessment]
}

var _ scorer.Cache = (*Cache)(nil)

// New returns an empty cache. Nil options are the defaults. A negative size is a [*lead.FieldError].
func New(o *Options) (*Cache, error) {
	size := DefaultMatches
	if o != nil && o.Matches != 0 {
		size = o.Matches
	}
	if size < 0 {
		return nil, fmt.Errorf("lru: %w", &lead.FieldError{Field: "Options.Matches", Problem: "negative; leave it 0 for 10,000"})
	}
	matches, err := lru.New[string, enrich.Assessment](size)
	if err != nil {
		return nil, fmt.Errorf("lru: %w", err)
	}
	return &Cache{matches: matches}, nil
}

// Load returns the match under key. It never fails.
func (c *Cache) Load(_ context.Context, key string) (enrich.Assessment, bool, error) {
	m, ok := c.matches.Get(key)
	return m, ok, nil
}

// Save keeps m under key. It never fails. The caller must not change m's lists afterwards; scorer.Cached does not.
func (c *Cache) Save(_ context.Context, key string, m enrich.Assessment) error {
	c.matches.Add(key, m)
	return nil
}

// Len returns how many matches are kept.
func (c *Cache) Len() int { return c.matches.Len() }
