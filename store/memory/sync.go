package memory

import (
	"context"
	"fmt"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// lastSeenEvery is how often last_seen_at moves at most, so that a sighting of a known job writes nothing.
const lastSeenEvery = 24 * time.Hour

// Sync records sightings; see forge.Store.
func (s *Store) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	now, err := s.begin(ctx, "sync")
	if err != nil {
		return nil, err
	}
	defer s.db.mu.Unlock()
	batch, err := store.PrepareSync(leads)
	var refs []store.Ref
	for _, l := range batch.Leads {
		j := s.db.see(l, now)
		e, known := s.rows()[j.id]
		switch {
		case !known:
			s.add(j, now)
			refs = append(refs, store.Ref{ID: j.id, Key: l.Key(), State: store.New})
		case s.db.expired(e, now):
			e.duesAt(now)
			refs = append(refs, store.Ref{ID: j.id, Key: l.Key(), State: store.Expired})
		}
	}
	if err != nil {
		err = fmt.Errorf("memory: sync: %w", err)
	}
	return batch.InOrder(refs), err
}

// see returns the job of a lead, new or known. The first writer's title, company and URL stay.
func (db *DB) see(l lead.Lead, now time.Time) *job {
	j, ok := db.byKey[l.Key()]
	if !ok {
		db.nextID++
		j = &job{id: db.nextID, lead: l, firstSeenAt: now, lastSeenAt: now}
		db.byKey[l.Key()], db.byID[j.id] = j, j
	}
	if now.Sub(j.lastSeenAt) >= lastSeenEvery {
		j.lastSeenAt = now
	}
	return j
}

func (s *Store) add(j *job, now time.Time) {
	if s.rows() == nil {
		s.db.users[s.user] = map[int64]*entry{}
	}
	s.rows()[j.id] = &entry{
		job: j, status: lead.Discovered, due: true, dueAt: now, discoveredAt: now, updatedAt: now,
	}
}

// expired reports whether a decided job that is listed again is worth another look.
func (db *DB) expired(e *entry, now time.Time) bool {
	if e.due {
		return false
	}
	old := func(t time.Time) bool { return !t.After(now.Add(-db.recheckAfter)) }
	switch e.status {
	case lead.Matched, lead.Saved:
		return e.job.data != nil && old(e.job.deepScrapedAt)
	case lead.Closed:
		return old(e.job.closedAt) // zero, another user found it open: old
	default:
		return false
	}
}
