package memory

import (
	"context"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Keep reopens rejected jobs and keeps them whatever they score; see forge.Keeper.
func (s *Store) Keep(ctx context.Context, ids []int64) (n int, err error) {
	now, err := s.begin(ctx, driver.CheckIDs(ids))
	if err != nil {
		return 0, named("keep", err)
	}
	defer s.db.mu.Unlock()
	for id, e := range s.entries() {
		if slices.Contains(ids, id) && e.status == lead.AutoRejected {
			s.db.record(s.user, e.job, store.ChangeReopened, store.ChangeDetail{}, now)
			e.reopen(now)
			e.keep = true
			n++
		}
	}
	return n, nil
}

// Restore takes a reopening back; see forge.Keeper.
func (s *Store) Restore(ctx context.Context, ids []int64) (n int, err error) {
	now, err := s.begin(ctx, driver.CheckIDs(ids))
	if err != nil {
		return 0, named("restore", err)
	}
	defer s.db.mu.Unlock()
	for id, e := range s.entries() {
		if !slices.Contains(ids, id) || e.reopenedFrom == "" || !e.due || e.leased && e.ahead(now) {
			continue
		}
		under := &e.status
		if e.status.Application() {
			under = &e.markedFrom
		}
		e.keep = e.keep && e.reopenedFrom != lead.AutoRejected
		*under, e.reopenedFrom = e.reopenedFrom, ""
		e.settle()
		e.token++
		e.updatedAt = now
		n++
	}
	return n, nil
}

// Regate applies another gate to decided jobs; see forge.Regater.
func (s *Store) Regate(ctx context.Context, g gate.Gate) (store.Regating, error) {
	var done store.Regating
	now, err := s.begin(ctx, nil)
	if err != nil {
		return done, named("regate", err)
	}
	defer s.db.mu.Unlock()
	for _, e := range s.entries() {
		if e.assessment == nil {
			continue
		}
		switch below := e.assessment.Score < g.Threshold(); {
		case below && e.status == lead.Matched && !e.assessment.Unverified && !e.keep:
			e.status, e.rejected, e.updatedAt, e.reopenedFrom = lead.AutoRejected, true, now, ""
			e.settle()
			e.token++
			score := e.assessment.Score
			s.db.record(s.user, e.job, store.ChangeRejected, store.ChangeDetail{Score: &score}, now)
			done.Hidden++
		case !below && e.status == lead.AutoRejected:
			s.db.record(s.user, e.job, store.ChangeReopened, store.ChangeDetail{}, now)
			e.reopen(now)
			done.Reopened++
		}
	}
	return done, nil
}
