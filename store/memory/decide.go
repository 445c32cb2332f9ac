package memory

import (
	"context"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Decide records a decision; see forge.Store.
func (s *Store) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	d, err := driver.PrepareDecision(d)
	now, err := s.begin(ctx, err)
	if err != nil {
		return named("decide", err)
	}
	defer s.db.mu.Unlock()
	return named("decide", s.decide(l, d, now))
}

func (s *Store) decide(l store.Lease, d enrich.Decision, now time.Time) error {
	e, err := s.entry(l.ID)
	if err != nil {
		return err
	}
	if repeat, err := e.row(now).Decide(l); err != nil || repeat {
		return err // a repeat changes nothing: the decision stands
	}
	switch {
	case d.Data != nil:
		e.job.keep(*d.Data, now)
	case d.Status == lead.Matched && e.job.data == nil:
		return driver.NeedText()
	}
	if l.Token == 0 {
		e.token++ // so that a lease which had run out cannot come back
	}
	e.settle()
	e.attempts, e.cause = 0, ""
	e.assessment = copyAssessment(&d.Assessment)
	e.status, e.updatedAt = e.row(now).Decided(d.Status), now
	return nil
}

// keep stores text. What the scrape did not bring stays as it was.
func (j *job) keep(d enrich.Data, now time.Time) {
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
	j.data, j.deepScrapedAt, j.closedAt = text, now, time.Time{}
}

// Mark sets what the user did with a job; see forge.Marker.
func (s *Store) Mark(ctx context.Context, id int64, status lead.Status) error {
	now, err := s.begin(ctx, driver.CheckMark(status))
	if err != nil {
		return named("mark", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.entry(id)
	if err == nil {
		err = e.row(now).CheckMark(status)
	}
	if err != nil {
		return named("mark", err)
	}
	e.status, e.updatedAt = status, now
	return nil
}
