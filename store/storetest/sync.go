package storetest

import (
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var syncCases = []testCase{
	{"new leads are NEW in the order of the batch", func(k *kit) {
		leads := []lead.Lead{leadOf(3), leadOf(1), leadOf(2)}
		refs := k.sync(ada, leads...)
		if len(refs) != 3 {
			k.Fatalf("got %d refs, want 3", len(refs))
		}
		for i, r := range refs {
			k.equal(r.Key, leads[i].Key(), "key")
			k.equal(r.State, store.New, "state")
			if r.ID == 0 {
				k.Error("a ref has no id")
			}
		}
	}},
	{"known leads are not answered again", func(k *kit) {
		k.sync(ada, leadsOf(1, 5)...)
		k.equal(len(k.sync(ada, leadsOf(1, 5)...)), 0, "refs of a repeat")
		refs := k.sync(ada, leadsOf(3, 5)...)
		k.equal(len(refs), 2, "refs of a batch with two new leads")
	}},
	{"a duplicate in one batch counts once and the first one is kept", func(k *kit) {
		second := leadOf(1)
		second.Title = "Another title"
		refs := k.sync(ada, leadOf(1), second, leadOf(2), leadOf(1))
		k.equal(len(refs), 2, "refs")
		k.equal(nth(k, k.claim(ada, 10), 0).Lead, leadOf(1), "the stored lead")
	}},
	{"one id on two boards is two jobs", func(k *kit) {
		other := leadOf(1)
		other.Source = "another"
		refs := k.sync(ada, leadOf(1), other)
		k.equal(len(refs), 2, "refs")
		if nth(k, refs, 0).ID == nth(k, refs, 1).ID {
			k.Error("two boards share a job")
		}
		k.equal(len(k.claim(ada, 10)), 2, "due jobs")
	}},
	{"keys differ in case and in what looks like a number", func(k *kit) {
		var leads []lead.Lead
		for _, id := range []string{"a", "A", "1", "01", "1.0", "ä", "a:b", "a b"} {
			l := leadOf(1)
			l.ExternalID = id
			leads = append(leads, l)
		}
		k.equal(len(k.sync(ada, leads...)), len(leads), "refs")
		for _, j := range k.claim(ada, 100) {
			k.equal(j.Lead, leads[indexOf(leads, j.Lead.Key())], "lead")
		}
	}},
	{"an empty batch is nothing", func(k *kit) {
		k.equal(len(k.sync(ada)), 0, "refs")
		k.equal(len(k.sync(ada, []lead.Lead{}...)), 0, "refs")
	}},
	{"a known lead keeps its title, company, place, URL and date", func(k *kit) {
		k.sync(ada, leadOf(1))
		changed := leadOf(1)
		changed.Title, changed.Company, changed.Location = "X", "Y", "Z"
		changed.URL, changed.PostedAt = "https://x.example.com", time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)
		k.equal(len(k.sync(ada, changed)), 0, "refs for the same user")
		k.equal(len(k.sync(bob, changed)), 1, "refs for another user")
		k.equal(k.take(bob).Lead, leadOf(1), "the stored lead")
	}},
	{"what the board did not say stays blank", func(k *kit) {
		bare := lead.Lead{
			Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1",
		}
		k.sync(ada, bare)
		j := k.take(ada)
		k.equal(j.Lead, bare, "lead")
		k.equal(j.Lead.PostedAt.IsZero(), true, "no date")
	}},
	{"a date is kept as the same instant", func(k *kit) {
		l := leadOf(1)
		l.PostedAt = time.Date(2026, 1, 2, 3, 4, 5, 678_912_345, time.FixedZone("far", 5*3600+1800))
		k.sync(ada, l)
		k.equal(k.take(ada).Lead.PostedAt, l.PostedAt.UTC().Truncate(time.Microsecond), "posted at")
	}},
	{"the largest batch is stored", func(k *kit) {
		refs := k.sync(ada, leadsOf(1, store.MaxBatch)...)
		k.equal(len(refs), store.MaxBatch, "refs")
		k.equal(nth(k, refs, store.MaxBatch-1).Key, leadOf(store.MaxBatch).Key(), "last key")
	}},
	{"a larger batch is refused as a whole", func(k *kit) {
		refs, err := k.as(ada).Sync(k.Context(), leadsOf(1, store.MaxBatch+1))
		k.fails(err, store.ErrInvalid, "sync")
		k.equal(len(refs), 0, "refs")
		k.idle(ada, "nothing of it was stored")
	}},
	{"a job that another user has is NEW with the same id", func(k *kit) {
		mine := k.sync(ada, leadOf(1))
		theirs := k.sync(bob, leadOf(1))
		k.equal(theirs, mine, "refs")
		k.take(ada)
		k.take(bob)
	}},
	{"a job that is due or claimed is not answered", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.advance(2 * recheck)
		k.equal(len(k.sync(ada, leadOf(1))), 0, "refs while it is due")
		k.take(ada)
		k.equal(len(k.sync(ada, leadOf(1))), 0, "refs while it is claimed")
	}},
}

func indexOf(leads []lead.Lead, key lead.Key) int {
	for i, l := range leads {
		if l.Key() == key {
			return i
		}
	}
	return 0
}
