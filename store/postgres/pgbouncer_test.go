package postgres_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/storetest"
)

// Twelve agents of three users in each of two catalogues, of which one is in a schema of its own,
// share three connections to the server, which change hands after every transaction: a statement
// prepared by name, a search_path, another setting or a lock of the session would be missing, or be
// another's.
func TestPgBouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	dsn := server.Bouncer(t, 3, soak()).DSN(t)
	schemas := []string{"", "Side-by-Side"}
	var group errgroup.Group
	for n := range 4 { // several servers may start at once
		group.Go(func() error {
			db, err := postgres.Open(t.Context(), dsn, &postgres.Options{Schema: schemas[n%2]})
			if err != nil {
				return err
			}
			t.Cleanup(func() { _ = db.Close() })
			return db.Migrate(t.Context())
		})
	}
	require.NoError(t, group.Wait())

	var catalogues []*postgres.DB
	for _, schema := range schemas {
		catalogues = append(catalogues, open(t, dsn, &postgres.Options{MaxOpenConns: 20, Schema: schema}))
	}
	const jobs = 40
	var decided atomic.Int64
	for agent := range 12 {
		user := fmt.Sprint("user ", agent%3)
		s := catalogues[agent/3%2].ForUser(user)
		group.Go(func() error {
			for from := range jobs / 20 {
				if _, err := s.Sync(t.Context(), leadsOf(from*20, 20)); err != nil {
					return fmt.Errorf("sync: %w", err)
				}
			}
			for {
				claimed, err := s.Claim(t.Context(), 5, time.Minute)
				if err != nil {
					return fmt.Errorf("claim: %w", err)
				}
				if len(claimed) == 0 {
					return nil
				}
				for _, j := range claimed {
					if err := s.Renew(t.Context(), j.Lease, time.Minute); err != nil {
						return fmt.Errorf("renew: %w", err)
					}
					r := rejected("judge")
					if j.ID%2 == 0 {
						r = matched("judge", fmt.Sprint("Text of job ", j.ID))
					}
					if err := s.Decide(t.Context(), j.Lease, r); err != nil {
						return fmt.Errorf("decide: %w", err)
					}
					decided.Add(1)
					if _, _, err := s.List(
						t.Context(),
						store.Filter{Statuses: []lead.Status{lead.Matched}, Text: "engineer"},
					); err != nil {
						return fmt.Errorf("list: %w", err)
					}
				}
			}
		})
	}
	require.NoError(t, group.Wait())
	require.EqualValues(t, 2*3*jobs, decided.Load())
	for n := range 2 * 3 {
		stats, err := catalogues[n/3].ForUser(fmt.Sprint("user ", n%3)).Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, jobs, stats.ByStatus[lead.Matched]+stats.ByStatus[lead.AutoRejected], stats.ByStatus)
	}
}

func TestPgBouncerPassesTheSuite(t *testing.T) {
	t.Parallel()
	if !soak() {
		t.Skip("one database a case takes long; set FORGE_SOAK=1")
	}
	bouncer := server.Bouncer(t, 5, true)
	storetest.Run(t, catalogue(bouncer.DSN))
}
