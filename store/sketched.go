package store

import (
	"time"

	"github.com/agent-forge/forge/enrich"
)

// MaxSketches is the largest number of jobs in one page of sketches.
const MaxSketches = 1000

// A Sketched is one rejected job, with what is left of its text.
type Sketched struct {
	ID       int64
	PostedAt time.Time     // [lead.Lead.PostedAt]
	Sketch   enrich.Sketch // nil if the decision brought none
	Basis    enrich.Basis  // what the job was rejected with, empty if that is not known
}
