package promise

import (
	"fmt"
	"math"
)

// String returns the promise in one sentence, or what it still needs.
func (e Estimate) String() string {
	if e.Enough() {
		return fmt.Sprintf("At %d the gate loses %s of the jobs worth a look (95 %% confidence).",
			e.Threshold, e.Lost.words())
	}
	if e.Good == 0 {
		return "Not enough yet: no match is marked as worth a look."
	}
	if e.Needed == 0 {
		return fmt.Sprintf("Not enough yet: %d matches are marked as worth a look. Mark more of them.",
			e.Good)
	}
	return fmt.Sprintf("Not enough yet: %d of %d rejected jobs judged.", e.Judged, e.Needed)
}

// words rounds outwards, so that rounding never makes a promise better than it is.
func (s Share) words() string {
	low, high := math.Floor(100*s.Low+1e-9), max(0, math.Ceil(100*s.High-1e-9))
	if low <= 0 {
		return fmt.Sprintf("at most %.0f %%", high)
	}
	return fmt.Sprintf("between %.0f and %.0f %%", low, high)
}
