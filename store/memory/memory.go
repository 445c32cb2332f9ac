// Package memory keeps the catalogue in memory: the reference that every other store is compared with, and what examples
// and tests use. Nothing outlives the process, and nothing is ever written to a disk.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Options alter a DB. The zero value and nil are the defaults.
type Options struct {
	RecheckAfter time.Duration    // age at which text is old; 0: [store.RecheckAfter], 14 days
	Now          func() time.Time // the clock; nil: time.Now
}

// A DB is the catalogue of all users. It is safe for concurrent use.
type DB struct {
	recheckAfter time.Duration
	now          func() time.Time

	mu     sync.Mutex
	nextID int64
	byKey  map[lead.Key]*job
	byID   map[int64]*job
	users  map[string]map[int64]*entry // user → job id → the user's row
}

// A job is a row of `jobs`: what all users share.
type job struct {
	id            int64
	lead          lead.Lead
	data          *enrich.Data // nil: nobody brought text
	enrichedBy    string
	deepScrapedAt time.Time
	firstSeenAt   time.Time
	lastSeenAt    time.Time
	closedAt      time.Time // zero: not closed
}

// An entry is a row of `user_job_map`, with the user's row of `job_match_analysis`.
type entry struct {
	job          *job
	status       lead.Status
	due          bool // due_at is not NULL
	dueAt        time.Time
	leased       bool
	token        int64
	attempts     int
	lastError    string
	discoveredAt time.Time
	updatedAt    time.Time
	match        *enrich.Assessment // nil: not scored
}

// New returns an empty catalogue.
func New(o *Options) *DB {
	db := &DB{
		recheckAfter: store.RecheckAfter, now: time.Now,
		byKey: map[lead.Key]*job{}, byID: map[int64]*job{}, users: map[string]map[int64]*entry{},
	}
	if o != nil && o.RecheckAfter > 0 {
		db.recheckAfter = o.RecheckAfter
	}
	if o != nil && o.Now != nil {
		db.now = o.Now
	}
	return db
}

// ForUser returns one user's view. Every call of a view whose user is blank or over-long is store.ErrInvalid.
func (db *DB) ForUser(user string) *Store { return &Store{db: db, user: user} }

// A Store is one user's view of a [DB]. It is safe for concurrent use.
type Store struct {
	db   *DB
	user string
}

var (
	_ forge.Store    = (*Store)(nil)
	_ forge.Lister   = (*Store)(nil)
	_ forge.Reopener = (*Store)(nil)
	_ forge.Marker   = (*Store)(nil)
	_ forge.Counter  = (*Store)(nil)
)

// begin checks what every call needs, and locks the DB. now is the call's one moment.
func (s *Store) begin(ctx context.Context, op string) (now time.Time, err error) {
	if err := store.CheckUser(s.user); err != nil {
		return now, fmt.Errorf("memory: %s: %w", op, err)
	}
	if err := ctx.Err(); err != nil {
		return now, fmt.Errorf("memory: %s: %w", op, err)
	}
	now = s.db.now().UTC().Truncate(time.Microsecond)
	s.db.mu.Lock()
	return now, nil
}

// rows returns the user's rows; nil where there are none.
func (s *Store) rows() map[int64]*entry { return s.db.users[s.user] }

// row returns the user's row of a job, or store.ErrNotFound.
func (s *Store) row(id int64) (*entry, error) {
	e, ok := s.rows()[id]
	if !ok {
		return nil, store.ErrNotFound
	}
	return e, nil
}

// held returns the user's row of a job if the claim still holds it.
func (s *Store) held(l store.Lease) (*entry, error) {
	e, err := s.row(l.ID)
	if err != nil {
		return nil, err
	}
	if l.Token == 0 || !e.leased || e.token != l.Token {
		return nil, store.ErrLeaseLost
	}
	return e, nil
}

// decide ends whatever claim there is: the job is not due.
func (e *entry) decide() {
	e.leased, e.due, e.dueAt = false, false, time.Time{}
}

// duesAt makes the job due at t, under no lease.
func (e *entry) duesAt(t time.Time) {
	e.leased, e.due, e.dueAt = false, true, t
}

// Callers never share memory with the DB: what goes in and what comes out is copied.

func copyData(d *enrich.Data) *enrich.Data {
	if d == nil {
		return nil
	}
	c := *d
	if d.IsEasyApply != nil {
		easy := *d.IsEasyApply
		c.IsEasyApply = &easy
	}
	c.Attributes = maps.Clone(d.Attributes)
	return &c
}

func copyMatch(m *enrich.Assessment) *enrich.Assessment {
	if m == nil {
		return nil
	}
	c := *m
	c.MissingSkills = slices.Clone(m.MissingSkills)
	c.SkillGapRecommendations = slices.Clone(m.SkillGapRecommendations)
	return &c
}
