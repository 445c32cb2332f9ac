package promise

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// Advise returns the highest threshold that loses at most the share maxLoss of the good jobs with
// 95 % confidence, and false if the evidence supports none above 0. Its errors are those of [Of],
// and a maxLoss outside 0 to 1.
//
// The thresholds are tested from 1 upwards until the first that cannot be shown to keep the loss.
// The loss never falls as the threshold rises, so advice is wrong only if the lowest threshold that
// loses too much passes its one test, and the number of thresholds costs no confidence (fixed
// sequence: Maurer, Hothorn and Lehmacher, Biometrie in der chemisch-pharmazeutischen Industrie 6,
// 1995).
func Advise(ev gate.Evidence, maxLoss float64) (threshold int, ok bool, err error) {
	if math.IsNaN(maxLoss) || maxLoss < 0 || maxLoss > 1 {
		return 0, false, fmt.Errorf("promise: %w", &lead.FieldError{
			Field: "maxLoss", Problem: fmt.Sprintf("%v is out of range: want 0 to 1", maxLoss),
		})
	}
	t, err := newTally(ev)
	if err != nil {
		return 0, false, fmt.Errorf("promise: %w", err)
	}
	for next := 1; next <= 100 && t.mostLost(next) <= maxLoss; next++ {
		threshold = next
	}
	return threshold, threshold > 0, nil
}

// mostLost returns the one-sided upper bound of the loss at a threshold.
func (t tally) mostLost(threshold int) float64 {
	below, above := t.split(threshold)
	strata := slices.Collect(maps.Values(below.strata))
	if above.marked.good == 0 {
		return 1 // without a good job above there is no share to speak of
	}
	most := below.most(strata, 1-Confidence)
	return ratio(float64(most), float64(above.certain().low))
}
