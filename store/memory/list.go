package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// List returns a page of the user's jobs, best first; see forge.Lister.
func (s *Store) List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error) {
	if _, err := s.begin(ctx, "list"); err != nil {
		return nil, "", err
	}
	defer s.db.mu.Unlock()
	if err := f.Validate(); err != nil {
		return nil, "", fmt.Errorf("memory: list: %w", err)
	}
	after, err := store.ParseCursor(f.Cursor)
	if err != nil {
		return nil, "", fmt.Errorf("memory: list: %w", err)
	}
	var found []*entry
	for _, e := range s.rows() {
		if wanted(e, f) && below(e, after) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(score(b), score(a)), cmp.Compare(b.job.id, a.job.id))
	})
	if limit := f.PageLimit(); len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		next = store.Cursor{Score: score(last), ID: last.job.id}.String()
	}
	for _, e := range found {
		entries = append(entries, e.entry())
	}
	return entries, next, nil
}

func (e *entry) entry() store.Entry {
	listed := store.Entry{
		ID: e.job.id, Lead: e.job.lead, Status: e.status, Assessment: copyMatch(e.match), Data: copyData(e.job.data),
		Closed: !e.job.closedAt.IsZero(), UpdatedAt: e.updatedAt,
	}
	if e.status == lead.AutoRejected {
		listed.Data = nil
	}
	return listed
}

// score is the entry's place in a listing: unscored entries come last.
func score(e *entry) int {
	if e.match == nil {
		return -1
	}
	return e.match.Score
}

func below(e *entry, c store.Cursor) bool {
	return score(e) < c.Score || score(e) == c.Score && e.job.id < c.ID
}

func wanted(e *entry, f store.Filter) bool {
	if len(f.Statuses) > 0 {
		if !slices.Contains(f.Statuses, e.status) {
			return false
		}
	} else if e.status != lead.Matched && (!e.status.Application() || e.status == lead.Dismissed) {
		return false
	}
	if f.MinScore > 0 && score(e) < f.MinScore {
		return false
	}
	text := strings.ToLower(f.Text)
	return strings.Contains(strings.ToLower(e.job.lead.Title), text) || strings.Contains(strings.ToLower(e.job.lead.Company), text)
}

// Stats counts the user's jobs; see forge.Counter.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if _, err := s.begin(ctx, "stats"); err != nil {
		return store.Stats{}, err
	}
	defer s.db.mu.Unlock()
	stats := store.Stats{ByStatus: map[lead.Status]int{}}
	for _, e := range s.rows() {
		stats.ByStatus[e.status]++
		if e.match != nil {
			stats.Scores[e.match.Score]++
		}
	}
	return stats, nil
}
