package dashboard

import (
	"fmt"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// The charts are in units of their viewBox and scale with the page.
const (
	chartWidth  = 400
	chartHeight = 120
	bins        = 20 // five points each
	gap         = 3
)

// A histogram shows how many jobs have which score, and where the gate is.
type histogram struct {
	Width, Height int
	Bars          []bar
	GateX         float64
	GateLabelX    float64
	GateAnchor    string
	Gate          int
	Label         string // for people who do not see it
	Total         int
	Labelled      int // jobs that the user marked or judged
}

type bar struct {
	X, Y, W, H float64
	Below      bool // the gate
	N          int
	Label      string

	Good, Other                  int // that the user marked or judged
	GoodY, GoodH, OtherY, OtherH float64
}

func newHistogram(scores [101]int, gate int) histogram {
	h := histogram{
		Width: chartWidth, Height: chartHeight, Gate: gate, GateX: float64(gate) * chartWidth / 100,
		GateAnchor: "start",
	}
	var counts [bins]int
	kept, most := 0, 1
	for score, n := range scores {
		i := min(score*bins/100, bins-1)
		counts[i] += n
		h.Total += n
		if score >= gate {
			kept += n
		}
		most = max(most, counts[i])
	}
	const step = float64(chartWidth) / bins
	for i, n := range counts {
		height := float64(n) * (chartHeight - 22) / float64(most)
		if n > 0 {
			height = max(height, 2)
		}
		low, high := i*100/bins, (i+1)*100/bins-1
		if i == bins-1 {
			high = 100
		}
		h.Bars = append(h.Bars, bar{
			X:     float64(i)*step + gap/2.0,
			Y:     chartHeight - height,
			W:     step - gap,
			H:     height,
			N:     n,
			Below: low < gate,
			Label: fmt.Sprintf("%d to %d: %s", low, high, count(n, "job")),
		})
	}
	h.GateLabelX = h.GateX + 6
	if gate > 70 {
		h.GateLabelX, h.GateAnchor = h.GateX-6, "end"
	}
	h.Label = fmt.Sprintf(
		"%s scored: %d at or above the gate of %d, %d below it", count(h.Total, "job"), kept, gate,
		h.Total-kept,
	)
	return h
}

// A step is one stage of found → matched → applied.
type step struct {
	Name    string
	N       int
	W       float64 // of 100
	Percent string  // of the stage before
}

// newFunnel counts how far the user's jobs came. A job that the user marked was a match before.
// Statuses of the user's own, such as INTERVIEW, count as applications.
func newFunnel(byStatus map[lead.Status]int) []step {
	found, matched, applied := 0, 0, 0
	for s, n := range byStatus {
		found += n
		if s == lead.Matched || s.Application() {
			matched += n
		}
		if s.Application() && s != lead.Saved && s != lead.Dismissed {
			applied += n
		}
	}
	steps := []step{{Name: "Found", N: found}, {Name: "Matched", N: matched}, {Name: "Applied", N: applied}}
	for i := range steps {
		if found > 0 {
			steps[i].W = float64(steps[i].N) * 100 / float64(found)
		}
		if i > 0 && steps[i-1].N > 0 {
			steps[i].Percent = fmt.Sprintf("%d%%", steps[i].N*100/steps[i-1].N)
		}
	}
	return steps
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func total(stats store.Stats) int {
	n := 0
	for _, c := range stats.ByStatus {
		n += c
	}
	return n
}
