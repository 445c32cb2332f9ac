package lead

import "regexp"

// A Status is what a job is to one user. The pipeline owns five; every other name that matches
// ^[A-Z][A-Z_]{0,31}$ belongs to the application, and the pipeline never overwrites it.
type Status string

// The pipeline's statuses.
const (
	// Discovered means that a sync found the job and nobody has decided. Decide ends it, or Release
	// with Failed or Closed.
	Discovered Status = "DISCOVERED"
	// Matched means that the job scored at or above the gate, and that its text is kept. A re-check
	// or Closed can replace it.
	Matched Status = "MATCHED"
	// AutoRejected means that the job scored below the gate, and that its text was dropped. Only
	// Reopen or a new decision replaces it.
	AutoRejected Status = "AUTO_REJECTED"
	// Failed means that the job itself could not be read or scored, too often. Reopen ends it.
	Failed Status = "FAILED"
	// Closed means that the board took the job down. It is due again if it is listed much later.
	Closed Status = "CLOSED"
)

// The application's statuses that forge's own examples use.
const (
	Applied   Status = "APPLIED"
	Saved     Status = "SAVED" // re-checked when its text is old, like Matched
	Dismissed Status = "DISMISSED"
)

// The pattern is the contract's; a compiled regular expression is safe for concurrent use.
var statusPattern = regexp.MustCompile(`^[A-Z][A-Z_]{0,31}$`)

// Valid reports whether s has the form of a status.
func (s Status) Valid() bool { return statusPattern.MatchString(string(s)) }

// Pipeline reports whether s is one of the five statuses that the pipeline sets.
func (s Status) Pipeline() bool {
	switch s {
	case Discovered, Matched, AutoRejected, Failed, Closed:
		return true
	}
	return false
}

// Application reports whether s is valid and belongs to the application, so that no decision
// overwrites it.
func (s Status) Application() bool { return s.Valid() && !s.Pipeline() }
