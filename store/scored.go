package store

import (
	"cmp"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// A Scored is a number of scored jobs that have all of this in common.
type Scored struct {
	Status     lead.Status
	Score      int
	Unverified bool // no evidence backs the score, so that no gate rejects the jobs
	Keep       bool // the user said to keep them whatever they score
	Basis      enrich.Basis
	N          int
}

// Compare orders by status, score, basis and the rest.
func (s Scored) Compare(other Scored) int {
	return cmp.Or(cmp.Compare(s.Status, other.Status), cmp.Compare(s.Score, other.Score),
		cmp.Compare(s.Basis, other.Basis), compareBool(s.Unverified, other.Unverified),
		compareBool(s.Keep, other.Keep), cmp.Compare(s.N, other.N))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// An Outdated counts scored jobs that were not scored with a given résumé and scorer. Jobs that are
// DISMISSED, CLOSED or FAILED are not counted, because nobody scores them again, and neither are those
// that are DISCOVERED, because the next run scores them.
type Outdated struct {
	Resume  int // of another résumé
	Scorer  int // of the same résumé, and of another scorer or other settings of it
	Unknown int // scored before the stores kept a basis

	Rejected int // those of all these that are AUTO_REJECTED
}

// Total returns the number of all of them.
func (o Outdated) Total() int { return o.Resume + o.Scorer + o.Unknown }

// Outdated counts the jobs that were not scored with the résumé and the scorer of b.
func (s Stats) Outdated(b enrich.Basis) Outdated {
	var o Outdated
	for _, c := range s.Scored {
		if b.Covers(c.Basis) || !rescored(c.Status) {
			continue
		}
		switch {
		case c.Basis == "":
			o.Unknown += c.N
		case c.Basis.Resume() != b.Resume():
			o.Resume += c.N
		default:
			o.Scorer += c.N
		}
		if c.Status == lead.AutoRejected {
			o.Rejected += c.N
		}
	}
	return o
}

// rescored reports whether jobs of the status are scored again when the résumé has changed.
func rescored(s lead.Status) bool {
	return s == lead.Matched || s == lead.AutoRejected || s.Application() && s != lead.Dismissed
}

// A Regating is what another gate does to jobs that are decided.
type Regating struct {
	Hidden   int // matches that it rejects
	Reopened int // rejected jobs that it keeps: they are due, and their text is read again
}

// Regating counts what a gate would do to the jobs, as forge.Regater does it.
func (s Stats) Regating(g gate.Gate) Regating {
	var r Regating
	for _, c := range s.Scored {
		switch below := c.Score < g.Threshold(); {
		case below && c.Status == lead.Matched && !c.Unverified && !c.Keep:
			r.Hidden += c.N
		case !below && c.Status == lead.AutoRejected:
			r.Reopened += c.N
		}
	}
	return r
}
