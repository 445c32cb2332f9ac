package memory

import (
	"cmp"
	"slices"

	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/driver"
)

// A twinKey is what a user's jobs must share to be compared.
type twinKey struct {
	user string
	key  twin.Key
}

// A text is the fingerprint of what was scored, and the group of jobs that it belongs to.
type text struct {
	fingerprint uint64 // 0 if the text was compared with no other
	key         twin.Key
	head        *entry   // nil if the job is a head or has no twins
	twins       []*entry // of a head, the other members
	apart       bool     // the user said that it is another job
}

// group finds the twins of a job that is about to be decided. A head stays one, whatever its text
// became, because its members follow it.
func (s *Store) group(e *entry, f uint64) {
	if f == 0 {
		return
	}
	s.leave(e)
	e.text.fingerprint, e.text.key = f, twin.KeyOf(e.job.lead)
	s.join(e)
}

// join makes e a member of the group of its twins, or a head.
func (s *Store) join(e *entry) {
	if e.text.apart {
		return
	}
	k := twinKey{s.user, e.text.key}
	if len(e.text.twins) == 0 {
		heads := make([]driver.HeadRow, 0, min(len(s.db.heads[k]), driver.MaxHeads))
		for _, h := range s.db.heads[k][:cap(heads)] {
			same := int64(h.text.fingerprint) //nolint:gosec // the same 64 bits
			heads = append(heads, driver.HeadRow{ID: h.job.id, Fingerprint: same})
		}
		id, _ := driver.HeadOf(e.job.id, e.text.fingerprint, heads, func(id int64) (string, error) {
			if d := s.entries()[id].job.data; d != nil {
				return d.Description, nil
			}
			return "", nil
		})
		if id != 0 {
			e.text.head = s.entries()[id]
			e.text.head.text.twins = append(e.text.head.text.twins, e)
			return
		}
	}
	s.index(e)
}

// index adds a head to the heads of its key.
func (s *Store) index(e *entry) {
	k := twinKey{s.user, e.text.key}
	at, _ := slices.BinarySearchFunc(s.db.heads[k], e.job.id,
		func(h *entry, id int64) int { return int(h.job.id - id) })
	s.db.heads[k] = slices.Insert(s.db.heads[k], at, e)
}

// members returns the jobs of e's group, e among them, in the order of ids.
func (e *entry) members() []*entry {
	head := cmp.Or(e.text.head, e)
	all := append([]*entry{head}, head.text.twins...)
	slices.SortFunc(all, func(a, b *entry) int { return cmp.Compare(a.job.id, b.job.id) })
	return all
}

// follow returns the mark that a match gets with the group that it has just joined; see driver.GroupMark.
func (e *entry) follow(scored bool) lead.Status {
	if e.text.head == nil {
		return ""
	}
	var group []driver.MemberRow
	for _, m := range e.members() {
		if m != e {
			group = append(group, driver.MemberRow{Location: m.job.lead.Location, Status: m.status})
		}
	}
	return driver.GroupMark(driver.TwinState{Location: e.job.lead.Location, Scored: scored}, group)
}

// leave takes e off the index of heads and out of the group that it is a member of.
func (s *Store) leave(e *entry) {
	is := func(o *entry) bool { return o == e }
	if h := e.text.head; h != nil {
		h.text.twins = slices.DeleteFunc(h.text.twins, is)
		e.text.head = nil
		return
	}
	k := twinKey{s.user, e.text.key}
	if s.db.heads[k] = slices.DeleteFunc(s.db.heads[k], is); len(s.db.heads[k]) == 0 {
		delete(s.db.heads, k)
	}
}
