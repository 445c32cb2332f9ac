package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// List returns a page of the user's jobs, best first; see forge.Lister.
func (s *Store) List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error) {
	page, err := driver.PreparePage(f)
	if _, err := s.begin(ctx, err); err != nil {
		return nil, "", named("list", err)
	}
	defer s.db.mu.Unlock()
	type ranked struct {
		*entry
		rank int64
	}
	var found []ranked
	for _, e := range s.entries() {
		rank := e.rank(f)
		if wanted(e, f) && within(e, rank, page) && e.hasExtra(f.ExtraKey, page.ExtraValue) && e.is(f.Where) {
			found = append(found, ranked{e, rank})
		}
	}
	slices.SortFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(b.job.id, a.job.id))
	})
	for _, e := range found[:min(page.Rows, len(found))] {
		listed := e.listed(s.user)
		if f.WithoutText && listed.Data != nil {
			listed.Data.Description, listed.Data.Requirements = "", ""
		}
		entries = append(entries, listed)
	}
	if len(entries) == page.Rows {
		last := found[page.Rows-2]
		entries, next = entries[:page.Rows-1], fmt.Sprintf("%d.%d", last.rank, last.job.id)
	}
	return entries, next, nil
}

func (e *entry) listed(user string) store.Entry {
	listed := store.Entry{
		ID: e.job.id, Lead: e.job.lead, Status: e.status, Assessment: copyAssessment(e.assessment),
		Basis: e.basis,
		Data:  copyData(e.job.data), Closed: e.job.closedFor(user), UpdatedAt: e.updatedAt,
		DueAt: e.dueAt, Attempts: e.attempts, Cause: e.cause,
		Extra: driver.Extras(e.extra),
	}
	if e.status == lead.AutoRejected {
		listed.Data = nil
	}
	return listed
}

// closedFor reports whether the user, or two other users, saw that the board closed the job.
func (j *job) closedFor(user string) bool {
	return !j.closedAt.IsZero() && (j.closedBy == "" || j.closedBy == user)
}

// score is the entry's place in a listing. Unscored entries come last.
func score(e *entry) int {
	if e.assessment == nil {
		return -1
	}
	return e.assessment.Score
}

func within(e *entry, rank int64, p driver.Page) bool {
	return score(e) >= p.MinScore && (rank < p.Rank || rank == p.Rank && e.job.id < p.ID)
}

func wanted(e *entry, f store.Filter) bool {
	if len(f.Statuses) > 0 {
		if !slices.Contains(f.Statuses, e.status) {
			return false
		}
	} else if e.status != lead.Matched && (!e.status.Application() || e.status == lead.Dismissed) {
		return false
	}
	text := strings.ToLower(f.Text)
	return strings.Contains(strings.ToLower(e.job.lead.Title), text) ||
		strings.Contains(strings.ToLower(e.job.lead.Company), text)
}

// Stats counts the user's jobs; see forge.Counter.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if _, err := s.begin(ctx, nil); err != nil {
		return store.Stats{}, named("stats", err)
	}
	defer s.db.mu.Unlock()
	stats := store.Stats{ByStatus: make(map[lead.Status]int)}
	scored := map[store.Scored]int{}
	var newest driver.Newest
	for _, e := range s.entries() {
		stats.ByStatus[e.status]++
		if a := e.assessment; a != nil {
			stats.Scores[a.Score]++
			scored[store.Scored{
				Status: e.status, Score: a.Score, Unverified: a.Unverified, Keep: e.keep, Basis: e.basis,
			}]++
			newest.See(e.basis, e.decidedAt)
		}
	}
	stats.Newest = newest.Basis
	for c, n := range scored {
		c.N = n
		stats.Scored = append(stats.Scored, c)
	}
	slices.SortFunc(stats.Scored, store.Scored.Compare)
	return stats, nil
}
