package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// day is how long a quota lasts. A user's day begins with the first sync after the last day ended.
const day = 24 * time.Hour

// A quota bounds how many jobs each user adds in a day, because every job stays in the catalogue
// that all users share. Jobs that a user has already are not counted. It is kept in memory, so a
// restart begins a new day.
type quota struct {
	perDay int // 0 allows any number
	now    func() time.Time

	mu     sync.Mutex
	byUser map[string]*usage
}

// usage is what one user added in a day.
type usage struct {
	mu      sync.Mutex
	since   time.Time
	before  int // jobs that the user had when the day began
	added   int // since then
	held    int // leads of syncs that have not ended
	lost    int // syncs that ended without an answer, so that added is not known
	counted int // of these, how many had ended before added was counted
}

func newQuota(perDay int, now func() time.Time) *quota {
	if now == nil {
		now = time.Now
	}
	return &quota{perDay: perDay, now: now, byUser: map[string]*usage{}}
}

// of returns the store of a user, whose Sync the quota bounds.
func (q *quota) of(user string, s fullStore) fullStore {
	if q.perDay == 0 {
		return s
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	u, ok := q.byUser[user]
	if !ok {
		u = &usage{}
		q.byUser[user] = u
	}
	return boundedStore{s, q, u}
}

// A boundedStore refuses a batch that the day's quota has no room for.
type boundedStore struct {
	fullStore
	quota *quota
	used  *usage
}

func (s boundedStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	if err := s.hold(ctx, len(leads)); err != nil {
		return nil, err
	}
	refs, err := s.fullStore.Sync(ctx, leads)
	s.used.mu.Lock()
	defer s.used.mu.Unlock()
	s.used.held -= len(leads)
	for _, r := range refs {
		if r.State == store.New {
			s.used.added++
		}
	}
	if err != nil && !errors.Is(err, store.ErrInvalid) {
		s.used.lost++ // the database can have committed it
	}
	return refs, err
}

// hold reserves room for a batch.
func (s boundedStore) hold(ctx context.Context, leads int) error {
	u, now := s.used, s.quota.now()
	u.mu.Lock()
	defer u.mu.Unlock()
	for now.Sub(u.since) >= day || u.counted < u.lost {
		if err := s.count(ctx, now); err != nil {
			return err
		}
	}
	if u.added+u.held+leads <= s.quota.perDay {
		u.held += leads
		return nil
	}
	wait := u.since.Add(day).Sub(now)
	return &quotaError{wait, &lead.FieldError{Field: "body", Problem: fmt.Sprintf(
		"%d jobs are more than this user can add today, of %d a day; send them again in %s",
		leads, s.quota.perDay, wait.Round(time.Minute))}}
}

// count asks the store how many jobs the user has. It gives the lock back meanwhile, because the store
// can be slow.
func (s boundedStore) count(ctx context.Context, now time.Time) error {
	u := s.used
	lost := u.lost
	u.mu.Unlock()
	stats, err := s.Stats(ctx)
	u.mu.Lock()
	if err != nil {
		return err
	}
	jobs := 0
	for _, n := range stats.ByStatus {
		jobs += n
	}
	if now.Sub(u.since) >= day { // unless another sync was faster
		u.since, u.before, u.added = now, jobs, 0
	} else {
		u.added = max(u.added, jobs-u.before)
	}
	u.counted = max(u.counted, lost)
	return nil
}

// A quotaError means that a user has added as many jobs as the quota allows.
type quotaError struct {
	wait time.Duration
	err  error
}

func (e *quotaError) Error() string { return fmt.Sprintf("sync: %v", e.err) }

// Unwrap returns rest.ErrRateLimited, which the API answers with 429, and what the answer says.
func (e *quotaError) Unwrap() []error { return []error{rest.ErrRateLimited, e.err} }

// RetryAfter returns when the user's day ends.
func (e *quotaError) RetryAfter() time.Duration { return e.wait }
