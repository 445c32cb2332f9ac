package scorer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

const (
	// minLabels is the number of good jobs, and of others, from which on a calibration is used.
	minLabels = 20
	// maxLoss is the share of the labelled good jobs that a calibration leaves below the gate. It is
	// less than the 5 % that can be lost, because the labels at hand fit better than the next ones.
	maxLoss = 0.02
)

// A Calibration is a monotone map from one scorer's scores to scores for which the gate keeps what
// the labels say is worth a look. It holds numbers only, and is saved as JSON.
type Calibration struct {
	By   string `json:"by"`   // the scorer whose scores it maps; those of others are left alone
	Gate int    `json:"gate"` // the threshold that it was made for

	Good   int `json:"good"`   // labels of jobs that were worth a look
	Others int `json:"others"` // labels of jobs that were not

	Low    int   `json:"low"`    // the lowest score that has a label
	Scores []int `json:"scores"` // what Low, Low+1, … are mapped to
}

// Calibrate returns the calibration that the labels of one scorer support for g. The labels are
// weighted with the inverse of their probability; those of unknown probability and of unverified
// scores are left out. Labels of several scorers, and labels that are not valid, wrap a
// [*lead.FieldError].
//
// The share of good jobs at each score is estimated by isotonic regression (pool adjacent
// violators: Ayer and others, Annals of Mathematical Statistics 26, 1955), with straight lines
// between the centres of the pools, so that the order of jobs is kept (Oron and Flournoy,
// Statistics in Biopharmaceutical Research 9, 2017). The gate is put at the highest score that
// leaves at most 2 % of the good jobs below.
func Calibrate(labels []gate.Label, g gate.Gate) (Calibration, error) {
	c := Calibration{Gate: g.Threshold()}
	var at [101]struct{ good, all float64 }
	low, high := 101, -1
	for i, l := range labels {
		if err := l.Validate(); err != nil {
			return Calibration{}, fmt.Errorf("calibrate: label of job %d: %w", l.JobID, err)
		}
		if i == 0 {
			c.By = l.By
		}
		if l.By != c.By {
			return Calibration{}, fmt.Errorf("calibrate: %w", &lead.FieldError{
				Field: "by", Problem: fmt.Sprintf("labels of %q and %q cannot be pooled", c.By, l.By),
			})
		}
		if l.Unverified || l.Probability == 0 {
			continue
		}
		weight := 1 / l.Probability
		at[l.Score].all += weight
		if l.Worth {
			at[l.Score].good += weight
			c.Good++
		} else {
			c.Others++
		}
		low, high = min(low, l.Score), max(high, l.Score)
	}
	if high < 0 {
		return c, nil
	}
	var pools []pool
	good := 0.0
	for score, n := range at {
		good += n.good
		if n.all > 0 {
			pools = append(pools, pool{center: float64(score), weight: n.all, share: n.good / n.all})
		}
	}
	curve := monotone(pools)
	cut, below := low, at[low].good
	for cut < high && below <= maxLoss*good {
		cut++
		below += at[cut].good
	}
	c.Low, c.Scores = low, make([]int, 0, high-low+1)
	for score := low; score <= high; score++ {
		c.Scores = append(c.Scores, scaled(curve, score, cut, c.Gate))
	}
	return c, nil
}

// scaled puts the share of good jobs at a score on the scale of the gate.
func scaled(curve []pool, score, cut, threshold int) int {
	share, atCut := shareAt(curve, score), shareAt(curve, cut)
	if score < cut {
		if atCut == 0 {
			return max(0, threshold-1)
		}
		return max(0, min(threshold-1, int(float64(threshold)*share/atCut)))
	}
	if atCut == 1 {
		return 100
	}
	return threshold + int(float64(100-threshold)*(share-atCut)/(1-atCut))
}

// A pool is a run of scores with one share of good jobs.
type pool struct{ center, weight, share float64 }

// monotone pools neighbours until no share is below the one before it.
func monotone(scores []pool) []pool {
	var pools []pool
	for _, p := range scores {
		pools = append(pools, p)
		for n := len(pools); n > 1 && pools[n-2].share >= pools[n-1].share; n = len(pools) {
			a, b := pools[n-2], pools[n-1]
			sum := a.weight + b.weight
			pools = append(pools[:n-2], pool{
				center: (a.center*a.weight + b.center*b.weight) / sum,
				share:  (a.share*a.weight + b.share*b.weight) / sum,
				weight: sum,
			})
		}
	}
	return pools
}

func shareAt(curve []pool, score int) float64 {
	x := float64(score)
	i, _ := slices.BinarySearchFunc(curve, x, func(p pool, x float64) int {
		if p.center < x {
			return -1
		}
		return 1
	})
	switch {
	case i == 0:
		return curve[0].share
	case i == len(curve):
		return curve[i-1].share
	}
	a, b := curve[i-1], curve[i]
	return a.share + (b.share-a.share)*(x-a.center)/(b.center-a.center)
}

// ParseCalibration reads what json.Marshal made of a Calibration. The error wraps a
// [*lead.FieldError] if it is not one.
func ParseCalibration(text []byte) (Calibration, error) {
	var c Calibration
	if err := json.Unmarshal(text, &c); err != nil {
		return Calibration{}, fmt.Errorf("read a calibration: %w", err)
	}
	if err := c.Validate(); err != nil {
		return Calibration{}, fmt.Errorf("read a calibration: %w", err)
	}
	return c, nil
}

// Validate reports numbers out of range, and a map that is not monotone, as a [*lead.FieldError].
func (c Calibration) Validate() error {
	if c.By == "" {
		return &lead.FieldError{Field: "by", Problem: "missing: it names the scorer"}
	}
	if c.Gate < 0 || c.Gate > 100 {
		return &lead.FieldError{Field: "gate", Problem: "out of range: want 0 to 100"}
	}
	if c.Good < 0 || c.Others < 0 {
		return &lead.FieldError{Field: "good, others", Problem: "negative"}
	}
	if c.Low < 0 || c.Low+len(c.Scores) > 101 {
		return &lead.FieldError{
			Field:   "low",
			Problem: "out of range: low and the number of scores end above 100",
		}
	}
	for i, s := range c.Scores {
		if s < 0 || s > 100 || i > 0 && s < c.Scores[i-1] {
			return &lead.FieldError{
				Field: "scores", Problem: fmt.Sprintf("%d at place %d: want 0 to 100, never falling", s, i),
			}
		}
	}
	return nil
}

// Enough reports whether there are enough labels to use c: 20 of good jobs, and 20 of others.
func (c Calibration) Enough() bool { return min(c.Good, c.Others) >= minLabels }

// Map returns what a score is mapped to. Without enough labels, and below the lowest score that has
// one, it is the score itself. Above the highest it passes the gate, whatever it is.
func (c Calibration) Map(score int) int {
	i := score - c.Low
	switch {
	case !c.Enough() || i < 0 || len(c.Scores) == 0:
		return score
	case i >= len(c.Scores):
		return max(score, c.Scores[len(c.Scores)-1], c.Gate)
	}
	return c.Scores[i]
}

// name tells two calibrations apart.
func (c Calibration) name() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %d %d %v %v", c.By, c.Gate, c.Low, c.Scores, c.Enough())
	return "calibrated/" + hex.EncodeToString(h.Sum(nil)[:4])
}
