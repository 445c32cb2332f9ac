package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Bench measures the calls that an agent makes most, so that two stores, or two versions of one,
// can be compared:
//
//	func BenchmarkStore(b *testing.B) { storetest.Bench(b, open) }
func Bench(b *testing.B, open Open) {
	b.Helper()
	for _, c := range []struct {
		name string
		run  func(b *testing.B, s forge.Store)
	}{
		{"Sync 25 new leads", benchSyncNew},
		{"Sync 25 known leads", benchSyncKnown},
		{"Claim and release 1 job", func(b *testing.B, s forge.Store) { benchClaim(b, s, 1) }},
		{"Claim and release 10 jobs", func(b *testing.B, s forge.Store) { benchClaim(b, s, 10) }},
		{"Claim and decide 1 job", benchClaimDecide},
		{"Claim, renew and match 1 job", func(b *testing.B, s forge.Store) { benchDecide(b, s, true) }},
		{"Claim, renew and reject 1 job", func(b *testing.B, s forge.Store) { benchDecide(b, s, false) }},
		{"List 50 of 500 matches", benchList},
	} {
		b.Run(c.name, func(b *testing.B) {
			as := open(b, Env{Now: time.Now, RecheckAfter: store.RecheckAfter})
			c.run(b, as(ada))
		})
	}
}

func done(b *testing.B, err error) {
	if err != nil {
		b.Fatal(err)
	}
}

func benchSyncNew(b *testing.B, s forge.Store) {
	n := 0
	for b.Loop() {
		refs, err := s.Sync(b.Context(), leadsOf(n, 25))
		done(b, err)
		if len(refs) != 25 {
			b.Fatalf("%d refs, want 25", len(refs))
		}
		n += 25
	}
}

func benchSyncKnown(b *testing.B, s forge.Store) {
	leads := leadsOf(0, 25)
	_, err := s.Sync(b.Context(), leads)
	done(b, err)
	for b.Loop() {
		_, err := s.Sync(b.Context(), leads)
		done(b, err)
	}
}

// fillQueue makes n jobs due.
func fillQueue(b *testing.B, s forge.Store, n int) {
	for from := 0; from < n; from += store.MaxBatch {
		_, err := s.Sync(b.Context(), leadsOf(from, min(store.MaxBatch, n-from)))
		done(b, err)
	}
}

func benchClaim(b *testing.B, s forge.Store, n int) {
	fillQueue(b, s, 1000)
	for b.Loop() {
		jobs, err := s.Claim(b.Context(), n, lease)
		done(b, err)
		if len(jobs) != n {
			b.Fatalf("%d jobs, want %d", len(jobs), n)
		}
		for _, j := range jobs {
			done(b, s.Release(b.Context(), j.Lease, store.Outcome{}))
		}
	}
}

// benchClaimDecide does what an agent does with each of many jobs: of four, it keeps one.
func benchClaimDecide(b *testing.B, s forge.Store) {
	fillQueue(b, s, b.N)
	b.ResetTimer()
	for n := range b.N {
		jobs, err := s.Claim(b.Context(), 1, lease)
		done(b, err)
		d := reject(5)
		if n%4 == 0 {
			d = match(80, fmt.Sprint("Text ", n))
		}
		done(b, s.Decide(b.Context(), jobs[0].Lease, d))
	}
}

func benchDecide(b *testing.B, s forge.Store, matched bool) {
	fillQueue(b, s, 1)
	jobs, err := s.Claim(b.Context(), 1, lease)
	done(b, err)
	reopener, ok := s.(forge.Reopener)
	if !ok {
		b.Skip("the store is no Reopener")
	}
	n := 0
	for b.Loop() {
		n++
		done(b, s.Renew(b.Context(), jobs[0].Lease, lease))
		r := reject(5)
		if matched {
			r = match(80, fmt.Sprint("Text ", n))
		}
		done(b, s.Decide(b.Context(), jobs[0].Lease, r))
		_, err := reopener.Reopen(b.Context(), store.Selection{IDs: []int64{jobs[0].ID}})
		done(b, err)
		jobs, err = s.Claim(b.Context(), 1, lease)
		done(b, err)
	}
}

func benchList(b *testing.B, s forge.Store) {
	lister, ok := s.(forge.Lister)
	if !ok {
		b.Skip("the store is no Lister")
	}
	refs, err := s.Sync(b.Context(), leadsOf(0, 500))
	done(b, err)
	for i, ref := range refs {
		done(b, s.Decide(b.Context(), store.Lease{ID: ref.ID}, match(30+i%70, "Text.")))
	}
	for b.Loop() {
		entries, _, err := lister.List(b.Context(), store.Filter{Statuses: []lead.Status{lead.Matched}})
		done(b, err)
		if len(entries) != store.DefaultPage {
			b.Fatalf("%d entries", len(entries))
		}
	}
}
