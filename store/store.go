// Package store holds the vocabulary of the catalogue and its queue: what a claim is, how it ends, what a listing asks for,
// and the errors by which a store says no. The stores themselves are in the packages below this one, the interface that
// they satisfy is forge.Store, and the suite that every one of them passes is store/storetest.
//
// What is common to all stores, because every store must refuse and repair the same things in the same way, is here too:
// [PrepareSync], [CheckUser], [CheckClaim] and the Validate methods.
package store

import (
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Limits of the contract.
const (
	MaxBatch      = 500            // leads in one Sync
	MaxClaim      = 100            // jobs in one Claim
	MaxUserBytes  = 255            // of a user's name
	MaxCauseBytes = 300            // of [Outcome.Cause]
	MaxLease      = 24 * time.Hour // of one Claim or Renew
)

// RecheckAfter is the default age at which text is old: it is scraped again before the next user's score, and a match that
// is listed again becomes due.
const RecheckAfter = 14 * 24 * time.Hour

// A State says why Sync made a job due.
type State string

// The states.
const (
	New     State = "NEW"     // this call created the user's row
	Expired State = "EXPIRED" // the job was decided, and is listed again after the re-check age
)

// A Ref is one job that a Sync made due.
type Ref struct {
	ID    int64 // the store's id of the job, the same for every user
	Key   lead.Key
	State State
}

// A Lease is a claim on one job. It is what renews the claim or ends it. A later claim on the job has another token, so a
// worker that lost its lease changes nothing.
type Lease struct {
	ID    int64 // the store's id of the job
	Token int64 // 0 means that no lease is held; only Decide accepts it
}

// A Job is a due job, held under its lease until it is decided, released or the lease ends.
type Job struct {
	Lease
	Lead     lead.Lead
	Data     *enrich.Data // not nil: fresh text is stored already, so the advert is not read again and no text is sent back
	Attempts int          // the job's own failures so far
	Cause    string       // [Outcome.Cause] of the release that made the job due again; empty if there was none
}

// An Outcome ends a claim without a score. The zero value makes the job due at once and counts nothing.
type Outcome struct {
	Status lead.Status   // "": due again after After. [lead.Failed] and [lead.Closed] are final
	After  time.Duration // until the job is due again; only with Status ""
	Counts bool          // the job's own fault: attempts + 1
	Cause  string        // why, for a person: at most [MaxCauseBytes]; never text of a page, a reply or a résumé
}

// A Filter says what to list. The zero value lists matches and what the application marked, but for DISMISSED.
type Filter struct {
	Statuses []lead.Status // none: [lead.Matched] and the application's own but [lead.Dismissed]; never junk
	Text     string        // part of the title or company, letters a–z in either case; "": any
	MinScore int           // 1 to 100; 0: any, scored or not
	Limit    int           // 1 to [MaxPage]; 0: [DefaultPage]
	Cursor   string        // the next of the page before; "": the first page
}

// Sizes of a listing's page.
const (
	DefaultPage = 50
	MaxPage     = 500
)

// A Selection says which jobs to reopen. All that is set must hold; nothing set is ErrInvalid.
type Selection struct {
	IDs      []int64       // at most [MaxBatch]; unknown ids and other users' are passed over
	Statuses []lead.Status // the user's status now
	ScoredBy string        // [enrich.Assessment.By], or the part of it before a slash: "lexical" selects "lexical/1"
}

// An Entry is one job as its user sees it.
type Entry struct {
	ID         int64
	Lead       lead.Lead
	Status     lead.Status
	Assessment *enrich.Assessment // nil: not scored
	Data       *enrich.Data       // nil: nobody brought text, or this user rejected the job
	Closed     bool               // some user's agent saw that the board closed it
	UpdatedAt  time.Time          // of the user's status
}

// Stats counts one user's jobs.
type Stats struct {
	ByStatus map[lead.Status]int // statuses that no job has are absent
	Scores   [101]int            // jobs by score, whatever their status is now
}
