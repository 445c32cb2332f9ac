// Package store holds the vocabulary of the catalogue and its queue: what a claim is, how it ends,
// what a listing asks for, and the errors by which a store refuses a call. The stores themselves
// are in the packages below this one, and the interface that they satisfy is forge.Store. Whoever
// writes a store finds the rest in store/driver and the suite that every store passes in
// store/storetest.
//
// # Users of one catalogue
//
// Users of one catalogue share the jobs and their text, and nothing else: no call reads or changes
// another user's statuses, assessments or claims. They need not trust one another except in this.
// The first user who lists a job gives the others its title, company, place, date and URL. The
// title and the company are corrected once users other than that one have seen others twice, so
// that two users who disagree can change them in turns. The URL is checked for boards whose hosts
// are known (lead.OwnDomains); on other boards it can lead anywhere. The first user who brings a
// job's text decides what the agents of the others score, until that text is older than the
// re-check age, and can keep it from getting old. Two users together close a job for all, and any
// user who brings text opens it again. A list that a user says to be complete closes jobs of that
// user alone. For the others it counts as one user's word that the job is closed, as if that user's
// agent had found it gone.
package store

import (
	"encoding/json"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Limits of the contract.
const (
	MaxBatch      = 500                // leads in one Sync, ids in one Reopen
	MaxClaim      = 100                // jobs in one Claim
	MaxUserBytes  = 255                // of a user's name
	MaxCauseBytes = 300                // of [Outcome.Cause]
	MaxLease      = 24 * time.Hour     // of one Claim or Renew
	MaxAfter      = 7 * 24 * time.Hour // of [Outcome.After]
)

// RecheckAfter is the default age at which text is old: it is scraped again before the next user's
// score, and a match that is listed again becomes due.
const RecheckAfter = 14 * 24 * time.Hour

// A State says why a job is due, or that it is closed.
type State string

// The states.
const (
	New     State = "NEW"     // this call created the user's row
	Expired State = "EXPIRED" // the job was decided, and is listed again after the re-check age

	// Closed is only what forge.ListCloser says of a job: it is on its board's list no longer.
	Closed State = "CLOSED"
)

// A Ref is one job that a Sync made due.
type Ref struct {
	ID    int64 // the store's id of the job, the same for every user
	Key   lead.Key
	State State
}

// A Lease is a claim on one job. It is what renews the claim or ends it. A later claim on the job
// has another token, so a worker that lost its lease changes nothing.
type Lease struct {
	ID    int64 // the store's id of the job
	Token int64 // 0 means that no lease is held; only Decide accepts it
}

// A Job is a due job, held under its lease until it is decided or released, or until the lease
// ends.
type Job struct {
	Lease
	Lead lead.Lead

	// Data is the job's text if fresh text is stored already. The advert need not be read then, and
	// the text is not sent back. If nil, nobody has fresh text.
	Data *enrich.Data

	// Keep reports that the user said to keep the job whatever it scores: the decision is MATCHED.
	Keep bool

	Attempts int    // the job's own failures so far
	Cause    string // [Outcome.Cause] of the release that made the job due again, empty if there was none
}

// An Outcome ends a claim without a decision. The zero value makes the job due at once and counts
// nothing.
type Outcome struct {
	// Status is [lead.Failed] or [lead.Closed], which are final. If empty, the job is due again
	// after After.
	Status lead.Status

	// After is how long the job is not due, at most [MaxAfter]. It must be 0 if Status is set.
	After time.Duration

	// Counts says that the failure is the job's own, which adds one to its attempts.
	Counts bool

	// Cause says why, for a person, in at most [MaxCauseBytes]. It never holds text of a page, a
	// reply or a résumé.
	Cause string
}

// A Filter says what to list. The zero value lists matches and what the application marked, but not
// DISMISSED.
type Filter struct {
	// Statuses are the statuses to list. If empty, [lead.Matched] and the application's own but
	// [lead.Dismissed] are listed. Junk is listed only if it is asked for.
	Statuses []lead.Status

	Text     string // a part of the title or the company, the letters a to z in either case; if empty, any
	MinScore int    // 1 to 100; if zero, any score and none
	Limit    int    // 1 to [MaxPage]; if zero, [DefaultPage] is used
	Cursor   string // the next of the page before; if empty, the first page is listed

	// ExtraKey lists only jobs that have a value of this key, see [Entry.Extra]. If empty, all are
	// listed.
	ExtraKey string
	// ExtraValue lists only jobs whose value of ExtraKey is this JSON, with the same spelling but for
	// insignificant white space. If empty, any value will do. It is [ErrInvalid] without ExtraKey.
	ExtraValue json.RawMessage

	Where Where // if zero, any
	Order Order // if empty, the best score comes first

	// WithoutText leaves [enrich.Data.Description] and [enrich.Data.Requirements] empty, which
	// makes a long listing cheap. The rest of the data is listed.
	WithoutText bool
}

// Sizes of a listing's page.
const (
	DefaultPage = 50
	MaxPage     = 500
)

// A Selection says which jobs to reopen. All that is set must hold. A selection with nothing set is
// [ErrInvalid].
type Selection struct {
	IDs      []int64       // at most [MaxBatch]; unknown ids and those of other users are passed over
	Statuses []lead.Status // the user's status now
	// [enrich.Assessment.By], or its part before a slash: "lexical" selects "lexical/1"
	ScoredBy string
	// NotBasis selects scored jobs whose basis it does not cover (see [enrich.Basis.Covers]): those
	// that were scored with another résumé or another scorer, and those of which that is not known.
	NotBasis enrich.Basis
}

// An Entry is one job as its user sees it.
type Entry struct {
	ID         int64
	Lead       lead.Lead
	Status     lead.Status
	Assessment *enrich.Assessment // nil if the job is not scored
	Basis      enrich.Basis       // what it was scored with, empty if that is not known
	Data       *enrich.Data       // nil if nobody brought text, or if this user rejected the job
	Closed     bool               // this user's agent or two others' saw it closed, whatever Status is
	UpdatedAt  time.Time          // of the user's status

	// DueAt is when the job is due: an agent reads and scores it then. While an agent holds the job,
	// DueAt is when its lease ends. It is zero if nothing is to be done.
	DueAt    time.Time
	Attempts int    // the job's own failures since its last decision
	Cause    string // [Outcome.Cause] of the last release since then, empty if there was none

	// Extra is what forge.Annotator.Put keeps of the job for this user, by key. It is nil if there is
	// nothing.
	Extra map[string]json.RawMessage
}

// Stats counts one user's jobs.
type Stats struct {
	ByStatus map[lead.Status]int // statuses that no job has are absent
	Scores   [101]int            // jobs by score, whatever their status is now
	Scored   []Scored            // the same jobs in more detail, by status, score, basis and the rest

	// Newest is the basis of the last decision that has one: the user's résumé and scorer as far as the
	// store knows. It is empty if no decision has one.
	Newest enrich.Basis
}
