package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Twins returns the other jobs of groups; see forge.Grouper.
func (s *Store) Twins(ctx context.Context, ids []int64) (twins []store.Twin, err error) {
	if _, err := s.begin(ctx, driver.CheckIDs(ids)); err != nil {
		return nil, named("twins", err)
	}
	defer s.db.mu.Unlock()
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		e, known := s.entries()[id]
		if !known {
			continue
		}
		for _, m := range e.members() {
			if m != e {
				twins = append(twins, store.Twin{Of: id, ID: m.job.id, Lead: m.job.lead, Status: m.status})
			}
		}
	}
	return twins, nil
}

// Separate takes a job out of its group, or lets it join one again; see forge.Grouper.
func (s *Store) Separate(ctx context.Context, id int64, apart bool) error {
	if _, err := s.begin(ctx, nil); err != nil {
		return named("separate", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.entry(id)
	if err == nil && e.assessment == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return named("separate", err)
	}
	if e.text.apart == apart {
		return nil
	}
	e.text.apart = apart
	if e.text.fingerprint == 0 {
		return nil
	}
	if !apart {
		s.join(e)
		return nil
	}
	s.leave(e)
	members := e.text.twins
	e.text.twins = nil
	slices.SortFunc(members, func(a, b *entry) int { return cmp.Compare(a.job.id, b.job.id) })
	if len(members) == 0 {
		return nil
	}
	head := members[0] // the other members follow the first of them
	head.text.head, head.text.twins = nil, members[1:]
	for _, m := range members[1:] {
		m.text.head = head
	}
	s.index(head)
	return nil
}
