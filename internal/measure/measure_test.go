package measure_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
)

//nolint:paralleltest // what runs beside it would be counted
func TestWorkCostsTimeAndMemoryAndWaitingCostsNeither(t *testing.T) {
	var kept []byte
	_, allocated := measure.Cost(func() { kept = make([]byte, 10<<20) })
	require.GreaterOrEqual(t, allocated, uint64(10<<20))
	require.Len(t, kept, 10<<20)

	sum := 0
	worked, _ := measure.Cost(func() {
		for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
			sum++
		}
	})
	require.Positive(t, worked)
	waited, allocated := measure.Cost(func() { <-time.After(50 * time.Millisecond) })
	require.Less(t, waited, 50*time.Millisecond)
	require.Less(t, allocated, uint64(1<<20))
}
