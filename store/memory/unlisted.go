package memory

import (
	"context"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A listKey names one list of one user.
type listKey struct{ user, source, name string }

// A list is what is kept of it.
type list struct {
	state driver.ListState
	jobs  map[int64]*listedJob
}

// A listedJob is a job that a list has or had.
type listedJob struct {
	missingSince time.Time // zero: the last list had it
	closed       bool      // the list closed it
}

// CloseUnlisted closes the jobs that a complete list lacks; see forge.ListCloser.
func (s *Store) CloseUnlisted(ctx context.Context, l lead.List) ([]store.Ref, error) {
	now, err := s.begin(ctx, driver.CheckList(l))
	if err != nil {
		return nil, named("close unlisted", err)
	}
	defer s.db.mu.Unlock()
	key := listKey{s.user, l.Source, l.Name}
	kept := s.db.lists[key]
	if kept == nil {
		kept = &list{jobs: map[int64]*listedJob{}}
	}
	rows := s.listRows(l, kept, now)
	plan := driver.PlanList(l, now, s.db.recheckAfter, kept.state, rows)
	if !plan.Changes() {
		return nil, nil
	}
	s.db.lists[key] = kept
	kept.state = plan.State
	for _, id := range plan.Add {
		kept.jobs[id] = &listedJob{}
	}
	for _, id := range plan.Found {
		*kept.jobs[id] = listedJob{}
	}
	for _, id := range plan.Missing {
		kept.jobs[id].missingSince = plan.At
	}
	for _, id := range plan.Close {
		kept.jobs[id].closed = true
		e := s.entries()[id]
		e.job.close(s.user, now)
		s.db.record(s.user, e.job, store.ChangeClosed, store.ChangeDetail{Cause: driver.UnlistedCause}, now)
		if to := (driver.ListRow{Status: e.status}).Unlisted(); to != e.status {
			e.status, e.updatedAt, e.cause = to, now, driver.UnlistedCause
			e.settle()
			e.token++
		}
	}
	for _, id := range plan.Back {
		if j := s.entries()[id].job; j.closedBy == s.user {
			j.closedAt, j.closedBy = time.Time{}, ""
		}
	}
	for _, id := range plan.Reopen {
		e := s.entries()[id]
		e.schedule(now)
		s.db.record(s.user, e.job, store.ChangeExpired, store.ChangeDetail{}, now)
	}
	return plan.ClosedRefs(l.Source, rows), nil
}

// listRows returns the user's jobs that are on a list or were on it before.
func (s *Store) listRows(l lead.List, kept *list, now time.Time) []driver.ListRow {
	var rows []driver.ListRow
	add := func(e *entry, j *listedJob) {
		r := driver.ListRow{
			ID: e.job.id, ExternalID: e.job.lead.ExternalID, Status: e.status, Live: e.leased && e.ahead(now),
			Idle: !e.due,
		}
		if j != nil {
			r.Known, r.MissingSince, r.Closed = true, driver.Time{Time: j.missingSince}, j.closed
			r.Elsewhere = !j.missingSince.IsZero() && s.listedElsewhere(e.job.id, kept)
		}
		rows = append(rows, r)
	}
	for id, j := range kept.jobs {
		add(s.entries()[id], j)
	}
	for _, id := range driver.ListedIDs(l) {
		j := s.db.byKey[lead.Key{Source: l.Source, ExternalID: id}]
		if j == nil || kept.jobs[j.id] != nil {
			continue
		}
		if e := s.entries()[j.id]; e != nil {
			add(e, nil)
		}
	}
	return rows
}

// listedElsewhere reports whether another list of the user has a job.
func (s *Store) listedElsewhere(id int64, than *list) bool {
	for key, l := range s.db.lists {
		if j := l.jobs[id]; key.user == s.user && l != than && j != nil && j.missingSince.IsZero() {
			return true
		}
	}
	return false
}
