package fleet

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Slots are handed out one interval apart, whoever asks. When requests arrive also depends on how
// busy the machines are.
func TestPaceGivesEachRequestASlotOfItsOwn(t *testing.T) {
	t.Parallel()
	const askers, each, interval = 8, 25, time.Second
	w := newTestWorker(t, nil)
	p := &pace{pool: w.pool, board: "herald", address: "198.51.100.7", interval: interval}
	var all sync.WaitGroup
	errs := make([]error, askers)
	for i := range askers {
		all.Go(func() {
			for range each {
				_, err := p.slot(t.Context())
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	wait, err := p.slot(t.Context())
	require.NoError(t, err)
	require.Greater(t, wait, (askers*each-30)*interval, "less only by the time that the asking took")
	require.LessOrEqual(t, wait, askers*each*interval)

	require.NoError(t, p.block(t.Context(), time.Hour))
	left, err := p.blocked(t.Context())
	require.NoError(t, err)
	require.InDelta(t, time.Hour.Seconds(), left.Seconds(), 30)
}
