package driver

import (
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A Row is the user's row of a job as the queue sees it, read under a lock.
type Row struct {
	Status lead.Status `db:"application_status"`
	Token  int64       `db:"lease_token"`
	Leased bool        `db:"leased"`
	Idle   bool        `db:"idle"` // due_at is NULL: nothing is to be done
	Live   bool        `db:"live"` // due_at is ahead, by at most store.MaxAfter
}

// Held reports whether l is the lease on the row. Whether its time has run out does not matter
// while nobody else has claimed the job.
func (r Row) Held(l store.Lease) bool { return r.Leased && r.same(l) }

// same reports whether l is, or was, the row's last lease.
func (r Row) same(l store.Lease) bool { return l.Token > 0 && r.Token == l.Token }

// Decide reports whether l has decided the row already. If l must not decide it, Decide returns
// store.ErrLeaseLost.
func (r Row) Decide(l store.Lease) (repeat bool, err error) {
	switch {
	case l.Token == 0 && r.Leased && r.Live:
		return false, store.ErrLeaseLost
	case l.Token == 0, r.Held(l):
		return false, nil
	case !r.Leased && r.Idle && r.same(l):
		return true, nil
	default:
		return false, store.ErrLeaseLost
	}
}

// Released reports whether a call with l released the row already. Only a store that repeats a call
// by itself asks: the answer of an earlier attempt may have been lost. A token that is not positive
// was never given, so it released nothing.
func (r Row) Released(l store.Lease) bool { return !r.Leased && l.Token > 0 && r.Token == l.Token+1 }

// Decided returns the row's status after a decision. A status of the application stays.
func (r Row) Decided(decision lead.Status) lead.Status {
	if r.Status.Pipeline() {
		return decision
	}
	return r.Status
}

// Ended returns the row's status after a release with the outcome's status, and whether the time of
// the status moves. A failed re-check keeps the match, and a status of the application stays. A job
// that is found closed again is closed anew.
func (r Row) Ended(outcome lead.Status) (status lead.Status, moves bool) {
	switch {
	case outcome == lead.Failed && r.Status == lead.Discovered:
		return outcome, true
	case outcome == lead.Closed &&
		(r.Status == lead.Discovered || r.Status == lead.Matched || r.Status == lead.Closed):
		return outcome, true
	}
	return r.Status, false
}

// CheckMark refuses to take back a status that the application never set, with store.ErrInvalid:
// Mark reaches MATCHED only from a status of the application and from MATCHED itself.
func (r Row) CheckMark(to lead.Status) error {
	if to == lead.Matched && r.Status != lead.Matched && !r.Status.Application() {
		return invalid("status",
			"the job is "+string(r.Status)+": only a status of the application can be taken back to MATCHED")
	}
	return nil
}

// NeedText returns the error of a match that neither brings text nor finds any.
func NeedText() error {
	return invalid("enrichment_data", "missing: the job has no text yet, and a match needs it")
}
