package postgres

import (
	"context"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Sketches returns what is left of rejected jobs; see forge.SketchLister.
func (s *Store) Sketches(ctx context.Context, after int64, n int) ([]store.Sketched, error) {
	if err := s.valid("sketches", driver.CheckSketches(after, n)); err != nil {
		return nil, err
	}
	var rows []driver.SketchRow
	err := s.do(ctx, "sketches", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, driver.SelectSketches, s.user, after, n)
	})
	return driver.Sketches(rows), err
}
