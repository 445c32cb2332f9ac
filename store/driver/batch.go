package driver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A Batch is the input of a Sync as a store uses it: repaired leads, each key once.
type Batch struct {
	Leads []lead.Lead // sorted by key, the order in which rows are locked
	order map[lead.Key]int
}

// PrepareSync repairs and checks a batch. A lead of a board whose hosts are known, see
// [lead.OwnDomains], must have its URL there. Of leads with one key the first counts. A refused
// lead is named in the [*store.PartialError], and the rest of the batch stays valid beside it. More
// than store.MaxBatch leads are refused as a whole, with store.ErrInvalid and an empty batch.
func PrepareSync(leads []lead.Lead) (Batch, error) {
	if len(leads) > store.MaxBatch {
		return Batch{}, invalid("leads",
			fmt.Sprintf("%d in one batch, at most %d are allowed", len(leads), store.MaxBatch))
	}
	b := Batch{Leads: make([]lead.Lead, 0, len(leads)), order: make(map[lead.Key]int, len(leads))}
	var rejected []store.Rejected
	for i, l := range leads {
		l = l.Clean()
		if err := cmp.Or(l.Validate(), onOwnHost(l)); err != nil {
			rejected = append(rejected, store.Rejected{Index: i, Key: shortKey(l.Key()), Err: err})
			continue
		}
		if _, seen := b.order[l.Key()]; seen {
			continue
		}
		b.order[l.Key()] = i
		b.Leads = append(b.Leads, l)
	}
	slices.SortFunc(b.Leads, func(x, y lead.Lead) int { return x.Key().Compare(y.Key()) })
	if rejected != nil {
		return b, &store.PartialError{Rejected: rejected}
	}
	return b, nil
}

// InOrder sorts refs, each of a key in the batch, into the order of the input, and returns them.
func (b Batch) InOrder(refs []store.Ref) []store.Ref {
	slices.SortFunc(refs, func(x, y store.Ref) int { return b.order[x.Key] - b.order[y.Key] })
	return refs
}

// onOwnHost refuses a lead whose URL leads away from the board, because the first user who sees a
// job gives all others its URL.
func onOwnHost(l lead.Lead) error {
	domains := lead.OwnDomains(l.Source)
	if domains == nil || lead.SourceOf(l.URL) == l.Source {
		return nil
	}
	problem := "not on the board's own host: want " + strings.Join(domains, " or ")
	return &lead.FieldError{Field: "url", Problem: problem}
}

// shortKey bounds a key that may be refused for its length, so that an error cannot carry 10 MB.
func shortKey(k lead.Key) lead.Key {
	cut := func(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }
	return lead.Key{
		Source: cut(k.Source, lead.MaxSourceBytes), ExternalID: cut(k.ExternalID, lead.MaxExternalIDBytes),
	}
}
