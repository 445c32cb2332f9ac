package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Claim takes due jobs, oldest due first; see forge.Store.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error) {
	now, err := s.begin(ctx, "claim")
	if err != nil {
		return nil, err
	}
	defer s.db.mu.Unlock()
	if err := store.CheckClaim(n, lease, sources); err != nil {
		return nil, fmt.Errorf("memory: claim: %w", err)
	}
	var due []*entry
	for _, e := range s.rows() {
		if e.due && !e.dueAt.After(now) && (len(sources) == 0 || slices.Contains(sources, e.job.lead.Source)) {
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
		j := store.Job{Lease: store.Lease{ID: e.job.id, Token: e.token}, Lead: e.job.lead, Attempts: e.attempts, Cause: e.lastError}
		if e.job.deepScrapedAt.After(now.Add(-s.db.recheckAfter)) {
			j.Data = copyData(e.job.data)
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Renew makes the lease end this long from now; see forge.Store.
func (s *Store) Renew(ctx context.Context, l store.Lease, lease time.Duration) error {
	now, err := s.begin(ctx, "renew")
	if err != nil {
		return err
	}
	defer s.db.mu.Unlock()
	if err := store.CheckLease(lease); err != nil {
		return fmt.Errorf("memory: renew: %w", err)
	}
	e, err := s.held(l)
	if err != nil {
		return fmt.Errorf("memory: renew job %d: %w", l.ID, err)
	}
	e.dueAt = now.Add(lease)
	return nil
}

// Release ends a claim without a score; see forge.Store.
func (s *Store) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	now, err := s.begin(ctx, "release")
	if err != nil {
		return err
	}
	defer s.db.mu.Unlock()
	o = o.Clean()
	if err := o.Validate(); err != nil {
		return fmt.Errorf("memory: release: %w", err)
	}
	e, err := s.held(l)
	if err != nil {
		return fmt.Errorf("memory: release job %d: %w", l.ID, err)
	}
	e.token++
	e.lastError = o.Cause
	if o.Counts {
		e.attempts++
	}
	switch o.Status {
	case lead.Closed:
		e.decide()
		e.job.closedAt = now
		if e.status == lead.Discovered || e.status == lead.Matched {
			e.status, e.updatedAt = lead.Closed, now
		}
	case lead.Failed:
		e.decide()
		if e.status == lead.Discovered {
			e.status, e.updatedAt = lead.Failed, now
		}
	default:
		e.duesAt(now.Add(o.After))
	}
	return nil
}

// Reopen makes decided jobs due again; see forge.Reopener.
func (s *Store) Reopen(ctx context.Context, which store.Selection) (int, error) {
	now, err := s.begin(ctx, "reopen")
	if err != nil {
		return 0, err
	}
	defer s.db.mu.Unlock()
	if err := which.Validate(); err != nil {
		return 0, fmt.Errorf("memory: reopen: %w", err)
	}
	n := 0
	for id, e := range s.rows() {
		if len(which.IDs) > 0 && !slices.Contains(which.IDs, id) ||
			len(which.Statuses) > 0 && !slices.Contains(which.Statuses, e.status) ||
			which.ScoredBy != "" && !scoredBy(e, which.ScoredBy) {
			continue
		}
		n++
		e.duesAt(now)
		e.token++
		e.attempts = 0
		if e.status.Pipeline() && e.status != lead.Matched {
			e.status, e.updatedAt = lead.Discovered, now
		}
	}
	return n, nil
}

func scoredBy(e *entry, scorer string) bool {
	return e.match != nil && (e.match.By == scorer || len(e.match.By) > len(scorer) && e.match.By[:len(scorer)+1] == scorer+"/")
}
