package ats

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/lead"
)

// A cache holds the texts of one provider's lists, in a bounded number of bytes. What Detail has
// used makes room first.
type cache struct {
	mu   sync.Mutex
	room int64  // bytes that are left
	used []*job // whose texts Detail has returned, the oldest first
}

func newCache(size int64) *cache { return &cache{room: size} }

// A shelf is what is known of the list of one board. The cache's mutex guards it.
type shelf struct {
	board Board
	// reading is a semaphore, held while the list is requested, so that it is requested once.
	reading chan struct{}

	readAt         time.Time // when the list was last read, or was known to be unchanged; zero: never
	etag, modified string    // its validators
	asked          int       // which of the provider's requests was answered
	name           string    // of the company
	jobs           []*job    // that it lists
	byKey          map[string]*job
	whole          bool // every job has its text, if the list had one
	complete       bool // the list has all jobs of the company
	listed         []lead.Listed
}

func newShelf(b Board) *shelf { return &shelf{board: b, reading: make(chan struct{}, 1)} }

// lock acquires the right to request the list.
func (sh *shelf) lock(ctx context.Context) error {
	select {
	case sh.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (sh *shelf) unlock() { <-sh.reading }

// admit makes room for a job's text, and reports whether there is enough.
func (c *cache) admit(j *job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := j.size()
	for size > c.room && len(c.used) > 0 {
		c.drop(c.used[0])
		c.used = c.used[1:]
	}
	if size > c.room {
		return false
	}
	c.room -= size
	j.kept = true
	return true
}

// drop forgets a job's text. The mutex is held.
func (c *cache) drop(j *job) {
	if j.kept {
		c.room += j.size()
		j.text, j.requirements, j.kept, j.lost = "", "", false, j.size() > 0
	}
}

// clear forgets the texts of a shelf, before its list is read anew.
func (c *cache) clear(sh *shelf) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, j := range sh.jobs {
		c.drop(j)
	}
	c.used = slices.DeleteFunc(c.used, func(j *job) bool { return !j.kept })
	sh.jobs, sh.byKey, sh.whole, sh.readAt, sh.etag, sh.modified = nil, nil, false, time.Time{}, "", ""
	sh.complete, sh.listed = false, nil
}

// put keeps a list that was read.
func (c *cache) put(sh *shelf, l *list, etag, modified string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used = slices.DeleteFunc(c.used, func(j *job) bool { return !j.kept })
	sh.jobs, sh.byKey, sh.whole, sh.name = l.jobs, l.byKey, !l.dropped && !l.partial, l.name
	if sh.name == "" && len(l.jobs) > 0 {
		sh.name = l.jobs[0].company
	}
	sh.etag, sh.modified, sh.readAt = etag, modified, now
	if sh.complete = !l.partial && l.complete(); sh.complete {
		sh.listed = l.listed()
	}
}

// list returns the list of a shelf, and whether it is complete.
func (c *cache) list(sh *shelf, now time.Time) (l lead.List, complete bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return lead.List{Jobs: sh.listed, Age: max(0, now.Sub(sh.readAt))}, sh.complete
}

// replay calls each for the jobs of a list that is kept whole, and reports whether it is.
func (c *cache) replay(sh *shelf, each func(*job)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.complete(sh) {
		return false
	}
	for _, j := range sh.jobs {
		each(j)
	}
	return true
}

// complete reports whether a list is kept whole. The mutex is held.
func (c *cache) complete(sh *shelf) bool {
	if sh.readAt.IsZero() || !sh.whole {
		return false
	}
	for _, j := range sh.jobs {
		if j.lost {
			return false
		}
	}
	return true
}

// validators returns what an unchanged list can be asked with; empty if the list is not kept whole,
// so that it has to be read again.
func (c *cache) validators(sh *shelf) (etag, modified string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.complete(sh) {
		return "", ""
	}
	return sh.etag, sh.modified
}

// since reports whether the list was read, or was known to be unchanged, after t.
func (c *cache) since(sh *shelf, t time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sh.readAt.After(t)
}

// touch notes that the list has not changed.
func (c *cache) touch(sh *shelf, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sh.readAt = now
}

// text returns what is kept of a job: its text, and its facts. ok is false if there is no text.
func (c *cache) text(sh *shelf, key string) (d enrich.Data, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := sh.byKey[key]
	if j == nil {
		return enrich.Data{}, false
	}
	d = j.data()
	if facts.CheckText(d.Description) != nil {
		return d, false
	}
	if !j.taken {
		j.taken = true
		c.used = append(c.used, j)
	}
	return d, true
}

// lists reports whether a list that was read has the job.
func (c *cache) lists(sh *shelf, key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sh.byKey[key] != nil
}

// nameOf returns the company's name, as its last list said it.
func (c *cache) nameOf(sh *shelf) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sh.name
}
