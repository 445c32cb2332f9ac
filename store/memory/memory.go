// Package memory keeps the catalogue in memory. It is the reference that every other store is
// compared with, and what examples and tests use. Nothing outlives the process, and nothing is
// written to a disk.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Options change the defaults of a [DB].
type Options struct {
	// RecheckAfter is the age at which stored text is stale. A match with stale text is due again
	// when a board lists it again, and the text is fetched again for the next user who claims the
	// job. A closed job that is listed again is due after the same time. If zero,
	// store.RecheckAfter is used, 14 days.
	RecheckAfter time.Duration
	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
	// Events records what happens, for Changes. If false, nothing is recorded, and Changes fails with
	// errors.ErrUnsupported.
	Events bool
	// KeepEvents is how long changes are kept. If zero, store.KeepChanges is used, 30 days.
	KeepEvents time.Duration
}

// A DB is the catalogue of all users. It is safe for concurrent use.
type DB struct {
	recheckAfter time.Duration
	now          func() time.Time
	err          error // what is wrong with the Options

	mu     sync.Mutex
	nextID int64
	byKey  map[lead.Key]*job
	users  map[string]map[int64]*entry // by user and job
	heads  map[twinKey][]*entry        // in the order of their ids
	lists  map[listKey]*list

	events     bool
	keepEvents time.Duration
	changes    []change // in the order of their ids
	lastChange int64
	pruned     map[prunedKey]int64
	bell       driver.Bell
}

// A job is a row of the table jobs: what all users share.
type job struct {
	id            int64
	lead          lead.Lead
	data          *enrich.Data // nil if nobody brought text
	deepScrapedAt time.Time
	closedAt      time.Time // zero if the job is not closed

	// Who said what, by user. Nobody can change another's view alone.
	listedBy  string   // gave the title and the company
	other     headline // what another user saw once instead, zero if nothing else
	scrapedBy string   // brought the text
	closedBy  string   // alone saw that the job is closed; empty beside closedAt if two users did
}

// A headline is what a later sighting can correct.
type headline struct{ title, company string }

// An entry is a row of user_job_map, with the user's row of job_match_analysis.
type entry struct {
	job        *job
	status     lead.Status
	due        bool // due_at is not NULL
	dueAt      time.Time
	leased     bool
	token      int64
	attempts   int
	cause      string // of the last release
	updatedAt  time.Time
	assessment *enrich.Assessment // nil if the job is not scored
	rejected   bool               // what the gate made of the assessment, whatever the status is now
	sketch     enrich.Sketch      // nil if the decision brought none
	label      *label             // nil if no audit drew the job
	extra      map[string]string  // JSON by key
	basis      enrich.Basis
	keep       bool // the user said to keep the job whatever it scores

	decidedAt    time.Time
	markedFrom   lead.Status // of the pipeline, while the status is the application's
	reopenedFrom lead.Status // what Restore restores, empty if nothing was reopened

	text text
}

// New returns an empty catalogue. If o is nil, the defaults are used. If an option is out of range,
// every call of every store of the catalogue fails with store.ErrInvalid and the name of the
// option.
func New(o *Options) *DB {
	if o == nil {
		o = &Options{}
	}
	db := &DB{
		recheckAfter: cmp.Or(o.RecheckAfter, store.RecheckAfter), now: o.Now,
		byKey: make(map[lead.Key]*job), users: make(map[string]map[int64]*entry),
		heads:  make(map[twinKey][]*entry),
		lists:  make(map[listKey]*list),
		events: o.Events, keepEvents: cmp.Or(o.KeepEvents, store.KeepChanges), pruned: map[prunedKey]int64{},
	}
	for _, option := range []struct {
		name  string
		value time.Duration
		days  string
	}{{"RecheckAfter", o.RecheckAfter, "14"}, {"KeepEvents", o.KeepEvents, "30"}} {
		if option.value < 0 {
			db.err = fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{
				Field:   "Options." + option.name,
				Problem: "negative; use 0 for the default of " + option.days + " days",
			})
		}
	}
	if db.now == nil {
		db.now = time.Now
	}
	return db
}

// ForUser returns one user's view. If store.CheckUser refuses the name, every call fails with
// store.ErrInvalid.
func (db *DB) ForUser(user string) *Store { return &Store{db: db, user: user} }

// A Store is one user's view of a [DB]. It is safe for concurrent use.
type Store struct {
	db   *DB
	user string
}

// begin checks what every call needs and the call's own arguments, and locks the DB. now is the
// call's one moment.
func (s *Store) begin(ctx context.Context, argument error) (now time.Time, err error) {
	if err := cmp.Or(s.db.err, store.CheckUser(s.user), argument, ctx.Err()); err != nil {
		return now, err
	}
	now = s.db.now().UTC().Truncate(time.Microsecond)
	s.db.mu.Lock()
	return now, nil
}

// named prefixes err with the name of the method. It returns nil for nil.
func named(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("memory: %s: %w", call, err)
}

// entries returns the user's rows, nil if there are none.
func (s *Store) entries() map[int64]*entry { return s.db.users[s.user] }

// entry returns the user's row of a job, or store.ErrNotFound.
func (s *Store) entry(id int64) (*entry, error) {
	e, ok := s.entries()[id]
	if !ok {
		return nil, store.ErrNotFound
	}
	return e, nil
}

// held returns the user's row of a job if l is the lease on it.
func (s *Store) held(l store.Lease, now time.Time) (*entry, error) {
	e, err := s.entry(l.ID)
	if err == nil && !e.row(now).Held(l) {
		err = store.ErrLeaseLost
	}
	return e, err
}

// row returns the entry as the queue sees it.
func (e *entry) row(now time.Time) driver.Row {
	return driver.Row{Status: e.status, Token: e.token, Leased: e.leased, Idle: !e.due, Live: e.ahead(now)}
}

// ahead reports whether the job is due later. If it would be later than any lease or backoff
// reaches, a clock was wrong, and the job is due now.
func (e *entry) ahead(now time.Time) bool {
	return e.due && e.dueAt.After(now) && !e.dueAt.After(now.Add(store.MaxAfter))
}

// settle ends whatever claim there is. The job is not due afterwards.
func (e *entry) settle() { e.leased, e.due, e.dueAt = false, false, time.Time{} }

// schedule makes the job due at t, under no lease.
func (e *entry) schedule(t time.Time) { e.leased, e.due, e.dueAt = false, true, t }

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

func copyAssessment(a *enrich.Assessment) *enrich.Assessment {
	if a == nil {
		return nil
	}
	c := *a
	c.MissingSkills = slices.Clone(a.MissingSkills)
	c.SkillGapRecommendations = slices.Clone(a.SkillGapRecommendations)
	return &c
}
