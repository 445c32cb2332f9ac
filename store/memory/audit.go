package memory

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A label is a row of job_labels: a job that an audit drew.
type label struct {
	drawnAt time.Time
	verdict store.Verdict // empty until the user has judged the job
}

// Audit returns rejected jobs for the user to look at; see forge.Auditor.
func (s *Store) Audit(ctx context.Context, n int) ([]store.Entry, error) {
	now, err := s.begin(ctx, driver.CheckAudit(n))
	if err != nil {
		return nil, named("audit", err)
	}
	defer s.db.mu.Unlock()
	open := s.open()
	if missing := n - len(open); missing > 0 {
		for _, id := range driver.Draw(s.user, missing, s.candidates(), s.drawn()) {
			s.entries()[id].label = &label{drawnAt: now}
		}
		open = s.open()
	}
	var entries []store.Entry
	for _, e := range open[:min(n, len(open))] {
		entries = append(entries, e.listed(s.user))
	}
	return entries, nil
}

// open returns the jobs that were drawn and wait for a verdict, oldest draw first.
func (s *Store) open() []*entry {
	var open []*entry
	for _, e := range s.entries() {
		if e.label != nil && e.label.verdict == "" && e.status == lead.AutoRejected {
			open = append(open, e)
		}
	}
	slices.SortFunc(open, func(a, b *entry) int {
		return cmp.Or(a.label.drawnAt.Compare(b.label.drawnAt), cmp.Compare(a.job.id, b.job.id))
	})
	return open
}

// candidates returns what a draw can choose.
func (s *Store) candidates() []driver.CandidateRow {
	var rows []driver.CandidateRow
	for id, e := range s.entries() {
		if e.rejected && e.label == nil && (e.status == lead.AutoRejected || e.status.Application()) {
			rows = append(rows, driver.CandidateRow{
				ID: id, Score: e.assessment.Score, Marked: e.status != lead.AutoRejected,
			})
		}
	}
	return rows
}

// drawn returns what was drawn so far.
func (s *Store) drawn() []driver.DrawnRow {
	var rows []driver.DrawnRow
	for _, e := range s.entries() {
		if e.label != nil {
			rows = append(rows, driver.DrawnRow{Band: e.assessment.Score / driver.AuditBand, N: 1})
		}
	}
	return rows
}

// Judge records what the user says of a job that was drawn; see forge.Auditor.
func (s *Store) Judge(ctx context.Context, id int64, v store.Verdict) error {
	_, err := s.begin(ctx, driver.CheckVerdict(v))
	if err != nil {
		return named("judge", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.entry(id)
	switch {
	case err != nil:
		return named("judge", err)
	case e.label == nil:
		return named("judge", driver.NotDrawn())
	}
	e.label.verdict = v
	return nil
}

// Evidence returns what is known of the jobs that the user judged or marked; see forge.Auditor.
func (s *Store) Evidence(ctx context.Context) (gate.Evidence, error) {
	if _, err := s.begin(ctx, nil); err != nil {
		return gate.Evidence{}, named("evidence", err)
	}
	defer s.db.mu.Unlock()
	var rows []driver.LabelRow
	counts := map[driver.OutcomeRow]int{}
	for id, e := range s.entries() {
		if e.assessment == nil {
			continue
		}
		a := e.assessment
		counts[driver.OutcomeRow{By: a.By, Score: a.Score, Unverified: a.Unverified, Rejected: e.rejected}]++
		if e.label == nil && !e.status.Application() && !e.keep {
			continue
		}
		row := driver.LabelRow{
			ID: id, Status: e.status, Score: a.Score, By: a.By, Unverified: a.Unverified,
			Rejected: e.rejected, Keep: e.keep,
		}
		if e.label != nil {
			row.Drawn = true
			row.Verdict = sql.NullString{String: string(e.label.verdict), Valid: e.label.verdict != ""}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b driver.LabelRow) int { return cmp.Compare(a.ID, b.ID) })
	var outcomes []driver.OutcomeRow
	for o, n := range counts {
		o.N = n
		outcomes = append(outcomes, o)
	}
	slices.SortFunc(outcomes, func(a, b driver.OutcomeRow) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Score, b.Score),
			first(b.Unverified, a.Unverified), first(b.Rejected, a.Rejected))
	})
	return driver.Evidence(rows, outcomes), nil
}

// first orders true before false.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
