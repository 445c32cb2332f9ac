package server

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// batchOf returns 25 leads whose ids begin at n.
func batchOf(n int) []lead.Lead {
	leads := make([]lead.Lead, 25)
	for i := range leads {
		leads[i] = lead.Lead{
			Source: "example", ExternalID: fmt.Sprint(n + i), Title: "Engineer",
			URL: "https://jobs.example.com/1",
		}
	}
	return leads
}

func (s *site) agent(token string) *rest.Client {
	s.Helper()
	c, err := rest.NewClient(s.URL, token, &rest.ClientOptions{RetryFor: -1})
	require.NoError(s, err)
	s.Cleanup(c.CloseIdleConnections)
	return c
}

func TestQuotaBoundsTheJobsThatAUserAddsInADay(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-daily", "500")
	ada, bob := s.agent(adaToken), s.agent(bobToken)
	for n := range 20 {
		refs, err := ada.Sync(t.Context(), batchOf(25*n))
		require.NoError(t, err)
		require.Len(t, refs, 25)
		if n < 18 { // what is known already takes no room
			_, err = ada.Sync(t.Context(), batchOf(25*n))
			require.NoError(t, err)
		}
	}
	s.now.advance(time.Hour)
	_, err := ada.Sync(t.Context(), batchOf(500))
	require.ErrorIs(t, err, rest.ErrRateLimited)
	require.ErrorContains(t, err, "500 a day; send them again in 23h0m0s")
	answer, ok := errors.AsType[*rest.Error](err)
	require.True(t, ok)
	require.Equal(t, 429, answer.Status)
	require.Equal(t, 23*time.Hour, answer.RetryAfter())
	stats, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 500, stats.ByStatus[lead.Discovered])
	_, err = ada.Claim(t.Context(), 1, time.Minute)
	require.NoError(t, err, "other calls are not affected")
	refs, err := bob.Sync(t.Context(), batchOf(500))
	require.NoError(t, err, "other users are not affected")
	require.Len(t, refs, 25)
	s.now.advance(23 * time.Hour)
	refs, err = ada.Sync(t.Context(), batchOf(500))
	require.NoError(t, err)
	require.Len(t, refs, 25)
}

// A flakyStore fails before or after it stored a batch.
type flakyStore struct {
	fullStore
	failing *atomic.Bool
}

func (s flakyStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	before, after := rand.IntN(4) == 0, rand.IntN(4) == 0
	if s.failing.Load() && before {
		return nil, context.DeadlineExceeded
	}
	refs, err := s.fullStore.Sync(ctx, leads)
	if s.failing.Load() && after {
		return nil, context.DeadlineExceeded
	}
	return refs, err
}

// However many syncs run at the same time, and whether or not their answers are lost, no user adds
// more than the quota, and who is honest can use all of it.
func TestQuotaHoldsWhenAnswersAreLost(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	var failing atomic.Bool
	failing.Store(true)
	q := newQuota(1000, s.now.Now)
	bounded := func() fullStore { return q.of("ada", flakyStore{s.forUser("ada").(fullStore), &failing}) }
	var all sync.WaitGroup
	for n := range 80 {
		all.Go(func() { _, _ = bounded().Sync(t.Context(), batchOf(25*n)) }) // some are lost, some refused
	}
	all.Wait()
	failing.Store(false)
	total := func() int {
		stats, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
		require.NoError(t, err)
		return stats.ByStatus[lead.Discovered]
	}
	require.LessOrEqual(t, total(), 1000)
	for n := range 80 {
		_, _ = bounded().Sync(t.Context(), batchOf(25*n))
	}
	require.Equal(t, 1000, total())
}
