package sqlite

import (
	"context"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Sketches returns what is left of rejected jobs; see forge.SketchLister.
func (s *Store) Sketches(ctx context.Context, after int64, n int) (list []store.Sketched, err error) {
	if err := s.valid("sketches", driver.CheckSketches(after, n)); err != nil {
		return nil, err
	}
	err = s.reading(ctx, "sketches", func(q *statements) error {
		var rows []driver.SketchRow
		err := q.all(ctx, &rows, driver.SelectSketches, s.user, after, n)
		list = driver.Sketches(rows)
		return err
	})
	return list, err
}
