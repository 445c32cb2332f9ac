package driver

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const (
	// confirmAfter is the least time between two complete lists that close a job together.
	confirmAfter = time.Hour
	// sampleSize is the number of jobs by which a list is recognised.
	sampleSize = 64
)

// UnlistedCause is stored with a job that [PlanList] closes.
const UnlistedCause = "the complete list of its company no longer has it"

// CheckList refuses a list that breaks the contract, with store.ErrInvalid.
func CheckList(l lead.List) error {
	if err := l.Validate(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	return nil
}

// A ListState is what a user's store keeps of one list beside its jobs. The zero value is that of a
// list that was never seen.
type ListState struct {
	// Sample are hashes of the ids and titles of some jobs of the last list that was believed, 8 bytes each.
	Sample []byte `db:"sample"`
	// DoubtedSince is when a list came that has none of these jobs; zero if the last list was
	// believed.
	DoubtedSince Time `db:"doubted_since"`
}

// A ListRow is one job of the user that is on the list, or was on it before.
type ListRow struct {
	ID         int64       `db:"job_id"`
	ExternalID string      `db:"external_id"`
	Status     lead.Status `db:"application_status"`
	Live       bool        `db:"live"` // under a lease that has not ended
	Idle       bool        `db:"idle"` // nothing is to be done

	Known        bool `db:"known"`         // an earlier list had it
	MissingSince Time `db:"missing_since"` // of the first list that lacks it; zero: it is there
	Closed       bool `db:"closed"`        // this list closed it
	Elsewhere    bool `db:"elsewhere"`     // it is missing, and another list of this user has it
}

// A ListPlan is what a complete list changes. Each slice holds ids of jobs in ascending order.
type ListPlan struct {
	State     ListState
	SaveState bool
	At        time.Time // when the board confirmed the list

	Add     []int64 // are on the list for the first time
	Found   []int64 // are on it again: they are neither missing nor closed by the list now
	Missing []int64 // are missing since At
	Close   []int64 // are missing for long enough: the list closes them
	Back    []int64 // of Found, those that this list had closed
	Reopen  []int64 // of Back, those that become due: they are closed for the user
}

// Changes reports whether anything has to be written.
func (p *ListPlan) Changes() bool {
	return p.SaveState || len(p.Add)+len(p.Found)+len(p.Missing)+len(p.Close) > 0
}

// PlanList decides what a complete list says about the jobs of a user. A job is closed if two
// complete lists, at least an hour apart, lack it and none between them had it. A list that has none
// of the jobs of the one before it may be another company's, so that it changes nothing until this
// has gone on for the re-check age. An empty list is believed, because its board said that there are
// no jobs.
//
// Rows are the user's jobs that are on the list or were on it before. Now is the store's clock.
func PlanList(l lead.List, now time.Time, recheck time.Duration, state ListState, rows []ListRow) ListPlan {
	p := ListPlan{State: state, At: now.Add(-l.Age)}
	if len(l.Jobs) > 0 && len(state.Sample) > 0 && !state.recognises(l.Jobs) {
		since := state.DoubtedSince
		switch {
		case since.IsZero():
			p.State.DoubtedSince, p.SaveState = Time{p.At}, true
			return p
		case p.At.Sub(since.Time) < recheck:
			return p
		}
	}
	p.State = ListState{Sample: sampleOf(l.Jobs)}
	p.SaveState = !slices.Equal(p.State.Sample, state.Sample) || !state.DoubtedSince.IsZero()
	listed := make(map[string]bool, len(l.Jobs))
	for _, j := range l.Jobs {
		listed[j.ExternalID] = true
	}
	for _, r := range rows {
		p.judge(r, listed[r.ExternalID])
	}
	for _, ids := range [][]int64{p.Add, p.Found, p.Missing, p.Close, p.Back, p.Reopen} {
		slices.Sort(ids)
	}
	return p
}

// judge decides about one job.
func (p *ListPlan) judge(r ListRow, listed bool) {
	switch {
	case listed && !r.Known:
		p.Add = append(p.Add, r.ID)
	case listed && (r.Closed || !r.MissingSince.IsZero()):
		p.Found = append(p.Found, r.ID)
		if r.Closed {
			p.Back = append(p.Back, r.ID)
		}
		if r.Closed && r.Status == lead.Closed && r.Idle {
			p.Reopen = append(p.Reopen, r.ID)
		}
	case listed, !r.Known, r.Closed, r.Status == lead.Closed:
	case r.MissingSince.IsZero():
		p.Missing = append(p.Missing, r.ID)
	case p.At.Sub(r.MissingSince.Time) >= confirmAfter && !r.Live && !r.Elsewhere:
		p.Close = append(p.Close, r.ID)
	}
}

// ClosedRefs returns the refs of a plan in the order of their ids: of rows that it closes for the
// user, and of those that it makes due.
func (p *ListPlan) ClosedRefs(source string, rows []ListRow) []store.Ref {
	var refs []store.Ref
	add := func(ids []int64, r ListRow, state store.State) {
		if _, found := slices.BinarySearch(ids, r.ID); found {
			refs = append(refs, store.Ref{
				ID: r.ID, Key: lead.Key{Source: source, ExternalID: r.ExternalID}, State: state,
			})
		}
	}
	for _, r := range rows {
		if r.Unlisted() != r.Status {
			add(p.Close, r, store.Closed)
		}
		add(p.Reopen, r, store.Expired)
	}
	slices.SortFunc(refs, func(a, b store.Ref) int { return int(a.ID - b.ID) })
	return refs
}

// Unlisted returns the row's status after a list closed it. Statuses of the application stay, and so
// does what was rejected or given up.
func (r ListRow) Unlisted() lead.Status {
	status, _ := Row{Status: r.Status}.Ended(lead.Closed)
	return status
}

// recognises reports whether one of the jobs of the sample is in a list, with its title: the ids of
// some boards are small numbers, which other companies have too.
func (s ListState) recognises(jobs []lead.Listed) bool {
	known := make(map[uint64]bool, len(s.Sample)/8)
	for b := s.Sample; len(b) >= 8; b = b[8:] {
		known[binary.BigEndian.Uint64(b)] = true
	}
	return slices.ContainsFunc(jobs, func(j lead.Listed) bool { return known[hashOf(j)] })
}

// sampleOf returns the smallest hashes of the jobs in order: which these are depends on the jobs
// alone.
func sampleOf(jobs []lead.Listed) []byte {
	hashes := make([]uint64, len(jobs))
	for i, j := range jobs {
		hashes[i] = hashOf(j)
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	var sample []byte
	for _, h := range hashes[:min(len(hashes), sampleSize)] {
		sample = binary.BigEndian.AppendUint64(sample, h)
	}
	return sample
}

func hashOf(j lead.Listed) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(j.ExternalID + "\x00" + j.Title)) // never fails
	return h.Sum64()
}

// ListedIDs returns the external ids of a list, each once.
func ListedIDs(l lead.List) []string {
	ids := make([]string, len(l.Jobs))
	for i, j := range l.Jobs {
		ids[i] = j.ExternalID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
