package postgres

import (
	"context"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/store"
)

// Stats counts the user's jobs; see [forge.Counter].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.valid(nil); err != nil {
		return store.Stats{}, err
	}
	var rows []sqlstore.Count
	err := s.do(ctx, "stats", func(int) error {
		rows = nil
		return s.db.db.SelectContext(ctx, &rows, sqlstore.SelectCounts, s.user)
	})
	if err != nil {
		return store.Stats{}, err
	}
	return sqlstore.StatsOf(rows), nil
}
