package driver

import (
	"cmp"
	"database/sql"
	"math/bits"
	"slices"

	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// The jobs of one user that are one advert form a group. Its head is the job that was decided first:
// twin_of is NULL for it and for a job without twins, and names the head for every other member. A new
// job is compared with heads alone, so that thirty cities cost no more than one.

// MaxHeads is the number of heads under one key that a job is compared with. A firm that has more
// groups under one title gets a second card for a twin, never a wrong one.
const MaxHeads = 200

// A TwinState is what a store reads of a job before it looks for its twins.
type TwinState struct {
	Title    string `db:"title"`
	Company  string `db:"company"`
	Location string `db:"location"`
	Apart    bool   `db:"apart"`  // the user said that it is another job
	Leads    bool   `db:"leads"`  // it is the head of other jobs
	Scored   bool   `db:"scored"` // it was decided before
}

// Key returns the key by which twins are found.
func (t TwinState) Key() twin.Key {
	return twin.KeyOf(lead.Lead{Title: t.Title, Company: t.Company, Location: t.Location})
}

// A HeadRow is a head that has the job's key.
type HeadRow struct {
	ID          int64 `db:"job_id"`
	Fingerprint int64 `db:"fingerprint"`
}

// closest is how many heads a text is compared with by more than its fingerprint.
const closest = 3

// HeadOf returns the head of the group that a job belongs to, 0 if it belongs to none. f is the
// fingerprint of the text that the job is decided on. textOf reads the text that is stored of a job,
// empty if there is none. It is called only if a head can be a twin.
func HeadOf(
	id int64, f uint64, heads []HeadRow, textOf func(id int64) (string, error),
) (head int64, err error) {
	wanted := twin.Fingerprint(f)
	heads = slices.DeleteFunc(heads, func(h HeadRow) bool { return !twin.Possible(wanted, h.fingerprint()) })
	if len(heads) == 0 {
		return 0, nil
	}
	slices.SortStableFunc(heads, func(a, b HeadRow) int {
		return cmp.Compare(bits.OnesCount64(f^uint64(a.fingerprint())),
			bits.OnesCount64(f^uint64(b.fingerprint())))
	})
	own, err := textOf(id)
	if err != nil {
		return 0, err
	}
	signature := twin.SignatureOf(own)
	for _, h := range heads[:min(closest, len(heads))] {
		text, err := textOf(h.ID)
		if err != nil {
			return 0, err
		}
		same := twin.Alike(wanted, h.fingerprint())
		if own != "" && text != "" {
			same = twin.SameText(signature, twin.SignatureOf(text))
		}
		if same {
			return h.ID, nil
		}
	}
	return 0, nil
}

func (h HeadRow) fingerprint() twin.Fingerprint {
	return twin.Fingerprint(h.Fingerprint) //nolint:gosec // the same 64 bits
}

// TwinColumns are the columns of job_match_analysis about twins. They are NULL for a text that is
// compared with no other.
type TwinColumns struct {
	Fingerprint sql.NullInt64
	Key         sql.NullInt32
	Of          sql.NullInt64

	Follow lead.Status // the mark that the job gets, see [GroupMark]; no column
}

// NewTwinColumns returns the columns of a job with a fingerprint. If head is zero, the job is one.
func NewTwinColumns(f uint64, key twin.Key, head int64) TwinColumns {
	return TwinColumns{
		Fingerprint: sql.NullInt64{Int64: int64(f), Valid: true},   //nolint:gosec // the same 64 bits
		Key:         sql.NullInt32{Int32: int32(key), Valid: true}, //nolint:gosec // the same 32 bits
		Of:          sql.NullInt64{Int64: head, Valid: head != 0},
	}
}

// GroupMark returns the mark that a job gets when it is decided for the first time, joins a group and is
// a match: the one that the user gave the same advert in the same place, so that a repost does not come
// up as new. Empty if there is none. In another place the job can be worth a look although the user
// dismissed it here. If the user gave several marks, one that is not DISMISSED counts.
func GroupMark(t TwinState, group []MemberRow) (mark lead.Status) {
	if t.Scored {
		return ""
	}
	for _, r := range group {
		if r.Status.Application() && twin.SamePlace(t.Location, r.Location) &&
			(mark == "" || mark == lead.Dismissed) {
			mark = r.Status
		}
	}
	return mark
}

// A MemberRow is a member of the group that a job joins.
type MemberRow struct {
	Location string      `db:"location"`
	Status   lead.Status `db:"application_status"`
}

// A TwinRow is a row about a twin.
type TwinRow struct {
	Of     int64       `db:"of_id"`
	ID     int64       `db:"job_id"`
	Status lead.Status `db:"application_status"`
	LeadColumns
}

// Twins returns the twins, in the order of rows.
func Twins(rows []TwinRow) (twins []store.Twin) {
	for _, r := range rows {
		twins = append(twins, store.Twin{Of: r.Of, ID: r.ID, Lead: r.Lead(), Status: r.Status})
	}
	return twins
}
