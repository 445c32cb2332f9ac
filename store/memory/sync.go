package memory

import (
	"context"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Sync records sightings; see forge.Store.
func (s *Store) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	batch, refused := driver.PrepareSync(leads)
	now, err := s.begin(ctx, nil)
	if err != nil {
		return nil, named("sync", err)
	}
	defer s.db.mu.Unlock()
	var refs []store.Ref
	for _, l := range batch.Leads {
		j := s.db.see(l, s.user)
		e, known := s.entries()[j.id]
		switch {
		case !known:
			s.add(j, now)
			s.db.record(s.user, j, store.ChangeNew, store.ChangeDetail{}, now)
			refs = append(refs, store.Ref{ID: j.id, Key: l.Key(), State: store.New})
		case s.db.expired(e, now):
			e.schedule(now)
			s.db.record(s.user, j, store.ChangeExpired, store.ChangeDetail{}, now)
			refs = append(refs, store.Ref{ID: j.id, Key: l.Key(), State: store.Expired})
		}
	}
	return batch.InOrder(refs), named("sync", refused)
}

// see returns the job of a lead, new or known.
func (db *DB) see(l lead.Lead, user string) *job {
	j, ok := db.byKey[l.Key()]
	if !ok {
		db.nextID++
		j = &job{id: db.nextID, lead: l, listedBy: user}
		db.byKey[l.Key()] = j
	}
	j.correct(headline{l.Title, l.Company}, user)
	return j
}

// correct takes over a title and a company that users other than the one who gave them saw twice.
// A sighting of what is stored takes the first of the two back.
func (j *job) correct(seen headline, user string) {
	switch {
	case j.listedBy == user:
	case seen == headline{j.lead.Title, j.lead.Company}:
		j.other = headline{}
	case seen == j.other:
		j.lead.Title, j.lead.Company = seen.title, seen.company
		j.listedBy, j.other = user, headline{}
	default:
		j.other = seen
	}
}

func (s *Store) add(j *job, now time.Time) {
	if s.entries() == nil {
		s.db.users[s.user] = make(map[int64]*entry)
	}
	s.entries()[j.id] = &entry{job: j, status: lead.Discovered, due: true, dueAt: now, updatedAt: now}
}

// expired reports whether a decided job that is listed again is due for another look.
func (db *DB) expired(e *entry, now time.Time) bool {
	if e.due {
		return false
	}
	old := func(t time.Time) bool { return !t.After(now.Add(-db.recheckAfter)) }
	switch e.status {
	case lead.Matched, lead.Saved:
		return e.job.data != nil && old(e.job.deepScrapedAt)
	case lead.Closed:
		return e.job.closedAt.IsZero() || old(e.updatedAt) // a user found it open, or it was closed long ago
	default:
		return false
	}
}
