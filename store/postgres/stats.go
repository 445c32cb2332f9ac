package postgres

import (
	"context"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Stats counts the user's jobs; see forge.Counter.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.valid("stats", nil); err != nil {
		return store.Stats{}, err
	}
	var rows []driver.CountRow
	err := s.do(ctx, "stats", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, driver.SelectCounts, s.user)
	})
	if err != nil {
		return store.Stats{}, err
	}
	return driver.Stats(rows), nil
}
