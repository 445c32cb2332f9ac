package memory

import (
	"context"
	"fmt"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Enrich records a decision; see forge.Store.
func (s *Store) Enrich(ctx context.Context, j store.Job, r enrich.Result) error {
	now, err := s.begin(ctx, "enrich")
	if err != nil {
		return err
	}
	defer s.db.mu.Unlock()
	if r, err = store.PrepareResult(r); err != nil {
		return fmt.Errorf("memory: enrich: %w", err)
	}
	e, repeated, err := s.fence(j, now)
	if err != nil {
		return fmt.Errorf("memory: enrich job %d: %w", j.ID, err)
	}
	if repeated {
		return nil
	}
	if r.Status == lead.Matched && r.Data == nil && e.job.data == nil {
		return fmt.Errorf("memory: enrich job %d: %w: %w", j.ID, store.ErrInvalid,
			&lead.FieldError{Field: "enrichment_data", Problem: "missing: the job has no text yet, and a match needs it"})
	}

	if r.Data != nil {
		e.job.keep(*r.Data, r.Match.By, now)
	}
	if j.Token == 0 {
		e.token++
	}
	e.decide()
	e.attempts, e.lastError = 0, ""
	e.match = copyMatch(&r.Match)
	if e.status.Pipeline() {
		e.status = r.Status
	}
	e.updatedAt = now
	return nil
}

// fence returns the row if the caller may decide it; repeated: it has done so already, with this token.
func (s *Store) fence(j store.Job, now time.Time) (e *entry, repeated bool, err error) {
	if e, err = s.row(j.ID); err != nil {
		return nil, false, err
	}
	switch live := e.leased && e.dueAt.After(now); {
	case j.Token == 0 && live:
		return nil, false, store.ErrLeaseLost
	case j.Token == 0, e.token == j.Token && e.leased:
		return e, false, nil
	case e.token == j.Token && !e.due:
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
