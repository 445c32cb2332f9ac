package memory

import (
	"context"
	"slices"
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
		return err // already decided with this lease
	}
	switch {
	case d.Data != nil:
		e.job.keep(*d.Data, s.user, now, now.Add(-s.db.recheckAfter))
	case d.Status == lead.Matched && e.job.data == nil:
		return driver.NeedText()
	}
	if l.Token == 0 {
		e.token++ // so that a lease which had run out cannot come back
	}
	e.settle()
	e.attempts, e.cause = 0, ""
	scored := e.assessment != nil
	e.assessment, e.rejected = copyAssessment(&d.Assessment), d.Kept || d.Status == lead.AutoRejected
	e.reopenedFrom = ""
	if e.status.Application() {
		e.markedFrom = d.Status
	}
	e.sketch, e.basis, e.decidedAt = slices.Clone(d.Sketch), d.Basis, now
	s.group(e, d.Fingerprint)
	e.status, e.updatedAt = e.row(now).Decided(d.Status), now
	score := d.Assessment.Score
	s.db.record(s.user, e.job, driver.DecisionKind(d), store.ChangeDetail{Score: &score}, now)
	if follow := e.follow(scored); follow != "" && e.status == lead.Matched {
		s.mark(e, follow, now)
	}
	return nil
}

// keep stores text, unless another user's is fresh: scraped after old. What the scrape did not
// bring stays as it was. Whoever read the advert found the job open.
func (j *job) keep(d enrich.Data, user string, now, old time.Time) {
	j.closedAt, j.closedBy = time.Time{}, ""
	text := copyData(&d)
	if stored := j.data; stored != nil {
		if j.scrapedBy != user && j.deepScrapedAt.After(old) {
			if stored.Description == d.Description {
				j.deepScrapedAt = now
			}
			return
		}
		if text.Requirements == "" {
			text.Requirements = stored.Requirements
		}
		if text.IsEasyApply == nil {
			text.IsEasyApply = stored.IsEasyApply
		}
		if len(text.Attributes) == 0 {
			text.Attributes = stored.Attributes
		}
	}
	j.data, j.scrapedBy, j.deepScrapedAt = text, user, now
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
	s.mark(e, status, now)
	return nil
}

// mark sets a status of the application, or takes it back.
func (s *Store) mark(e *entry, to lead.Status, now time.Time) {
	if e.status != to {
		s.db.record(s.user, e.job, store.ChangeMarked, store.ChangeDetail{Status: to}, now)
	}
	e.updatedAt = now
	switch {
	case to != lead.Matched && e.status.Pipeline():
		e.status, e.markedFrom = to, e.status
	case to != lead.Matched:
		e.status = to
	case e.status.Application():
		e.status, e.markedFrom = e.markedFrom, ""
	}
}
