package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Sketches returns what is left of rejected jobs; see forge.SketchLister.
func (s *Store) Sketches(ctx context.Context, after int64, n int) ([]store.Sketched, error) {
	if _, err := s.begin(ctx, driver.CheckSketches(after, n)); err != nil {
		return nil, named("sketches", err)
	}
	defer s.db.mu.Unlock()
	var list []store.Sketched
	for id, e := range s.entries() {
		if id > after && e.status == lead.AutoRejected {
			list = append(list, store.Sketched{
				ID: id, PostedAt: e.job.lead.PostedAt, Sketch: slices.Clone(e.sketch), Basis: e.basis,
			})
		}
	}
	slices.SortFunc(list, func(a, b store.Sketched) int { return cmp.Compare(a.ID, b.ID) })
	return list[:min(n, len(list))], nil
}
