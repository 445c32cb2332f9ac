package scorer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
)

// A Cache keeps assessments by key. It is safe for concurrent use. scorer/sqlitecache is one, in a
// file. A cache never keeps a résumé or a posting's text.
type Cache interface {
	// Load returns the assessment that was saved under key. If there is none, ok is false.
	Load(ctx context.Context, key string) (a enrich.Assessment, ok bool, err error)
	// Save keeps a under key, in place of what was there. It can drop old assessments.
	Save(ctx context.Context, key string, a enrich.Assessment) error
}

// defaultEntries is how many assessments a [Cached] keeps in memory, unless [CachedOptions] say
// otherwise.
const defaultEntries = 10_000

// CachedOptions say how a [Cached] names its scorer, what it keeps, and what it does about a cache
// that fails.
type CachedOptions struct {
	// Identity names a scorer that is no [Identifier]. It must change whenever the scorer's answers
	// can change. If it is empty, the scorer names itself.
	Identity string
	// Entries is the number of assessments that are kept in memory if no cache is given; the oldest
	// are dropped. If zero, 10,000 are kept, which take about 10 MB.
	Entries int
	// OnError is told what the cache failed at. The scorer is asked instead, and nothing is lost.
	// If nil, nothing is told.
	OnError func(error)
}

// A Cached scorer asks only for what it has not answered before. The key is a hash of the scorer's
// identity (model digest, prompt version, settings), the résumé and the posting, so that a change
// of any of them asks anew. Errors are never kept.
type Cached struct {
	scorer Scorer
	names  Identifier // nil: Identity is in the options
	cache  Cache
	opts   CachedOptions
	resume func(given string) [sha256.Size]byte
}

// NewCached returns s behind cache. If cache is nil, the assessments are kept in memory. The
// options can be nil. The error is a [*lead.FieldError]. A scorer without an identity is refused,
// because answers of one model must not pass for another's. A [Fallback] has none; put the Cached
// inside it.
func NewCached(s Scorer, cache Cache, o *CachedOptions) (*Cached, error) {
	if s == nil {
		return nil, missing("scorer", "give the scorer whose answers are to be kept")
	}
	c := &Cached{scorer: s, cache: cache}
	if o != nil {
		c.opts = *o
	}
	c.opts.Entries = cmp.Or(c.opts.Entries, defaultEntries)
	if c.opts.Entries < 0 {
		return nil, outOfRange("CachedOptions.Entries", "more than 0, or 0 for 10,000")
	}
	if c.opts.Identity == "" {
		if !identifiable(s) {
			return nil, missing("CachedOptions.Identity", "the scorer has no Identity method, so name it, "+
				"its model and its version here; a Fallback goes around a Cached, not into it")
		}
		c.names, _ = s.(Identifier)
	}
	if cache == nil {
		c.cache = &memory{limit: c.opts.Entries, entries: make(map[string]enrich.Assessment)}
	}
	c.resume = func(given string) [sha256.Size]byte { return sha256.Sum256([]byte(given)) }
	return c, nil
}

// Score returns the assessment that was kept, or the scorer's own. It asks the scorer for its
// identity each time, so it fails with the scorer's error while the model's digest cannot be known.
func (c *Cached) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	key, err := c.key(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	a, ok, err := c.cache.Load(ctx, key)
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, fmt.Errorf("load an assessment: %w", ctx.Err())
	case err != nil:
		c.report(fmt.Errorf("load an assessment: %w", err))
	case ok && a.Validate() == nil:
		return clone(a), nil
	}
	a, err = c.scorer.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	if a.Validate() == nil { // the caller refuses what is not valid
		if err := c.cache.Save(ctx, key, clone(a)); err != nil {
			c.report(fmt.Errorf("save an assessment: %w", err))
		}
	}
	return a, nil
}

// ForResume binds the scorer, and hashes the résumé once.
func (c *Cached) ForResume(resume string) (Scorer, error) {
	bound, err := Bind(c.scorer, resume)
	if err != nil {
		return nil, err
	}
	b, sum := *c, sha256.Sum256([]byte(resume))
	b.scorer, b.resume = bound, func(string) [sha256.Size]byte { return sum }
	return &b, nil
}

// Identity is that of the options, or the scorer's.
func (c *Cached) Identity(ctx context.Context) (string, error) {
	if c.names == nil {
		return c.opts.Identity, nil
	}
	return c.names.Identity(ctx)
}

func (c *Cached) report(err error) {
	if c.opts.OnError != nil {
		c.opts.OnError(err)
	}
}

// key hashes all that an answer depends on. Each part is hashed by itself, so that no text can
// stand for two parts.
func (c *Cached) key(ctx context.Context, resume string, p enrich.Posting) (string, error) {
	id, err := c.Identity(ctx)
	if err != nil {
		return "", fmt.Errorf("identify the scorer: %w", err)
	}
	p.Lead.PostedAt = p.Lead.PostedAt.UTC().Truncate(time.Microsecond) // as stores keep it
	posting, err := json.Marshal(p)                                    // maps are written in key order
	if err != nil {
		return "", fmt.Errorf("scorer: hash the posting: %w", err)
	}
	h := sha256.New()
	for _, part := range [][sha256.Size]byte{
		sha256.Sum256([]byte("match/1")), sha256.Sum256([]byte(id)), c.resume(resume), sha256.Sum256(posting),
	} {
		h.Write(part[:])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// clone keeps a caller's changes to an assessment's lists out of the cache.
func clone(a enrich.Assessment) enrich.Assessment {
	a.MissingSkills = slices.Clone(a.MissingSkills)
	a.SkillGapRecommendations = slices.Clone(a.SkillGapRecommendations)
	return a
}

// memory is a [Cache] of the last limit keys.
type memory struct {
	limit int

	mu      sync.Mutex
	entries map[string]enrich.Assessment
	keys    []string // a ring, once it is full
	oldest  int
}

func (m *memory) Load(_ context.Context, key string) (enrich.Assessment, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.entries[key]
	return a, ok, nil
}

func (m *memory) Save(_ context.Context, key string, a enrich.Assessment) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[key]; !ok {
		if len(m.keys) < m.limit {
			m.keys = append(m.keys, key)
		} else {
			delete(m.entries, m.keys[m.oldest])
			m.keys[m.oldest] = key
			m.oldest = (m.oldest + 1) % m.limit
		}
	}
	m.entries[key] = a
	return nil
}
