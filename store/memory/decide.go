package memory

import (
	"context"
	"fmt"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Decide records a decision; see forge.Store.
func (s *Store) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	now, err := s.begin(ctx, "decide")
	if err != nil {
		return err
	}
	defer s.db.mu.Unlock()
	if d, err = store.PrepareResult(d); err != nil {
		return fmt.Errorf("memory: enrich: %w", err)
	}
	e, repeated, err := s.fence(l, now)
	if err != nil {
		return fmt.Errorf("memory: decide job %d: %w", l.ID, err)
	}
	if repeated {
		return nil
	}
	if d.Status == lead.Matched && d.Data == nil && e.job.data == nil {
		return fmt.Errorf("memory: decide job %d: %w: %w", l.ID, store.ErrInvalid,
			&lead.FieldError{Field: "enrichment_data", Problem: "missing: the job has no text yet, and a match needs it"})
	}

	if d.Data != nil {
		e.job.keep(*d.Data, d.Assessment.By, now)
	}
	if l.Token == 0 {
		e.token++
	}
	e.decide()
	e.attempts, e.lastError = 0, ""
	e.match = copyMatch(&d.Assessment)
	if e.status.Pipeline() {
		e.status = d.Status
	}
	e.updatedAt = now
	return nil
}

// fence returns the row if the caller may decide it; repeated: it has done so already, with this token.
func (s *Store) fence(l store.Lease, now time.Time) (e *entry, repeated bool, err error) {
	if e, err = s.row(l.ID); err != nil {
		return nil, false, err
	}
	switch live := e.leased && e.dueAt.After(now); {
	case l.Token == 0 && live:
		return nil, false, store.ErrLeaseLost
	case l.Token == 0, e.token == l.Token && e.leased:
		return e, false, nil
	case e.token == l.Token && !e.due:
		return e, true, nil
	default:
		return nil, false, store.ErrLeaseLost
	}
}

// keep stores text. What the scrape did not bring stays as it was.
func (j *job) keep(d enrich.Data, by string, now time.Time) {
	text := copyData(&d)
	if old := j.data; old != nil {
		if text.Requirements == "" {
			text.Requirements = old.Requirements
		}
		if text.IsEasyApply == nil {
			text.IsEasyApply = old.IsEasyApply
		}
		if len(text.Attributes) == 0 {
			text.Attributes = old.Attributes
		}
	}
	if j.data == nil || j.data.Description != d.Description {
		j.enrichedBy = by
	}
	j.data, j.deepScrapedAt, j.closedAt = text, now, time.Time{}
}

// Mark sets what the user did with a job; see forge.Marker.
func (s *Store) Mark(ctx context.Context, id int64, status lead.Status) error {
	now, err := s.begin(ctx, "mark")
	if err != nil {
		return err
	}
	defer s.db.mu.Unlock()
	if err := store.CheckMark(status); err != nil {
		return fmt.Errorf("memory: mark: %w", err)
	}
	e, err := s.row(id)
	if err == nil {
		err = store.CheckMarkFrom(e.status, status)
	}
	if err != nil {
		return fmt.Errorf("memory: mark job %d: %w", id, err)
	}
	e.status, e.updatedAt = status, now
	return nil
}
