package memory

import (
	"cmp"
	"context"
	"database/sql"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A label is a row of job_labels: a job that an audit drew.
type label struct {
	driver.Drawn
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
	if missing := n - len(s.open()); missing > 0 {
		for _, d := range driver.Draw(missing, s.candidates(), s.draws()) {
			s.entries()[d.ID].label = &label{Drawn: d, drawnAt: now}
		}
	}
	var entries []store.Entry
	open := s.open()
	for _, e := range open[:min(n, len(open))] {
		entries = append(entries, e.listed(s.user))
	}
	return entries, nil
}

// open returns the jobs that were drawn and wait for a verdict, in the order of their draws.
func (s *Store) open() []*entry {
	var open []*entry
	for _, e := range s.entries() {
		if e.label != nil && e.label.verdict == "" && e.status == lead.AutoRejected {
			open = append(open, e)
		}
	}
	slices.SortFunc(open, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.label.Draw, b.label.Draw), cmp.Compare(a.job.id, b.job.id))
	})
	return open
}

// candidates returns what a draw can choose, in a random order.
func (s *Store) candidates() []driver.CandidateRow {
	var rows []driver.CandidateRow
	population := map[int]int{}
	for id, e := range s.entries() {
		if e.status != lead.AutoRejected || e.label != nil {
			continue
		}
		rows = append(rows, driver.CandidateRow{
			ID: id, Score: e.assessment.Score, By: e.assessment.By, RejectedAt: driver.Time{Time: e.updatedAt},
		})
		population[e.assessment.Score/driver.AuditBand]++
	}
	for i := range rows {
		rows[i].Population = population[rows[i].Score/driver.AuditBand]
	}
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

// draws returns what was drawn so far.
func (s *Store) draws() []driver.DrawRow {
	var rows []driver.DrawRow
	for _, e := range s.entries() {
		if l := e.label; l != nil {
			rows = append(rows, driver.DrawRow{Draw: l.Draw, Band: l.Score / driver.AuditBand, N: 1})
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

// Labels returns what is known of the jobs that the user judged or marked; see forge.Auditor.
func (s *Store) Labels(ctx context.Context) ([]gate.Label, error) {
	if _, err := s.begin(ctx, nil); err != nil {
		return nil, named("labels", err)
	}
	defer s.db.mu.Unlock()
	var rows []driver.LabelRow
	for id, e := range s.entries() {
		switch l := e.label; {
		case l != nil:
			rows = append(rows, driver.LabelRow{
				ID: id, Status: e.status, Score: l.Score, By: l.By,
				Verdict: sql.NullString{String: string(l.verdict), Valid: l.verdict != ""},
				Draw:    l.Draw, Drawn: l.N, Population: l.Population,
				DrawnAt: driver.Time{Time: l.drawnAt}, RejectedAt: l.RejectedAt,
			})
		case e.status.Application() && e.assessment != nil:
			rows = append(rows, driver.LabelRow{
				ID: id, Status: e.status, Score: e.assessment.Score, By: e.assessment.By,
			})
		}
	}
	slices.SortFunc(rows, func(a, b driver.LabelRow) int { return cmp.Compare(a.ID, b.ID) })
	return driver.Labels(rows), nil
}
