package fleet

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestThroughputGrowsWithWorkers compares fleets of one, two, four and six workers whose scorer
// takes half a second. What bounds them is the scorer, until the machine's processors do.
func TestThroughputGrowsWithWorkers(t *testing.T) {
	if os.Getenv("FORGE_FLEET") != "full" {
		t.Skip("takes minutes; FORGE_FLEET=full runs it")
	}
	var one float64
	for _, workers := range []int{1, 2, 4, 6} {
		s := sizeOf()
		s.workers, s.jobs = workers, 5*workers
		var rate float64
		t.Run("", func(t *testing.T) {
			c := newCrew(t, s)
			c.addSearches()
			for range workers {
				startProcess(t, c.config)
			}
			c.wait(10 * time.Minute)
			c.check()
			// The middle of the run: starting up and running dry are not the fleet's pace.
			require.NoError(t, c.db.GetContext(t.Context(), &rate, `
WITH numbered AS (
	SELECT at, row_number() OVER (ORDER BY at) AS n, count(*) OVER () AS all_of_them FROM decisions
)
SELECT count(*) / extract(epoch FROM max(at) - min(at))
FROM numbered WHERE n BETWEEN all_of_them * 0.2 AND all_of_them * 0.8`))
		})
		if workers == 1 {
			one = rate
		}
		t.Logf(
			"%d workers: %.1f decisions a second, %.2f of linear", workers, rate, rate/one/float64(workers),
		)
	}
}
