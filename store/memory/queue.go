package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Claim takes due jobs, oldest due first; see forge.Store.
func (s *Store) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) ([]store.Job, error) {
	now, err := s.begin(ctx, driver.CheckClaim(n, lease, sources))
	if err != nil {
		return nil, named("claim", err)
	}
	defer s.db.mu.Unlock()
	var due []*entry
	for _, e := range s.entries() {
		if e.due && !e.ahead(now) &&
			(len(sources) == 0 || slices.Contains(sources, e.job.lead.Source)) {
			due = append(due, e)
		}
	}
	slices.SortFunc(due, func(a, b *entry) int {
		return cmp.Or(a.dueAt.Compare(b.dueAt), cmp.Compare(a.job.id, b.job.id))
	})
	var jobs []store.Job
	for _, e := range due[:min(n, len(due))] {
		e.leased, e.dueAt = true, now.Add(lease)
		e.token++
		j := store.Job{
			Lease: store.Lease{ID: e.job.id, Token: e.token}, Lead: e.job.lead, Attempts: e.attempts,
			Cause: e.cause, Keep: e.keep,
		}
		if e.job.deepScrapedAt.After(now.Add(-s.db.recheckAfter)) {
			j.Data = copyData(e.job.data)
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Renew makes the lease end d from now; see forge.Store.
func (s *Store) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	now, err := s.begin(ctx, driver.CheckLease(d))
	if err != nil {
		return named("renew", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.held(l, now)
	if err != nil {
		return named("renew", err)
	}
	e.dueAt = now.Add(d)
	return nil
}

// Release ends a claim without a decision; see forge.Store.
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o, err := driver.PrepareOutcome(o)
	now, err := s.begin(ctx, err)
	if err != nil {
		return named("release", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.held(l, now)
	if err != nil {
		return named("release", err)
	}
	e.token++
	e.cause = o.Cause
	if o.Counts {
		e.attempts++
	}
	if kind := e.row(now).EndKind(o.Status); kind != "" {
		s.db.record(s.user, e.job, kind, store.ChangeDetail{Cause: o.Cause}, now)
	}
	var moves bool
	if e.status.Application() {
		e.markedFrom, _ = driver.Row{Status: e.markedFrom}.Ended(o.Status)
	}
	if e.status, moves = e.row(now).Ended(o.Status); moves {
		e.updatedAt = now
	}
	if o.Status != "" {
		e.reopenedFrom = ""
	}
	if o.Status == "" {
		e.schedule(now.Add(o.After))
		return nil
	}
	e.settle()
	if o.Status == lead.Closed {
		e.job.close(s.user, now)
	}
	return nil
}

// close notes that the user saw the job closed. The second user closes it for all.
func (j *job) close(user string, now time.Time) {
	if !j.closedAt.IsZero() && j.closedBy != user {
		user = ""
	}
	j.closedAt, j.closedBy = now, user
}

// Reopen makes decided jobs due again; see forge.Reopener.
func (s *Store) Reopen(ctx context.Context, which store.Selection) (int, error) {
	now, err := s.begin(ctx, driver.CheckSelection(which))
	if err != nil {
		return 0, named("reopen", err)
	}
	defer s.db.mu.Unlock()
	n := 0
	for _, e := range s.entries() {
		if !selected(e, which) {
			continue
		}
		n++
		if e.row(now).Reopens() {
			s.db.record(s.user, e.job, store.ChangeReopened, store.ChangeDetail{}, now)
		}
		e.reopen(now)
		e.dueAt = now.Add(-ahead(e, which) * time.Microsecond)
	}
	return n, nil
}

// reopen makes the job due, and remembers the pipeline's status for Restore.
func (e *entry) reopen(now time.Time) {
	e.schedule(now)
	e.token++
	e.attempts = 0
	under := &e.status
	if e.status.Application() {
		under = &e.markedFrom
	}
	if *under != lead.Discovered {
		e.reopenedFrom = *under
	}
	if *under != lead.Matched {
		*under = lead.Discovered
	}
	if e.status == lead.Discovered {
		e.updatedAt = now
	}
}

// ahead returns how much earlier than others a job is due, so that claims go by the order of the ids or
// by score.
func ahead(e *entry, which store.Selection) time.Duration {
	switch {
	case len(which.IDs) > 0:
		return time.Duration(len(which.IDs) - 1 - slices.Index(which.IDs, e.job.id))
	case e.assessment != nil:
		return time.Duration(e.assessment.Score)
	}
	return 0
}

func selected(e *entry, which store.Selection) bool {
	switch {
	case len(which.IDs) > 0 && !slices.Contains(which.IDs, e.job.id),
		len(which.Statuses) > 0 && !slices.Contains(which.Statuses, e.status):
		return false
	case which.ScoredBy == "" && which.NotBasis == "":
		return true
	case e.assessment == nil, which.NotBasis != "" && which.NotBasis.Covers(e.basis):
		return false
	case which.ScoredBy == "":
		return true
	}
	by := e.assessment.By
	return by == which.ScoredBy || strings.HasPrefix(by, which.ScoredBy+"/")
}
