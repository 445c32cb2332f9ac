package scorer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/agent-forge/forge/enrich"
)

// A Cache keeps matches by key. It is safe for concurrent use. The shipped ones are scorer/lru, in memory, and
// scorer/sqlitecache, in a file; a cache keeps judgements, never a résumé or a posting's text.
type Cache interface {
	// Load returns the match that was kept under key; ok is false if there is none.
	Load(ctx context.Context, key string) (m enrich.Assessment, ok bool, err error)
	// Save keeps m under key, in place of what was there. It may drop old matches.
	Save(ctx context.Context, key string, m enrich.Assessment) error
}

// CachedOptions say how a [Cached] names its scorer and what it does about a cache that fails.
type CachedOptions struct {
	Identity string      // of the scorer, for one that is no [Identifier]. Change it when anything changes the answers
	OnError  func(error) // told what the cache failed at; the scorer is asked then, and nothing is lost. Default: not told
}

// A Cached scorer asks only for what it has not answered before. The key is a hash of the scorer's identity (model digest,
// prompt version, settings), the résumé and the posting, so that a change of any asks anew. Errors are never kept.
type Cached struct {
	scorer Scorer
	cache  Cache
	opts   CachedOptions
}

var (
	_ Scorer     = (*Cached)(nil)
	_ Identifier = (*Cached)(nil)
)

// NewCached returns s behind cache. Nil options are the defaults. It refuses, with a [*lead.FieldError], a scorer without an
// identity: answers of one model must not pass for another's. A [Fallback] has none; put the Cached inside it.
func NewCached(s Scorer, cache Cache, o *CachedOptions) (*Cached, error) {
	if s == nil {
		return nil, missing("scorer", "give the scorer whose answers are to be kept")
	}
	if cache == nil {
		return nil, missing("cache", "give one, such as lru.New(nil)")
	}
	c := &Cached{scorer: s, cache: cache}
	if o != nil {
		c.opts = *o
	}
	if c.opts.Identity == "" && !identifiable(s) {
		return nil, missing("CachedOptions.Identity", "the scorer has no Identity method, so name it, its model and its version here; a Fallback goes around a Cached, not into it")
	}
	return c, nil
}

// Score returns the match that was kept, or the scorer's own. It asks the scorer for its identity each time, so it fails with
// the scorer's error while the model's digest cannot be known.
func (c *Cached) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	id, err := c.Identity(ctx)
	if err != nil {
		return enrich.Assessment{}, fmt.Errorf("identify the scorer: %w", err)
	}
	key, err := cacheKey(id, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	m, ok, err := c.cache.Load(ctx, key)
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, fmt.Errorf("load a match: %w", ctx.Err())
	case err != nil:
		c.report(fmt.Errorf("load a match: %w", err))
	case ok && m.Validate() == nil:
		return clone(m), nil
	}
	m, err = c.scorer.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	if m.Validate() == nil { // what is not valid is the caller's to refuse, and nothing to keep
		if err := c.cache.Save(ctx, key, clone(m)); err != nil {
			c.report(fmt.Errorf("save a match: %w", err))
		}
	}
	return m, nil
}

// Identity is that of the options, or the scorer's.
func (c *Cached) Identity(ctx context.Context) (string, error) {
	if c.opts.Identity != "" {
		return c.opts.Identity, nil
	}
	id, ok := c.scorer.(Identifier)
	if !ok {
		return "", errNoIdentity
	}
	return id.Identity(ctx)
}

func (c *Cached) report(err error) {
	if c.opts.OnError != nil {
		c.opts.OnError(err)
	}
}

// cacheKey hashes all that an answer depends on. Each part is hashed by itself, so that no text can stand for two parts.
func cacheKey(id, resume string, p enrich.Posting) (string, error) {
	p.Lead.PostedAt = p.Lead.PostedAt.UTC().Truncate(time.Microsecond) // as stores keep it
	posting, err := json.Marshal(p)                                    // maps are written in key order
	if err != nil {
		return "", fmt.Errorf("scorer: hash the posting: %w", err)
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte("match/1"), []byte(id), []byte(resume), posting} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// clone keeps a caller's changes to a match's lists out of the cache.
func clone(m enrich.Assessment) enrich.Assessment {
	m.MissingSkills = slices.Clone(m.MissingSkills)
	m.SkillGapRecommendations = slices.Clone(m.SkillGapRecommendations)
	return m
}
