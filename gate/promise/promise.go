// Package promise says how many good jobs a gate loses, with an interval that holds the truth for at
// least 95 users in 100. It computes from labels (see [gate.Label]) and moves no gate.
//
// What the figures mean, what they do not mean, and how they were checked is in docs/promise.md.
package promise

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// Confidence is that of every interval: it holds the truth for at least this share of users.
const Confidence = 0.95

// MaxWidth is the width from which on an interval says nothing.
const MaxWidth = 0.5

// A Share is a figure with its interval, all from 0 to 1.
type Share struct {
	Point, Low, High float64
	Labels           int // labels behind it
}

// Width returns High minus Low.
func (s Share) Width() float64 { return s.High - s.Low }

// An Estimate is what the labels of one user say about a threshold.
type Estimate struct {
	By        string // the scorer whose scores the threshold is for
	Threshold int

	// Lost is the share of the good jobs that score below the threshold. Low and High take every
	// match that the user did not mark to be good or not, whichever is worse. Point takes it to be
	// not good.
	Lost Share

	// Passed is the share of the other jobs that score at or above the threshold.
	Passed Share

	Judged   int // jobs of the audit below the threshold
	Rejected int // rejected jobs below the threshold, out of which the audit drew
	Good     int // marked matches at or above the threshold that were worth a look

	// Needed is the number of jobs of the audit with which the interval of Lost would be narrower
	// than [MaxWidth] if the rest is as the judged ones are. It is 0 if no number is enough, because
	// too few matches are marked.
	Needed int
}

// Enough reports whether the interval of Lost says something.
func (e Estimate) Enough() bool { return e.Lost.Labels > 0 && e.Lost.Width() < MaxWidth }

// Of returns what the evidence says about a threshold, 0 to 100. Evidence of several scorers is a
// [*MixedError]; evidence that is not valid wraps a [*lead.FieldError].
func Of(ev gate.Evidence, threshold int) (Estimate, error) {
	if threshold < 0 || threshold > 100 {
		return Estimate{}, fmt.Errorf("promise: %w", &lead.FieldError{
			Field: "threshold", Problem: fmt.Sprintf("%d is out of range: want 0 to 100", threshold),
		})
	}
	t, err := newTally(ev)
	if err != nil {
		return Estimate{}, fmt.Errorf("promise: %w", err)
	}
	below, above := t.split(threshold)
	e := Estimate{By: t.by, Threshold: threshold, Good: above.marked.good}
	for _, s := range below.strata {
		e.Judged += s.drawn
		e.Rejected += s.size
	}
	e.Lost, e.Passed = shares(below, above)
	e.Needed = needed(below, above, e)
	return e, nil
}

// shares returns the shares of the good jobs below and of the others above. Both intervals hold
// whenever the two bounds on the good jobs among the rejected do, so that they hold together.
func shares(below, above side) (lost, passed Share) {
	const tail = (1 - Confidence) / 2
	goodBelow, goodAbove := below.good(tail), above.certain()
	otherBelow, otherAbove := below.others(goodBelow), above.others(goodAbove)
	lost = share(goodBelow, goodAbove)
	lost.Labels = below.labels() + above.marked.good
	passed = share(otherAbove, otherBelow)
	passed.Labels = below.labels() + above.marked.other
	return lost, passed
}

// A span is a number of jobs that is not known exactly.
type span struct {
	point     float64
	low, high int
}

// share returns the share of part in part and rest.
func share(part, rest span) Share {
	s := Share{
		Point: ratio(part.point, rest.point),
		Low:   ratio(float64(part.low), float64(rest.high)),
		High:  ratio(float64(part.high), float64(rest.low)),
	}
	s.Point = min(max(s.Point, s.Low), s.High)
	return s
}

// ratio returns part of part and rest, and 0 if there is neither.
func ratio(part, rest float64) float64 {
	if part == 0 {
		return 0
	}
	return part / (part + rest)
}

// good returns the number of good jobs of s. Each of its bounds fails with probability tail.
func (s side) good(tail float64) span {
	strata := slices.Collect(maps.Values(s.strata))
	return span{
		point: s.estimate(),
		low:   s.marked.good + max(s.known.good, leastGood(strata, tail)),
		high:  s.most(strata, tail),
	}
}

// most returns the upper bound of the number of good jobs of s. What the user said of a rejected job
// that no audit drew says nothing of the others, but it is known of that one.
func (s side) most(strata []stratum, tail float64) int {
	rejected := min(max(s.known.good, mostGood(strata, tail)), s.rejected-s.known.other)
	return s.marked.good + s.unmarked + rejected
}

// certain returns the number of good jobs of s with bounds that cannot fail.
func (s side) certain() span {
	return span{
		point: s.estimate(), low: s.marked.good + s.known.good,
		high: s.marked.good + s.unmarked + s.rejected - s.known.other,
	}
}

// others returns the number of jobs of s that are not good.
func (s side) others(good span) span {
	size := s.marked.all() + s.unmarked + s.rejected
	return span{
		point: max(0, float64(size)-good.point), low: size - good.high, high: size - good.low,
	}
}

// estimate weighs each judged job with the number of rejected ones for which it stands (Horvitz and
// Thompson, Journal of the American Statistical Association 47, 1952).
func (s side) estimate() float64 {
	sum := 0.0
	for _, part := range s.strata {
		if part.drawn > 0 {
			sum += float64(part.size) * float64(part.good) / float64(part.drawn)
		}
	}
	return float64(s.marked.good) + max(sum, float64(s.known.good))
}

func (s side) labels() int {
	return s.marked.all() + s.known.all()
}

// needed returns for how many judged jobs the interval would be narrow enough.
func needed(below, above side, e Estimate) int {
	if e.Enough() {
		return e.Judged
	}
	enough := func(judged int) bool {
		lost, _ := shares(below.withJudged(judged, e), above)
		return lost.Width() < MaxWidth
	}
	if !enough(e.Rejected) {
		return 0
	}
	low, high := e.Judged, e.Rejected // not enough at low, enough at high
	for high-low > 1 {
		if mid := (low + high) / 2; enough(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// withJudged returns s as it would be if n jobs were judged, evenly over its strata and with the
// same share of good ones as now.
func (s side) withJudged(n int, e Estimate) side {
	strata := make(map[int]stratum, len(s.strata))
	known := s.known
	rest := float64(n-e.Judged) / float64(max(1, e.Rejected-e.Judged))
	for id, part := range s.strata {
		drawn := part.drawn + int(math.Round(rest*float64(part.size-part.drawn)))
		good := part.good
		if part.drawn > 0 {
			good += (drawn - part.drawn) * part.good / part.drawn
		}
		strata[id] = stratum{size: part.size, drawn: drawn, good: good}
		known.good += good - part.good
		known.other += drawn - part.drawn - (good - part.good)
	}
	// Some of what would be drawn can be known already.
	known.other = min(known.other, s.rejected-known.good)
	s.strata, s.known = strata, known
	return s
}
