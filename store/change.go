package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/agent-forge/forge/lead"
)

// MaxChanges is the largest number of changes in one page.
const MaxChanges = 1000

// KeepChanges is the default age at which changes are pruned.
const KeepChanges = 30 * 24 * time.Hour

// A ChangeKind says what happened to a user's job.
type ChangeKind string

// The kinds. Each is recorded in the transaction of the call that it names. A repeat of that call
// that changes nothing records nothing.
const (
	// ChangeNew: Sync found a job that is new to the user.
	ChangeNew ChangeKind = "NEW"
	// ChangeExpired: Sync made a decided job due again.
	ChangeExpired ChangeKind = "EXPIRED"
	// ChangeMatched: Decide kept the job.
	ChangeMatched ChangeKind = "MATCHED"
	// ChangeRejected: Decide rejected the job.
	ChangeRejected ChangeKind = "REJECTED"
	// ChangeFailed: Release gave a new job up.
	ChangeFailed ChangeKind = "FAILED"
	// ChangeClosed: the board closed the job.
	ChangeClosed ChangeKind = "CLOSED"
	// ChangeMarked: Mark set another status.
	ChangeMarked ChangeKind = "MARKED"
	// ChangeReopened: Reopen made a decided job due again.
	ChangeReopened ChangeKind = "REOPENED"
)

// A Change is one thing that happened to a job of a user. It never holds text of a posting or of a
// résumé.
type Change struct {
	// ID orders the changes of one user as they were committed. It is the cursor from which
	// Changes goes on, and it is never used twice. Ids have gaps.
	ID int64
	// User is set where the changes of all users are read, and empty in a user's own view.
	User   string
	JobID  int64
	Kind   ChangeKind
	At     time.Time // the clock of the call that made the change
	Detail ChangeDetail
	Lead   lead.Lead // as the catalogue has it now; zero if the job was deleted
}

// A ChangeDetail is what a kind of change says besides. Fields that do not belong to the kind are
// zero.
type ChangeDetail struct {
	Score  *int        `json:"score,omitempty"`  // of MATCHED and REJECTED, 0 to 100
	Status lead.Status `json:"status,omitempty"` // of MARKED, the status that was set
	Cause  string      `json:"cause,omitempty"`  // of FAILED and CLOSED, [Outcome.Cause]
}

// ErrPruned means that changes after the cursor were pruned, so that a reader who went on would miss
// them. The error is a [*PrunedError].
var ErrPruned = errors.New("store: changes after the cursor were pruned")

// A PrunedError says where reading can go on.
type PrunedError struct {
	// After is the first cursor after which nothing is missing. A caller that can bear the gap
	// passes it to Changes.
	After int64
}

// Error names the cursor from which nothing is missing.
func (e *PrunedError) Error() string {
	return fmt.Sprintf("%v: to go on without them, read after %d", ErrPruned, e.After)
}

// Unwrap returns [ErrPruned].
func (e *PrunedError) Unwrap() error { return ErrPruned }

// Valid reports whether k is one of the kinds.
func (k ChangeKind) Valid() bool {
	switch k {
	case ChangeNew, ChangeExpired, ChangeMatched, ChangeRejected, ChangeFailed, ChangeClosed, ChangeMarked,
		ChangeReopened:
		return true
	}
	return false
}
